using System.Collections.Immutable;
using System.Numerics;
using System.Text;
using Slipway.Core.Failures;
using Slipway.Core.Text;

namespace Slipway.Core.Versions;

/// <summary>
/// A version by PEP 440. Numbers have no upper limit. Order and equality are those of the standard, so
/// <c>1.0</c> equals <c>1.0.0</c> although their texts differ.
/// </summary>
public sealed class PepVersion : IComparable<PepVersion>, IEquatable<PepVersion>
{
    /// <summary>The longest text that is read as a version, in characters; longer ones are refused.</summary>
    public const int MaximumLength = 1024;

    private readonly ImmutableArray<LocalSegment> _local;
    private string? _text;

    internal PepVersion(
        BigInteger epoch,
        ImmutableArray<BigInteger> release,
        PreRelease? pre,
        BigInteger? post,
        BigInteger? dev,
        ImmutableArray<LocalSegment> local)
    {
        Epoch = epoch;
        Release = release;
        Pre = pre;
        Post = post;
        Dev = dev;
        _local = local;
    }

    /// <summary>The epoch; 0 when none was written.</summary>
    public BigInteger Epoch { get; }

    /// <summary>The numbers of the release, as many as were written and at least one.</summary>
    public ImmutableArray<BigInteger> Release { get; }

    /// <summary>The pre-release part.</summary>
    public PreRelease? Pre { get; }

    /// <summary>The number of the post-release.</summary>
    public BigInteger? Post { get; }

    /// <summary>The number of the development release.</summary>
    public BigInteger? Dev { get; }

    /// <summary>The normalised local label, without the plus sign.</summary>
    public string? Local => _local.IsEmpty ? null : string.Join('.', _local);

    /// <summary>Whether this is a pre-release or a development release.</summary>
    public bool IsPrerelease => Pre is not null || Dev is not null;

    /// <summary>Whether this is a post-release.</summary>
    public bool IsPostrelease => Post is not null;

