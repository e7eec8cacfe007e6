namespace Slipway.Machines.Files;

/// <summary>How an entry differs from its inventory.</summary>
public enum TreeDifferenceKind
{
    /// <summary>In the inventory but not in the tree.</summary>
    Missing,

    /// <summary>In the tree but not in the inventory.</summary>
    Stray,

    /// <summary>Another kind of thing.</summary>
    KindChanged,

    /// <summary>Another size.</summary>
    SizeChanged,

    /// <summary>The same size, other content.</summary>
    ContentChanged,

    /// <summary>Other permissions, and nothing else.</summary>
    ModeChanged,

    /// <summary>A link that points elsewhere.</summary>
    TargetChanged,
}

/// <summary>One difference between a tree and its inventory. An entry has at most one: the weightiest.</summary>
/// <param name="Kind">What is different.</param>
/// <param name="Path">Relative to the root; <see cref="Posix.PosixText"/>.</param>
public sealed record TreeDifference(TreeDifferenceKind Kind, string Path);
