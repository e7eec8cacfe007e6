using Slipway.Core.Failures;
using Slipway.Core.Text;

namespace Slipway.Core.Requirements;

/// <summary>
/// A project's name: validated by PEP 508, compared by its PEP 503 normal form. The default value has an empty name.
/// </summary>
public readonly record struct PackageName : IComparable<PackageName>
{
    private readonly string? _normalized;

    private PackageName(string normalized) => _normalized = normalized;

    /// <summary>The normal form: lower case, words joined by single hyphens.</summary>
    public string Normalized => _normalized ?? string.Empty;

    /// <summary>Parses a name in any spelling.</summary>
    /// <returns>The name, or <see cref="CoreFailures.NameInvalid"/>.</returns>
    public static Result<PackageName> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return NameSyntax.IsValid(text)
            ? new PackageName(NameSyntax.Normalize(text))
            : CoreFailures.NameInvalid.Because($"{Shown.Quote(text)} is not a project's name.");
    }

    /// <summary>Whether <paramref name="left"/> sorts first.</summary>
    public static bool operator <(PackageName left, PackageName right) => left.CompareTo(right) < 0;

    /// <summary>Whether <paramref name="left"/> sorts last.</summary>
    public static bool operator >(PackageName left, PackageName right) => left.CompareTo(right) > 0;

    /// <summary>Whether <paramref name="left"/> sorts first or both are equal.</summary>
    public static bool operator <=(PackageName left, PackageName right) => left.CompareTo(right) <= 0;

    /// <summary>Whether <paramref name="left"/> sorts last or both are equal.</summary>
    public static bool operator >=(PackageName left, PackageName right) => left.CompareTo(right) >= 0;

    /// <summary>Orders by the normal form, ordinally.</summary>
    public int CompareTo(PackageName other) => string.CompareOrdinal(Normalized, other.Normalized);

    /// <inheritdoc/>
    public bool Equals(PackageName other) => string.Equals(Normalized, other.Normalized, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Normalized);

    /// <summary>The normal form.</summary>
    public override string ToString() => Normalized;
}
