using System.Collections.Immutable;

namespace Slipway.Training.Data;

/// <summary>A piece of what a model is given.</summary>
public abstract record Chunk
{
    private protected Chunk()
    {
    }

    /// <summary>How many positions it takes in the model's context.</summary>
    public abstract int Length { get; }
}

/// <summary>Tokens of text.</summary>
/// <param name="Tokens">Ids of the model's tokenizer.</param>
public sealed record TextChunk(ImmutableArray<int> Tokens) : Chunk
{
    /// <inheritdoc/>
    public override int Length => Tokens.Length;

    /// <inheritdoc/>
    public bool Equals(TextChunk? other) => other is not null && Tokens.AsSpan().SequenceEqual(other.Tokens.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => Tokens.Length;
}

/// <summary>An image, by its bytes.</summary>
/// <param name="Data">The bytes of the file.</param>
/// <param name="Format"><c>png</c> or <c>jpeg</c>.</param>
/// <param name="ExpectedTokens">How many positions the service will make of it.</param>
public sealed record ImageChunk(ReadOnlyMemory<byte> Data, string Format, int ExpectedTokens) : Chunk
{
    /// <inheritdoc/>
    public override int Length => ExpectedTokens;
}

/// <summary>An image that the service holds.</summary>
/// <param name="Location">Where the service finds it.</param>
/// <param name="Format"><c>png</c> or <c>jpeg</c>.</param>
/// <param name="ExpectedTokens">How many positions the service will make of it.</param>
public sealed record ImagePointerChunk(string Location, string Format, int ExpectedTokens) : Chunk
{
    /// <inheritdoc/>
    public override int Length => ExpectedTokens;
}
