using System.Collections.Immutable;
using Slipway.Core.Requirements;
using Slipway.Projects.Discovery;
using Slipway.Projects.Locks;
using Slipway.Projects.Naming;

namespace Slipway.Projects.UseCases;

/// <summary>How to lock. By default a lock that answers what is declared stays, and of one that does not every version that still fits is kept.</summary>
public sealed record LockWishes
{
    /// <summary>Whether the newest versions of everything are taken.</summary>
    public bool Upgrade { get; init; }

    /// <summary>The packages of which the newest version is taken; all others keep theirs where they can.</summary>
    public ImmutableArray<string> UpgradePackages { get; init; } = [];

    /// <summary>Whether a lock that was made for another platform may be replaced by one for this platform.</summary>
    public bool Replace { get; init; }

    /// <summary>Whether conda-lock is to write its lock, also where there is none yet.</summary>
    public bool CondaLock { get; init; }

    internal bool AsksForNew => Upgrade || !UpgradePackages.IsEmpty;

    internal bool Upgrades(string name) => Upgrade || UpgradePackages.Any(asked => string.Equals(Normal(asked), Normal(name), StringComparison.Ordinal));

    /// <summary>A name as it is compared: people write it in several ways.</summary>
    internal static string Normal(string name) => PackageName.Parse(name).TryGet(out var parsed, out _) ? parsed.Normalized : name;
}

/// <summary>What became of a lock.</summary>
/// <param name="Name">The environment.</param>
/// <param name="Path">The lock.</param>
/// <param name="IsChanged">Whether it was written; false when it said the same before.</param>
/// <param name="Packages">For people: <c>3 packages</c>.</param>
/// <param name="Changes">What is different from before.</param>
public sealed record WrittenLock(EnvironmentName Name, string Path, bool IsChanged, string Packages, LockChanges Changes)
{
    /// <summary>Whether there was no lock before, or none that could be read.</summary>
    public bool IsNew { get; init; }

    /// <summary>What the lock was made for before, in its own words, where it is for something else now; null where it is not.</summary>
    public string? WasFor { get; init; }
}

/// <summary>Whether a lock answers what is needed.</summary>
/// <param name="Name">The environment.</param>
/// <param name="Path">The lock.</param>
/// <param name="Standing">How it stands.</param>
/// <param name="Reason">What is different, for people; null when it answers.</param>
/// <param name="Declaration">What declares the environment: a file, for people.</param>
public sealed record CheckedLock(EnvironmentName Name, string Path, LockStanding Standing, string? Reason, string Declaration);
