using System.Numerics;

namespace Slipway.Core.Versions;

/// <summary>One segment of a local version label: a number, which sorts last, or lower-case text.</summary>
internal readonly record struct LocalSegment(BigInteger? Number, string Text) : IComparable<LocalSegment>
{
    public int CompareTo(LocalSegment other) => (Number, other.Number) switch
    {
        ({ } mine, { } theirs) => mine.CompareTo(theirs),
        ({ }, null) => 1,
        (null, { }) => -1,
        _ => string.CompareOrdinal(Text, other.Text),
    };

    public override string ToString() => Number?.ToString() ?? Text;
}
