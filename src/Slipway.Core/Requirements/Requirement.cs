using System.Collections.Immutable;
using System.Text;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Core.Versions;

namespace Slipway.Core.Requirements;

/// <summary>
/// A requirement by PEP 508: a project with extras, and version specifiers or a URL, and a marker. Nothing
/// that pip would read as an option, a path or a bare URL passes.
/// </summary>
public sealed class Requirement : IEquatable<Requirement>
{
    private readonly string _canonical;

    internal Requirement(PackageName name, ImmutableArray<ExtraName> extras, VersionSpecifierSet specifiers, string? url, Marker? marker, string original)
    {
        Name = name;
        Extras = extras;
        Specifiers = specifiers;
        Url = url;
        Marker = marker;
        Original = original;
        _canonical = Render();
    }

    /// <summary>The project.</summary>
    public PackageName Name { get; }

    /// <summary>The extras asked for, each once, sorted.</summary>
    public ImmutableArray<ExtraName> Extras { get; }

    /// <summary>The version specifiers; <see cref="VersionSpecifierSet.Any"/> with a URL.</summary>
    public VersionSpecifierSet Specifiers { get; }

    /// <summary>The URL of a direct reference, as written; it never holds userinfo.</summary>
    public string? Url { get; }

    /// <summary>The condition under which the requirement counts.</summary>
    public Marker? Marker { get; }

    /// <summary>The requirement as it was written, without blanks around it: for messages, never for identity.</summary>
    public string Original { get; }

    /// <summary>Where it was written: for messages, never for identity.</summary>
    public FailureLocation? Location { get; init; }

    /// <summary>Parses a requirement.</summary>
    /// <param name="text">The text, one line.</param>
    /// <param name="at">Where the text begins: its column is that of the first character of <paramref name="text"/>.</param>
    /// <returns>The requirement, or a failure whose location has the column at fault.</returns>
    public static Result<Requirement> Parse(string text, FailureLocation? at = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        var lineText = Shown.Line(at?.LineText ?? text);
        var firstColumn = at?.LineText is null ? 1 : Math.Max(at.Column, 1);
        return Parse(text, offset => new FailureLocation(at?.Source ?? "requirement", at?.Line ?? 0, firstColumn + offset, lineText));
    }

    /// <inheritdoc/>
    public bool Equals(Requirement? other) => other is not null && string.Equals(_canonical, other._canonical, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Requirement);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(_canonical);

    /// <summary>The canonical text: normal names, sorted extras, canonical specifiers and marker. It parses to an equal requirement.</summary>
    public override string ToString() => _canonical;

    /// <summary>Parses a requirement whose offsets a caller can turn into places of its own input.</summary>
    internal static Result<Requirement> Parse(string text, Func<int, FailureLocation> locate) => new RequirementParser(text, locate).Parse();

    private string Render()
    {
        var builder = new StringBuilder(Name.Normalized);
        if (!Extras.IsEmpty)
        {
            builder.Append('[').AppendJoin(',', Extras).Append(']');
        }

        builder.Append(Url is null ? Specifiers.ToString() : $" @ {Url}");
        if (Marker is not null)
        {
            builder.Append(Url is null ? "; " : " ; ").Append(Marker);
        }

        return builder.ToString();
    }
}
