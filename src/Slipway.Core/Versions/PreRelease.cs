using System.Numerics;

namespace Slipway.Core.Versions;

/// <summary>The kinds of pre-releases of PEP 440, in their order.</summary>
public enum PreReleaseKind
{
    /// <summary><c>a</c></summary>
    Alpha,

    /// <summary><c>b</c></summary>
    Beta,

    /// <summary><c>rc</c></summary>
    Candidate,
}

/// <summary>The pre-release part of a version.</summary>
/// <param name="Kind">Alpha, beta or candidate.</param>
/// <param name="Number">Its number; 0 when none was written.</param>
public readonly record struct PreRelease(PreReleaseKind Kind, BigInteger Number) : IComparable<PreRelease>
{
    /// <inheritdoc/>
    public int CompareTo(PreRelease other) => Kind != other.Kind ? Kind.CompareTo(other.Kind) : Number.CompareTo(other.Number);

    /// <summary>The normalised form: <c>a1</c>, <c>b2</c>, <c>rc3</c>.</summary>
    public override string ToString() => Kind switch
    {
        PreReleaseKind.Alpha => $"a{Number}",
        PreReleaseKind.Beta => $"b{Number}",
        _ => $"rc{Number}",
    };

    /// <summary>Whether <paramref name="left"/> comes first.</summary>
    public static bool operator <(PreRelease left, PreRelease right) => left.CompareTo(right) < 0;

    /// <summary>Whether <paramref name="left"/> comes last.</summary>
    public static bool operator >(PreRelease left, PreRelease right) => left.CompareTo(right) > 0;

    /// <summary>Whether <paramref name="left"/> comes first or both are equal.</summary>
    public static bool operator <=(PreRelease left, PreRelease right) => left.CompareTo(right) <= 0;

    /// <summary>Whether <paramref name="left"/> comes last or both are equal.</summary>
    public static bool operator >=(PreRelease left, PreRelease right) => left.CompareTo(right) >= 0;
}
