using System.Collections.Immutable;
using Slipway.Core.Locks;

namespace Slipway.Environments.Requests;

/// <summary>A lock file that the request is to be served from.</summary>
/// <param name="Document">What it says.</param>
/// <param name="Path">Its absolute path.</param>
/// <param name="IsStrict">Whether nothing but the lock may be used (<c>--locked</c>).</param>
public sealed record ImportedLock(Pylock Document, string Path, bool IsStrict)
{
    /// <summary>The normalised names of the extras that are wanted, for the markers of the lock.</summary>
    public ImmutableArray<string> Extras { get; init; } = [];

    /// <summary>The normalised names of the dependency groups that are wanted, for the markers of the lock.</summary>
    public ImmutableArray<string> Groups { get; init; } = [];
}
