using System.Collections.Immutable;
using Slipway.Core.Locks;

namespace Slipway.Environments.Requests;

/// <summary>A lock file (PEP 751) that a request brings along.</summary>
/// <param name="Document">What it says.</param>
/// <param name="Path">The absolute path that it was read from: for messages, and what paths in it are relative to.</param>
/// <param name="IsStrict">Whether the lock is followed or the request refused; else its versions may serve as constraints only.</param>
public sealed record ImportedLock(Pylock Document, string Path, bool IsStrict)
{
    /// <summary>The extras of the lock that are asked for.</summary>
    public ImmutableArray<string> Extras { get; init; } = [];

    /// <summary>The dependency groups of the lock that are asked for; the lock's own default groups when none are.</summary>
    public ImmutableArray<string> Groups { get; init; } = [];
}
