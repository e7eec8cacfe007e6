using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Machines;
using Slipway.Machines.Files;
using Slipway.Machines.Programs;
using Slipway.Store.Layout;

namespace Slipway.Store.Collection;

/// <summary>
/// Removes what lies beside the environments: wheels, downloads, logs and resolutions past their age, and what
/// processes left that were killed. All of it can be had again, so age is the only question; a resolution that is
/// under way holds its lock.
/// </summary>
internal sealed class LeftoverSweep(IMachine machine, StoreLayout layout, TimeProvider time, CollectionPolicy policy)
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

    /// <summary>Sweeps, or with a dry run says what would go.</summary>
    public async Task<ImmutableArray<CollectionEntry>> SweepAsync(CancellationToken cancellationToken)
    {
        Collect(Children(layout.Wheels, "*"), "wheels", policy.MinimumAge, Discard);
        Collect(Children(layout.Logs, "*"), "log", policy.MinimumAge);
        Collect(Children(layout.Cache, "resolution-*"), "resolution", policy.MinimumAge);
        Collect(Children(layout.States, "*.failure"), "failure of a build", policy.MinimumAge);
        Collect(Children(layout.Tools, "*").SelectMany(tool => Children(tool, ".new-*")), "half-unpacked tool", policy.MinimumAge);
        Collect(Written().SelectMany(folder => Children(folder, ".slipway-*.tmp")), "half-written file", CollectionPolicy.Grace);
        CollectDownloads();
        foreach (var work in Children(layout.Cache, "resolving-*"))
        {
            await CollectResolvingAsync(work, cancellationToken).ConfigureAwait(false);
        }

        // Whatever is here has been given up, by this collection or by a process that was killed.
        Collect(Children(layout.Trash, "*"), "trash", TimeSpan.MinValue);
        return _entries.ToImmutable();
    }

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
            if (Entry(path, title, minimumAge) is not { } entry)
            {
                continue;
            }

            _entries.Add(entry.Removed && !policy.DryRun && !(remove ?? LocalFiles.RemoveTree)(path).TryGet(out _, out var failure)
                ? entry with { KeptBecause = failure.Message }
                : entry);
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
        var bytes = status.Kind is FileKind.Directory ? LocalPaths.TreeSize(path) : status.Size;
        return new CollectionEntry(path, Path.GetFileName(path), title, bytes, keep);
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

    // pip does without any file of its cache, so they go one by one; the report has one line for all.
    private void CollectDownloads()
    {
        var folder = $"{layout.Cache}/{PipDownloads}";
        if (!Directory.Exists(folder))
        {
            return;
        }

        var (bytes, old) = (0L, 0);
        foreach (var path in Directory.EnumerateFiles(folder, "*", Everything).ToList())
        {
            var status = LocalPaths.StatusOf(path);
            if (status.Exists && IsOld(status.ModifiedUnixNanoseconds, policy.MinimumAge) && (policy.DryRun || LocalFiles.RemoveFile(path).IsOk))
            {
                bytes += status.Size;
                old++;
            }
        }

        if (old > 0)
        {
            _entries.Add(new CollectionEntry(folder, $"cache/{PipDownloads}", $"{old} downloads", bytes, null));
        }
    }

    private async Task CollectResolvingAsync(string work, CancellationToken cancellationToken)
    {
        if (Entry(work, "unfinished resolution", policy.MinimumAge) is not { } entry)
        {
            return;
        }

        var digest = Path.GetFileName(work)["resolving-".Length..];
        var locks = digest.Length == ShortDigest ? Children(layout.BuildLocks, $"request-{digest}*") : [];
        if (!entry.Removed || policy.DryRun || locks.Count != 1)
        {
            // Without its lock nobody can be at work in it.
            _entries.Add(entry.Removed && !policy.DryRun && !LocalFiles.RemoveTree(work).TryGet(out _, out var kept) ? entry with { KeptBecause = kept.Message } : entry);
            return;
        }

        var program = new MachineProgram(
            $"collect {entry.Name}",
            [new Step.WithBuildLock(locks[0], $"collect {entry.Name}", TimeSpan.Zero, FailureRecord: null, [new Step.RemoveTree(work)])]);
        var executed = await machine.ExecuteAsync(program, SilentObserver.Instance, cancellationToken).ConfigureAwait(false);
        _entries.Add(executed.TryGet(out _, out var failure) ? entry : entry with { KeptBecause = failure.Message });
    }

    private bool IsOld(long modified, TimeSpan minimumAge) => time.GetUtcNow() - FileAge.At(modified) >= minimumAge;

    private static List<string> Children(string folder, string pattern)
    {
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
