using Slipway.Core.Failures;
using Slipway.Core.Text;

namespace Slipway.Core.Versions;

/// <summary>One clause of a version specifier: an operator and a version, as in <c>&gt;=1.2</c>.</summary>
public sealed class VersionSpecifier : IEquatable<VersionSpecifier>
{
    private VersionSpecifier(VersionOperator @operator, PepVersion? version, bool isPrefix, string canonical)
    {
        Operator = @operator;
        Version = version;
        IsPrefix = isPrefix;
        Canonical = canonical;
    }

    /// <summary>The operator.</summary>
    public VersionOperator Operator { get; }

    /// <summary>The version; null only for <c>===</c> with a text that is no version.</summary>
    public PepVersion? Version { get; }

    /// <summary>Whether the version stands for all that begin with it, as in <c>==1.2.*</c>.</summary>
    public bool IsPrefix { get; }

    /// <summary>Whether the clause itself names a pre-release, which lets pre-releases match by PEP 440.</summary>
    internal bool NamesPrerelease => Version is { IsPrerelease: true }
        && Operator is not (VersionOperator.NotEqual or VersionOperator.Less or VersionOperator.Greater);

    private string Canonical { get; }

    /// <summary>Parses one clause.</summary>
    /// <returns>The clause, or <see cref="CoreFailures.SpecifierInvalid"/>.</returns>
    public static Result<VersionSpecifier> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var trimmed = text.AsSpan().Trim();
        if (VersionOperators.TryTake(ref trimmed) is not { } @operator)
        {
            return CoreFailures.SpecifierInvalid.Because(
                $"The version specifier {Shown.Quote(text)} does not begin with an operator (~=, ==, !=, <=, >=, <, >, ===).");
        }

        return Create(@operator, trimmed.Trim().ToString()) is { } specifier
            ? specifier
            : CoreFailures.SpecifierInvalid.Because($"{Shown.Quote(text)} is not a version specifier: {WhatIsWrong(@operator, trimmed)}");
    }

    /// <summary>Whether a version satisfies the clause. Pre-releases are judged like any other version.</summary>
    public bool Matches(PepVersion version)
    {
        ArgumentNullException.ThrowIfNull(version);
        return Operator switch
        {
            VersionOperator.Arbitrary => string.Equals(version.ToString(), Canonical[3..], StringComparison.OrdinalIgnoreCase),
            VersionOperator.Equal => IsEqual(version),
            VersionOperator.NotEqual => !IsEqual(version),
            VersionOperator.AtMost => version.WithoutLocal() <= Version,
            VersionOperator.AtLeast => version.WithoutLocal() >= Version,
            VersionOperator.Compatible => version.WithoutLocal() >= Version && version.StartsWith(Version!, Version!.Release.Length - 1),
            VersionOperator.Less => IsLess(version),
            _ => IsGreater(version),
        };
    }

    /// <inheritdoc/>
    public bool Equals(VersionSpecifier? other) => other is not null && string.Equals(Canonical, other.Canonical, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as VersionSpecifier);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Canonical);

    /// <summary>The canonical text, which is equal for clauses of equal meaning: <c>&gt;=1.0.0</c> gives <c>&gt;=1</c>.</summary>
    public override string ToString() => Canonical;

    /// <summary>The clause, or null when the operator does not take such a version.</summary>
    internal static VersionSpecifier? Create(VersionOperator @operator, string versionText)
    {
        if (versionText.Length > PepVersion.MaximumLength)
        {
            return null;
        }

        if (@operator == VersionOperator.Arbitrary)
        {
            return versionText.Length == 0 || !versionText.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '*' or '+' or '!')
                ? null
                : new(@operator, VersionScanner.Scan(versionText), isPrefix: false, "===" + versionText);
        }

        var isPrefix = versionText.EndsWith(".*", StringComparison.Ordinal);
        return VersionScanner.Scan(isPrefix ? versionText.AsSpan(0, versionText.Length - 2) : versionText) is { } version
            && Allows(@operator, version, isPrefix)
                ? new(@operator, version, isPrefix, VersionOperators.Text(@operator) + Normalize(@operator, version, isPrefix))
                : null;
    }

    private static bool Allows(VersionOperator @operator, PepVersion version, bool isPrefix) => @operator switch
    {
        VersionOperator.Equal or VersionOperator.NotEqual =>
            !isPrefix || (!version.IsPrerelease && !version.IsPostrelease && version.Local is null),
        VersionOperator.Compatible => !isPrefix && version.Local is null && version.Release.Length > 1,
        _ => !isPrefix && version.Local is null,
    };

    // Zeros at the end of the release carry meaning only where the length of the release does.
    private static string Normalize(VersionOperator @operator, PepVersion version, bool isPrefix) =>
        isPrefix ? version + ".*" : @operator == VersionOperator.Compatible ? version.ToString() : version.ToShortestString();

    private static string WhatIsWrong(VersionOperator @operator, ReadOnlySpan<char> versionText)
    {
        if (versionText.IsWhiteSpace())
        {
            return "the version is missing.";
        }

        if (@operator is not (VersionOperator.Equal or VersionOperator.NotEqual) && versionText.Contains('*'))
        {
            return "only == and != take a version that ends in '.*'.";
        }

        return @operator == VersionOperator.Compatible && versionText.IndexOf('.') < 0
            ? "~= needs at least two numbers, as in ~=1.4."
            : "the version is malformed or not allowed after this operator.";
    }

    private bool IsEqual(PepVersion version)
    {
        if (IsPrefix)
        {
            return version.StartsWith(Version!, Version!.Release.Length);
        }

        return (Version!.Local is null ? version.WithoutLocal() : version) == Version;
    }

    private bool IsLess(PepVersion version) =>
        version < Version && (Version!.IsPrerelease || !version.IsPrerelease || !version.HasSameBase(Version));

    private bool IsGreater(PepVersion version)
    {
        if (version <= Version)
        {
            return false;
        }

        var isOnlyPost = version.IsPostrelease && !Version!.IsPostrelease;
        return !(isOnlyPost || version.Local is not null) || !version.HasSameBase(Version!);
    }
}