    /// <summary>Parses a version in any spelling that PEP 440 can normalise.</summary>
    /// <param name="text">The text; blanks around it are ignored.</param>
    /// <returns>The version, or <see cref="CoreFailures.VersionInvalid"/>.</returns>
    public static Result<PepVersion> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > MaximumLength)
        {
            return CoreFailures.VersionInvalid.Because($"The version {Shown.Quote(text)} is longer than {MaximumLength} characters.");
        }

        return VersionScanner.Scan(text.AsSpan().Trim()) is { } version
            ? version
            : CoreFailures.VersionInvalid.Because($"{Shown.Quote(text)} is not a version by PEP 440.");
    }

    /// <summary>Whether <paramref name="left"/> comes first.</summary>
    public static bool operator <(PepVersion? left, PepVersion? right) => Compare(left, right) < 0;

    /// <summary>Whether <paramref name="left"/> comes last.</summary>
    public static bool operator >(PepVersion? left, PepVersion? right) => Compare(left, right) > 0;

    /// <summary>Whether <paramref name="left"/> comes first or both are equal.</summary>
    public static bool operator <=(PepVersion? left, PepVersion? right) => Compare(left, right) <= 0;

    /// <summary>Whether <paramref name="left"/> comes last or both are equal.</summary>
    public static bool operator >=(PepVersion? left, PepVersion? right) => Compare(left, right) >= 0;

    /// <summary>Whether both are equal by PEP 440.</summary>
    public static bool operator ==(PepVersion? left, PepVersion? right) => Compare(left, right) == 0;

    /// <summary>Whether both differ by PEP 440.</summary>
    public static bool operator !=(PepVersion? left, PepVersion? right) => Compare(left, right) != 0;

    /// <inheritdoc/>
    public int CompareTo(PepVersion? other)
    {
        if (other is null)
        {
            return 1;
        }

        var order = Epoch.CompareTo(other.Epoch);
        order = order != 0 ? order : CompareReleases(Release, other.Release);
        order = order != 0 ? order : ComparePre(other);
        order = order != 0 ? order : Nullable.Compare(Post, other.Post);
        order = order != 0 ? order : CompareDev(Dev, other.Dev);
        return order != 0 ? order : CompareLocal(_local, other._local);
    }

    /// <inheritdoc/>
    public bool Equals(PepVersion? other) => CompareTo(other) == 0;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PepVersion);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add(Epoch);
        foreach (var number in Release.AsSpan()[..SignificantLength(Release)])
        {
            hash.Add(number);
        }

        hash.Add(Pre);
        hash.Add(Post);
        hash.Add(Dev);
        foreach (var segment in _local)
        {
            hash.Add(segment);
        }

        return hash.ToHashCode();
    }

    /// <summary>The normalised text; zeros at the end of the release stay as they were written.</summary>
    public override string ToString() => _text ??= Render(Release.Length);

    /// <summary>The normalised text without zeros at the end of the release: equal for equal versions.</summary>
    internal string ToShortestString() => Render(Math.Max(1, SignificantLength(Release)));

    /// <summary>This version without its local label.</summary>
    internal PepVersion WithoutLocal() => _local.IsEmpty ? this : new(Epoch, Release, Pre, Post, Dev, []);

    /// <summary>Whether epoch and release are equal: the versions differ at most in what follows the release.</summary>
    internal bool HasSameBase(PepVersion other) => Epoch == other.Epoch && CompareReleases(Release, other.Release) == 0;

    /// <summary>Whether epoch and the first <paramref name="length"/> numbers, padded with zeros, are those of <paramref name="prefix"/>.</summary>
    internal bool StartsWith(PepVersion prefix, int length)
    {
        var starts = Epoch == prefix.Epoch;
        for (var index = 0; starts && index < length; index++)
        {
            starts = NumberAt(Release, index) == NumberAt(prefix.Release, index);
        }

        return starts;
    }

    private static int Compare(PepVersion? left, PepVersion? right) =>
        left is null ? (right is null ? 0 : -1) : left.CompareTo(right);

    private static BigInteger NumberAt(ImmutableArray<BigInteger> release, int index) =>
        index < release.Length ? release[index] : BigInteger.Zero;

    private static int CompareReleases(ImmutableArray<BigInteger> left, ImmutableArray<BigInteger> right)
    {
        var order = 0;
        for (var index = 0; order == 0 && index < Math.Max(left.Length, right.Length); index++)
        {
            order = NumberAt(left, index).CompareTo(NumberAt(right, index));
        }

        return order;
    }

    private static int CompareDev(BigInteger? left, BigInteger? right) => (left, right) switch
    {
        (null, null) => 0,
        (null, _) => 1,
        (_, null) => -1,
        _ => left.Value.CompareTo(right.Value),
    };

    private static int CompareLocal(ImmutableArray<LocalSegment> left, ImmutableArray<LocalSegment> right)
    {
        var order = 0;
        for (var index = 0; order == 0 && index < Math.Min(left.Length, right.Length); index++)
        {
            order = left[index].CompareTo(right[index]);
        }

        return order != 0 ? order : left.Length.CompareTo(right.Length);
    }

    private static int SignificantLength(ImmutableArray<BigInteger> release)
    {
        var length = release.Length;
        while (length > 0 && release[length - 1].IsZero)
        {
            length--;
        }

        return length;
    }

    private int ComparePre(PepVersion other)
    {
        var order = PreRank.CompareTo(other.PreRank);
        return order != 0 || Pre is null || other.Pre is null ? order : Pre.Value.CompareTo(other.Pre.Value);
    }

    // A development release of the release itself (1.0.dev1) comes before every pre-release of it.
    private int PreRank => Pre is not null ? 1 : Post is null && Dev is not null ? 0 : 2;

    private string Render(int releaseLength)
    {
        var builder = new StringBuilder();
        if (!Epoch.IsZero)
        {
            builder.Append(Epoch).Append('!');
        }

        builder.AppendJoin('.', Release.Take(releaseLength)).Append(Pre?.ToString());
        if (Post is { } post)
        {
            builder.Append(".post").Append(post);
        }

        if (Dev is { } dev)
        {
            builder.Append(".dev").Append(dev);
        }

        return !_local.IsEmpty ? builder.Append('+').AppendJoin('.', _local).ToString() : builder.ToString();
    }
}
