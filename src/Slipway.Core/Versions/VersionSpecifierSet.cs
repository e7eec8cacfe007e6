using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Text;

namespace Slipway.Core.Versions;

/// <summary>Version specifiers by PEP 440, all of which must hold, as in <c>&gt;=1.2,!=1.5,&lt;2</c>.</summary>
public sealed class VersionSpecifierSet : IEquatable<VersionSpecifierSet>
{
    private readonly string _canonical;

    private VersionSpecifierSet(IEnumerable<VersionSpecifier> specifiers)
    {
        Specifiers = [.. specifiers.DistinctBy(static s => s.ToString(), StringComparer.Ordinal)
            .OrderBy(static s => s.Operator == VersionOperator.Arbitrary)
            .ThenBy(static s => s.ToString(), StringComparer.Ordinal)];
        _canonical = string.Join(',', Specifiers);
    }

    /// <summary>The empty set, which every version satisfies (pre-releases only when asked for).</summary>
    public static VersionSpecifierSet Any { get; } = new([]);

    /// <summary>The clauses, each once, sorted by their text; <c>===</c> comes last, because pip reads on over the comma after it.</summary>
    public ImmutableArray<VersionSpecifier> Specifiers { get; }

    /// <summary>Whether there is no clause.</summary>
    public bool IsEmpty => Specifiers.IsEmpty;

    /// <summary>Parses clauses separated by commas. An empty text is <see cref="Any"/>; one comma at the end is tolerated.</summary>
    /// <returns>The set, or <see cref="CoreFailures.SpecifierInvalid"/>.</returns>
    public static Result<VersionSpecifierSet> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Parse(text, 0, text.Length, out _);
    }

    /// <summary>Whether a version satisfies every clause.</summary>
    /// <param name="v">The version.</param>
    /// <param name="prereleases">
    /// Whether pre-releases may match; null for the rule of PEP 440: only when a clause itself names a pre-release.
    /// </param>
    public bool Contains(PepVersion v, bool? prereleases = null)
    {
        ArgumentNullException.ThrowIfNull(v);
        if (v.IsPrerelease && !(prereleases ?? Specifiers.Any(static s => s.NamesPrerelease)))
        {
            return false;
        }

        return Specifiers.All(specifier => specifier.Matches(v));
    }

    /// <summary>The set that holds the clauses of both.</summary>
    public VersionSpecifierSet Intersect(VersionSpecifierSet other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new(Specifiers.Concat(other.Specifiers));
    }

    /// <inheritdoc/>
    public bool Equals(VersionSpecifierSet? other) => other is not null && string.Equals(_canonical, other._canonical, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as VersionSpecifierSet);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(_canonical);

    /// <summary>The canonical text: clauses sorted, versions normalised, the text after <c>===</c> as written.</summary>
    public override string ToString() => _canonical;

    /// <summary>Parses a part of a text; on failure <paramref name="failedAt"/> is the offset of the clause at fault.</summary>
    internal static Result<VersionSpecifierSet> Parse(string text, int start, int end, out int failedAt)
    {
        var specifiers = new List<VersionSpecifier>();
        for (var from = start; from < end;)
        {
            var comma = text.IndexOf(',', from, end - from);
            var to = comma < 0 ? end : comma;
            failedAt = from + CountBlanks(text.AsSpan(from, to - from));
            if (failedAt == to && comma >= 0)
            {
                return CoreFailures.SpecifierInvalid.Because($"The version specifier {Shown.Quote(text[start..end].Trim())} has an empty clause.");
            }

            if (failedAt < to)
            {
                if (!VersionSpecifier.Parse(text[failedAt..to]).TryGet(out var specifier, out var failure))
                {
                    return failure;
                }

                specifiers.Add(specifier);
            }

            from = to + 1;
        }

        failedAt = start;
        return specifiers.Count == 0 ? Any : new VersionSpecifierSet(specifiers);
    }

    private static int CountBlanks(ReadOnlySpan<char> text) => text.Length - text.TrimStart().Length;
}
