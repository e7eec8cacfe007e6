using System.Collections.Immutable;

namespace Slipway.Core.Contracts;

/// <summary>
/// The shape of a part of a contract. What is declared here is checked at the boundary and written into the JSON Schemas, so that both
/// say the same.
/// </summary>
internal abstract record Shape
{
    private Shape()
    {
    }

    /// <summary>A text.</summary>
    /// <param name="IsFilled">Whether an empty one is refused.</param>
    internal sealed record Text(bool IsFilled = false) : Shape;

    /// <summary>A whole number.</summary>
    /// <param name="Only">The only value; null for any.</param>
    internal sealed record Whole(int? Only = null) : Shape;

    /// <summary>True or false.</summary>
    internal sealed record Flag : Shape;

    /// <summary>A time by RFC 3339.</summary>
    internal sealed record Instant : Shape;

    /// <summary>One of some texts.</summary>
    internal sealed record Choice(ImmutableArray<string> Names) : Shape;

    /// <summary>A list.</summary>
    internal sealed record List(Shape Item) : Shape;

    /// <summary>An object.</summary>
    /// <param name="Title">What it is called.</param>
    /// <param name="IsOpen">Whether fields that are not named are kept; else they are refused.</param>
    /// <param name="Members">The fields, in the order in which they are written.</param>
    internal sealed record Fields(string Title, bool IsOpen, ImmutableArray<ShapeField> Members) : Shape;
}

/// <summary>One field of an object.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">Its value.</param>
/// <param name="Meaning">What it means, for the schema.</param>
internal sealed record ShapeField(string Name, Shape Shape, string Meaning)
{
    /// <summary>Whether it must be there.</summary>
    public bool IsRequired { get; init; }

    /// <summary>Whether null is as good as absent.</summary>
    public bool IsNullable { get; init; }
}
