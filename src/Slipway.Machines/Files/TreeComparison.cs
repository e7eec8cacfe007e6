using System.Collections.Immutable;
using Slipway.Machines.Posix;

namespace Slipway.Machines.Files;

/// <summary>Merges two lists of entries into their differences.</summary>
internal static class TreeComparison
{
    public static ImmutableArray<TreeDifference> Between(IEnumerable<InventoryEntry> recorded, IEnumerable<InventoryEntry> found)
    {
        var current = found.ToDictionary(static e => e.Path, StringComparer.Ordinal);
        var differences = new List<TreeDifference>();
        foreach (var old in recorded)
        {
            if (!current.Remove(old.Path, out var now))
            {
                differences.Add(new TreeDifference(TreeDifferenceKind.Missing, old.Path));
            }
            else if (Compare(old, now) is { } kind)
            {
                differences.Add(new TreeDifference(kind, old.Path));
            }
        }

        differences.AddRange(current.Values.Select(static e => new TreeDifference(TreeDifferenceKind.Stray, e.Path)));
        differences.Sort(static (a, b) => PosixText.Encode(a.Path).AsSpan().SequenceCompareTo(PosixText.Encode(b.Path)));
        return [.. differences];
    }

    private static TreeDifferenceKind? Compare(InventoryEntry old, InventoryEntry now) =>
        old.Kind != now.Kind ? TreeDifferenceKind.KindChanged
        : old.Size != now.Size ? TreeDifferenceKind.SizeChanged
        : old.Sha256 != now.Sha256 ? TreeDifferenceKind.ContentChanged
        : old.Target != now.Target ? TreeDifferenceKind.TargetChanged
        : old.Mode != now.Mode ? TreeDifferenceKind.ModeChanged
        : null;
}
