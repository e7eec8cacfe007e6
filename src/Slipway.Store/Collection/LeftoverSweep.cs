using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Machines;
using Slipway.Machines.Files;
using Slipway.Machines.Programs;
using Slipway.Store.Layout;

namespace Slipway.Store.Collection;

/// <summary>
/// Removes what lies beside the environments: wheels, downloads, logs and resolutions past their age, what processes left
/// that were killed, and records of environments that are gone. All of it can be had again, so age and size are the only
/// questions; a resolution that is under way holds its lock.
/// </summary>
internal sealed class LeftoverSweep(IMachine machine, StoreLayout layout, TimeProvider time, CollectionPolicy policy, StoreSpace space)
{
    private const string PipDownloads = "pip";
    private const int ShortDigest = 40;

    private static readonly EnumerationOptions Everything = new()
    {
        RecurseSubdirectories = true,
        IgnoreInaccessible = true,
        AttributesToSkip = FileAttributes.ReparsePoint,
    };

    private readonly ImmutableArray<CollectionEntry>.Builder _entries = ImmutableArray.CreateBuilder<CollectionEntry>();

    /// <summary>What was found, in the order of the calls.</summary>
    public ImmutableArray<CollectionEntry> Entries => _entries.ToImmutable();

    /// <summary>
    /// Deletes what was given up, by a collection or by a process that was killed. A tree whose slot is not published may be
    /// put back by the rebuild that moved it away, so it stays for the grace time, and for as long as the build lock is held.
    /// </summary>
    public async Task EmptyTrashAsync(CancellationToken cancellationToken)
    {
        foreach (var path in Children(layout.Trash, "*"))
        {
            if (SlotOf(path) is { } slot)
            {
                await CollectReplacedAsync(path, slot, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                Collect([path], "trash", TimeSpan.MinValue);
            }
        }
    }

    /// <summary>Sweeps what age alone decides, or with a dry run says what would go; downloads also make room.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        Collect(OldWheels().ToList(), "wheels", policy.MinimumAge, Discard);
        Collect(Children(layout.Logs, "*"), "log", policy.LeftoverAge);
        Collect(Children(layout.Cache, "resolution-*"), "resolution", policy.LeftoverAge);
        Collect(Children(layout.States, "*.failure"), "failure of a build", policy.LeftoverAge);
        Collect(Children(layout.Tools, "*").SelectMany(tool => Children(tool, ".new-*")), "half-unpacked tool", policy.LeftoverAge);
        Collect(Written().SelectMany(folder => Children(folder, ".slipway-*.tmp")), "half-written file", CollectionPolicy.Grace);
        CollectFiles(PipDownloads, "downloads");
        CollectFiles("nodes", "outputs of workflow nodes");
        CollectFiles("blobs", "content of workflow nodes");
        CollectFiles("requirements", "requirements that workflow nodes asked about");
        await CollectCondaPackagesAsync(cancellationToken).ConfigureAwait(false);
        CollectCopies(Children(layout.Sources, "*"), "copy of local sources");
        CollectCopies(Children($"{layout.Cache}/sites", "*.json"), "packages of an interpreter");
        foreach (var work in Children(layout.Cache, "resolving-*"))
        {
            await CollectResolvingAsync(work, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Makes room with wheels, the least recently used first, when removing environments was not enough: an environment
    /// that stays can then be repaired for as long as possible.
    /// </summary>
    public void SweepWheels()
    {
        foreach (var path in Children(layout.Wheels, "*").Where(path => !IsOldWheel(path)).OrderBy(FileAge.ModifiedAt).ToList())
        {
            Collect([path], "wheels", space.IsOver ? CollectionPolicy.Grace : TimeSpan.MaxValue, Discard);
        }
    }

    /// <summary>Removes launch records and histories of environments that are gone.</summary>
    /// <param name="goingToo">Slots that are removed by this collection, or would be.</param>
    public void SweepRecords(ImmutableHashSet<string> goingToo)
    {
        var records = new RecordSweep(layout, goingToo);
        CollectTogether(Children(layout.Launches, "*"), "launches", "launch records of environments that are gone", path => IsOld(path, CollectionPolicy.Grace) && records.IsAboutNothing(path));

        // A history still explains the next build, so it outlives its environment for as long as a log does.
        CollectTogether(Children(layout.Subjects, "*.json"), "subjects", "histories of environments that are gone", path => IsOld(path, policy.LeftoverAge) && records.IsAboutNothing(path));
    }

    private IEnumerable<string> OldWheels() => Children(layout.Wheels, "*").Where(IsOldWheel);

    private bool IsOldWheel(string path) => IsOld(path, policy.MinimumAge);

    private IEnumerable<string> Written() =>
    [
        layout.Home, layout.Requests, layout.Subjects, layout.Launches, layout.States, layout.Roots, layout.Cache, layout.Logs,
        .. Children(layout.Cache, "*"),
        .. Children(layout.Tools, "*").SelectMany(tool => Children(tool, "*")),
    ];

    private void Collect(IEnumerable<string> paths, string title, TimeSpan minimumAge, Func<string, Result<Unit>>? remove = null)
    {
        foreach (var path in paths)
        {
            if (Entry(path, title, minimumAge) is { } entry)
            {
                Report(entry, remove ?? LocalFiles.RemoveTree);
            }
        }
    }

    /// <summary>How a path is reported; null when it has gone meanwhile.</summary>
    private CollectionEntry? Entry(string path, string title, TimeSpan minimumAge)
    {
        var status = LocalPaths.StatusOf(path);
        if (!status.Exists)
        {
            return null;
        }

        var keep = IsOld(status.ModifiedUnixNanoseconds, minimumAge) ? null : "used recently";
        return new CollectionEntry(path, Path.GetFileName(path), title, 0, keep);
    }

    /// <summary>Removes one thing, if its entry says so, and reports it with what that freed.</summary>
    private void Report(CollectionEntry entry, Func<string, Result<Unit>> remove)
    {
        var usage = TreeUsage.Measure(entry.Path, CancellationToken.None);
        entry = entry with { Bytes = usage.Bytes - usage.SharedBytes, SharedBytes = usage.SharedBytes };
        if (entry.Removed && !policy.DryRun && !remove(entry.Path).TryGet(out _, out var failure))
        {
            entry = entry with { KeptBecause = failure.Message };
        }

        _entries.Add(entry.Removed ? entry with { Bytes = space.Ledger.Remove(usage) } : entry);
    }

    // By one rename: a build must find all wheels of an artifact or none.
    private Result<Unit> Discard(string path)
    {
        const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        var trash = $"{layout.Trash}/{Path.GetFileName(path)}-{Guid.NewGuid():N}";
        var moved = LocalFiles.MakeDirectory(layout.Trash, OwnerOnly).Then(_ => LocalFiles.Move(path, trash));
        return moved.IsOk ? LocalFiles.RemoveTree(trash)
            : moved.Failure.Code == MachinesFailures.DiskFull ? LocalFiles.RemoveTree(path)
            : moved;
    }

    // pip does without any file of its cache, and a node of a workflow runs again whose outputs are gone, so they go one by one.
    // Downloads are copies of what the wheels hold already, so they are the first to make room.
    private void CollectFiles(string name, string title)
    {
        var folder = $"{layout.Cache}/{name}";
        if (LocalPaths.StatusOf(folder).Kind is FileKind.Directory)
        {
            var files = Directory.EnumerateFiles(folder, "*", Everything).OrderBy(FileAge.ModifiedAt).ToList();
            CollectTogether(files, $"cache/{name}", title, path => IsOld(path, space.IsOver ? CollectionPolicy.Grace : policy.MinimumAge));
        }
    }

    // Files and what was unpacked from them, all together under the lock that builds hold: an environment is copied from what lies unpacked.
    private async Task CollectCondaPackagesAsync(CancellationToken cancellationToken)
    {
        var age = space.IsOver ? CollectionPolicy.Grace : policy.MinimumAge;
        var old = Children($"{layout.CondaRoot}/pkgs", "*-*-*").Where(path => IsOld(path, age)).ToList();
        if (old.Count == 0)
        {
            return;
        }

        var entry = new CollectionEntry($"{layout.CondaRoot}/pkgs", "cache/micromamba", $"{old.Count} unpacked conda packages and their files", 0, null);
        var usages = old.ConvertAll(path => TreeUsage.Measure(path, cancellationToken));
        if (!policy.DryRun && LocalFiles.Exists(layout.CondaLock))
        {
            var program = new MachineProgram(
                "collect conda packages",
                [new Step.WithBuildLock(layout.CondaLock, "collect conda packages", TimeSpan.Zero, FailureRecord: null, [.. old.Select(path => new Step.RemoveTree(path))])]);
            var executed = await machine.ExecuteAsync(program, SilentObserver.Instance, cancellationToken).ConfigureAwait(false);
            entry = executed.TryGet(out _, out var failure) ? entry : entry with { KeptBecause = failure.Message };
        }
        else if (!policy.DryRun && old.Select(LocalFiles.RemoveTree).FirstOrDefault(static removed => !removed.IsOk) is { IsOk: false } stuck)
        {
            entry = entry with { KeptBecause = stuck.Failure.Message };
        }

        _entries.Add(entry.Removed ? entry with { Bytes = usages.Sum(space.Ledger.Remove) } : entry);
    }

    // Made again when they are missed; those that were used last are the ones that a build under way may need.
    private void CollectCopies(IEnumerable<string> paths, string title)
    {
        foreach (var path in paths.OrderBy(FileAge.ModifiedAt).ToList())
        {
            Collect([path], title, space.IsOver ? CollectionPolicy.Grace : policy.MinimumAge);
        }
    }

    /// <summary>Removes files of one kind; the report has one line for all.</summary>
    private void CollectTogether(IEnumerable<string> paths, string name, string title, Func<string, bool> mayGo)
    {
        var (bytes, count) = (0L, 0);
        foreach (var path in paths)
        {
            var usage = TreeUsage.Measure(path, CancellationToken.None);
            if (mayGo(path) && (policy.DryRun || LocalFiles.RemoveFile(path).IsOk))
            {
                bytes += space.Ledger.Remove(usage);
                count++;
            }
        }

        if (count > 0)
        {
            _entries.Add(new CollectionEntry($"{layout.Home}/{name}", name, $"{count} {title}", bytes, null));
        }
    }

    private async Task CollectResolvingAsync(string work, CancellationToken cancellationToken)
    {
        if (Entry(work, "unfinished resolution", policy.LeftoverAge) is not { } entry)
        {
            return;
        }

        var digest = Path.GetFileName(work)["resolving-".Length..];
        var locks = digest.Length == ShortDigest ? Children(layout.BuildLocks, $"request-{digest}*") : [];
        if (!entry.Removed || policy.DryRun || locks.Count != 1)
        {
            // Without its lock nobody can be at work in it.
            Report(entry, LocalFiles.RemoveTree);
            return;
        }

        _entries.Add(await RemoveUnderLockAsync(entry, locks[0], cancellationToken).ConfigureAwait(false));
    }

    private async Task CollectReplacedAsync(string path, SlotName slot, CancellationToken cancellationToken)
    {
        // What was published since is not replaced by what was there before.
        var isSuperseded = LocalFiles.Exists(layout.Meta(slot));
        if (Entry(path, "trash", isSuperseded ? TimeSpan.MinValue : CollectionPolicy.Grace) is not { } entry)
        {
            return;
        }

        if (!entry.Removed || policy.DryRun || !LocalFiles.Exists(layout.BuildLock(slot)))
        {
            Report(entry.Removed ? entry : entry with { KeptBecause = "moved away within the last hour, and may be put back" }, LocalFiles.RemoveTree);
            return;
        }

        // Who holds the lock put it there, and will delete it or put it back: nothing to report.
        if (await RemoveUnderLockAsync(entry, layout.BuildLock(slot), cancellationToken).ConfigureAwait(false) is { Removed: true } removed)
        {
            _entries.Add(removed);
        }
    }

    // The names that a build or a collection gives: the slot, a dash and 32 digits.
    private static SlotName? SlotOf(string trash)
    {
        var name = Path.GetFileName(trash);
        return name.LastIndexOf('-') is > 0 and var dash && SlotName.Parse(name[..dash]).TryGet(out var slot, out _) ? slot : null;
    }

    /// <summary>Removes a tree while nobody else holds its lock.</summary>
    /// <returns>The entry, with what was freed or why it stays.</returns>
    private async Task<CollectionEntry> RemoveUnderLockAsync(CollectionEntry entry, string lockPath, CancellationToken cancellationToken)
    {
        var program = new MachineProgram(
            $"collect {entry.Name}",
            [new Step.WithBuildLock(lockPath, $"collect {entry.Name}", TimeSpan.Zero, FailureRecord: null, [new Step.RemoveTree(entry.Path)])]);
        var usage = TreeUsage.Measure(entry.Path, cancellationToken);
        var executed = await machine.ExecuteAsync(program, SilentObserver.Instance, cancellationToken).ConfigureAwait(false);
        return executed.TryGet(out _, out var failure) ? entry with { Bytes = space.Ledger.Remove(usage) } : entry with { KeptBecause = failure.Message };
    }

    private bool IsOld(string path, TimeSpan minimumAge) => IsOld(LocalPaths.StatusOf(path).ModifiedUnixNanoseconds, minimumAge);

    private bool IsOld(long modified, TimeSpan minimumAge) => time.GetUtcNow() - FileAge.At(modified) >= minimumAge;

    // Not through a link: what lies behind one is not the store's.
    private static List<string> Children(string folder, string pattern)
    {
        if (LocalPaths.StatusOf(folder).Kind is not FileKind.Directory)
        {
            return [];
        }

        try
        {
            return [.. Directory.EnumerateFileSystemEntries(folder, pattern).Order(StringComparer.Ordinal)];
        }
        catch (IOException)
        {
            return [];
        }
        catch (UnauthorizedAccessException)
        {
            return [];
        }
    }
}
