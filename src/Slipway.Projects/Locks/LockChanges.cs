using System.Collections.Immutable;
using Slipway.Core.Conda;
using Slipway.Core.Locks;
using Slipway.Environments.Locks;

namespace Slipway.Projects.Locks;

/// <summary>A package of a lock.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version, with the commit, directory or build where that tells more.</param>
public sealed record LockedVersion(string Name, string Version);

/// <summary>A package of which a lock has another version than before.</summary>
/// <param name="Name">Its name.</param>
/// <param name="From">What it was.</param>
/// <param name="To">What it is.</param>
public sealed record ChangedVersion(string Name, string From, string To);

/// <summary>What is different between two states of a lock; all sorted by name.</summary>
/// <param name="Added">Packages that were not there.</param>
/// <param name="Removed">Packages that are no longer there.</param>
/// <param name="Changed">Packages of another version.</param>
/// <param name="Unchanged">How many are as they were.</param>
public sealed record LockChanges(
    ImmutableArray<LockedVersion> Added, ImmutableArray<LockedVersion> Removed, ImmutableArray<ChangedVersion> Changed, int Unchanged)
{
    private const int CommitDigits = 12;

    /// <summary>Between two documents.</summary>
    /// <param name="before">The one before; null for none.</param>
    /// <param name="after">The one now.</param>
    public static LockChanges Between(Pylock? before, Pylock after) => Between(VersionsOf(before), VersionsOf(after));

    /// <summary>Between two locks of conda-lock. A package that differs from platform to platform has several versions.</summary>
    /// <param name="before">The one before; null for none.</param>
    /// <param name="after">The one now.</param>
    public static LockChanges Between(CondaLockFile? before, CondaLockFile after) => Between(VersionsOf(before), VersionsOf(after));

    private static LockChanges Between(ImmutableSortedDictionary<string, string> before, ImmutableSortedDictionary<string, string> after)
    {
        var changed = after.Where(now => before.TryGetValue(now.Key, out var was) && was != now.Value).Select(now => new ChangedVersion(now.Key, before[now.Key], now.Value)).ToImmutableArray();
        return new LockChanges(
            [.. after.Where(now => !before.ContainsKey(now.Key)).Select(static now => new LockedVersion(now.Key, now.Value))],
            [.. before.Where(was => !after.ContainsKey(was.Key)).Select(static was => new LockedVersion(was.Key, was.Value))],
            changed,
            after.Keys.Count(before.ContainsKey) - changed.Length);
    }

    private static ImmutableSortedDictionary<string, string> VersionsOf(Pylock? document) => Joined(document is null ? [] :
    [
        .. document.Packages.Select(static package => (package.Name.Normalized, Describe(package))),
        .. CondaSet.Of(document)?.Packages.Select(static package => (package.Name, $"{package.Version} {package.Build}")) ?? [],
    ]);

    private static ImmutableSortedDictionary<string, string> VersionsOf(CondaLockFile? file) => Joined(file?.Entries.Select(static entry => (entry.Name, entry.Version)) ?? []);

    private static ImmutableSortedDictionary<string, string> Joined(IEnumerable<(string Name, string Version)> packages) => packages
        .GroupBy(static package => package.Name, static package => package.Version, StringComparer.Ordinal)
        .ToImmutableSortedDictionary(
            static group => group.Key, static group => string.Join(", ", group.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)), StringComparer.Ordinal);

    private static string Describe(PylockPackage package)
    {
        var version = package.Version?.ToString() ?? "of unknown version";
        return package switch
        {
            { Vcs.CommitId: var commit } => $"{version} (commit {(commit.Length > CommitDigits ? commit[..CommitDigits] : commit)})",
            { Directory.Path: var path } => $"{version} (in {path})",
            { Archive: { } archive } => $"{version} (from {archive.Url ?? archive.Path})",
            _ => version,
        };
    }
}
