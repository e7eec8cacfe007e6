using System.Collections.Immutable;
using System.Text;
using Slipway.Core.Failures;
using Slipway.Machines;
using Slipway.Machines.Files;
using Slipway.Machines.Programs;
using Slipway.Store.Layout;

namespace Slipway.Store.Collection;

/// <summary>
/// Removes files of projects that were brought here from other machines, with the objects that they came from, when nobody has brought or run anything there
/// for the age of the policy. What is there can be brought again, except for what workloads made: so neither a size nor a missing lock makes it go earlier.
/// </summary>
internal sealed class WorkspaceSweep(IMachine machine, StoreLayout layout, TimeProvider time, CollectionPolicy policy, SpaceLedger ledger)
{
    private const string RepositorySuffix = ".git";
    private const long MaxRecordBytes = 16 * 1024 * 1024;
    private const long NanosecondsPerSecond = 1_000_000_000;
    private readonly ImmutableArray<CollectionEntry>.Builder _entries = ImmutableArray.CreateBuilder<CollectionEntry>();

    /// <summary>What was found.</summary>
    public ImmutableArray<CollectionEntry> Entries => _entries.ToImmutable();

    /// <summary>Sweeps, or with a dry run says what would go.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        var inUse = ProcessScan.WorkspacesInUse(layout);
        var running = Running();
        foreach (var name in Names())
        {
            await CollectAsync(name, inUse.GetValueOrDefault(name) is { } process ? $"used by process {process}" : Run(running, layout.Workspace(name)), cancellationToken).ConfigureAwait(false);
        }

        // Scripts that came alone: each run writes its own again.
        var scripts = ProcessScan.ScriptsInUse(layout);
        foreach (var folder in Folders(layout.LooseScripts))
        {
            var name = Path.GetFileName(folder);
            var lastUse = Directory.EnumerateFiles(folder).Select(static file => LocalPaths.StatusOf(file).ModifiedUnixNanoseconds).Append(LocalPaths.StatusOf(folder).ModifiedUnixNanoseconds).Max();
            var keep = Young(lastUse) ?? (scripts.GetValueOrDefault(name) is { } process ? $"used by process {process}" : null) ?? Run(running, folder);
            Report(new CollectionEntry(folder, $"workspaces/scripts/{name}", "script that was brought from another machine", 0, keep), [folder], () => LocalFiles.RemoveTree(folder));
        }
    }

    private async Task CollectAsync(string name, string? busy, CancellationToken cancellationToken)
    {
        string[] paths = [layout.Workspace(name), layout.Repository(name)];
        var state = layout.WorkspaceState(name);
        var used = LastUse(name);
        var keep = Young(used) ?? busy;
        var title = LocalFiles.Exists(paths[0]) ? "files of a project that were brought from another machine" : "repository of a workspace that is gone";
        var entry = new CollectionEntry(LocalFiles.Exists(paths[0]) ? paths[0] : paths[1], $"workspaces/{name}", title, 0, keep);
        if (keep is null && LocalFiles.Exists($"{state}/lock"))
        {
            // Who brings files holds this lock; its file stays, for who waits for it now. Without a marker everything is brought anew.
            ImmutableArray<Step> look = LocalPaths.StatusOf(UsedFile(name)) is { Exists: true } status
                ? [new Step.StopIfModified(UsedFile(name), Math.DivRem(status.ModifiedUnixNanoseconds, NanosecondsPerSecond).Quotient)] : [];
            ImmutableArray<Step> removal = policy.DryRun ? [] : [.. Marks(state).Concat(paths).Select(static path => new Step.RemoveTree(path))];
            var program = new MachineProgram(
                $"collect {entry.Name}", [new Step.WithBuildLock($"{state}/lock", $"collect {entry.Name}", TimeSpan.Zero, FailureRecord: null, [.. look, .. removal])]);
            var usages = paths.Select(path => TreeUsage.Measure(path, cancellationToken)).ToList();
            var executed = await machine.ExecuteAsync(program, SilentObserver.Instance, cancellationToken).ConfigureAwait(false);
            keep = !executed.TryGet(out var outcome, out var failure) ? failure.Code.Exit is ExitCode.Busy ? "files are being brought there" : failure.Message
                : outcome is ProgramOutcome.Stopped ? "used just now" : null;
            _entries.Add(keep is null ? entry with { Bytes = usages.Sum(ledger.Remove) } : entry with { KeptBecause = keep });
            return;
        }

        Report(entry, paths, () => paths.Select(LocalFiles.RemoveTree).FirstOrDefault(static removed => !removed.IsOk) is { IsOk: false } stuck ? stuck : Unit.Value);
    }

    private void Report(CollectionEntry entry, IEnumerable<string> paths, Func<Result<Unit>> remove)
    {
        var usages = paths.Select(path => TreeUsage.Measure(path, CancellationToken.None)).ToList();
        if (entry.Removed && !policy.DryRun && !remove().TryGet(out _, out var failure))
        {
            entry = entry with { KeptBecause = failure.Message };
        }

        _entries.Add(entry.Removed ? entry with { Bytes = usages.Sum(ledger.Remove) } : entry with { Bytes = usages.Sum(static usage => usage.Bytes - usage.SharedBytes) });
    }

    // The lock and its holder are left: a file that somebody may wait for is never removed.
    private static IEnumerable<string> Marks(string state) =>
        Directory.Exists(state) ? Directory.EnumerateFileSystemEntries(state).Where(static path => Path.GetFileName(path) is not ("lock" or "holder")).Order(StringComparer.Ordinal) : [];

    // Not the lock: whoever looks writes into it.
    private long LastUse(string name) => new[] { UsedFile(name), $"{layout.WorkspaceState(name)}/marker", $"{layout.WorkspaceState(name)}/holder", layout.Workspace(name), layout.Repository(name) }
        .Max(static path => LocalPaths.StatusOf(path).ModifiedUnixNanoseconds);

    private string UsedFile(string name) => layout.WorkspaceUse(name);

    private string? Young(long modified)
    {
        var age = time.GetUtcNow() - FileAge.At(modified);
        return age >= policy.MinimumAge ? null : age < CollectionPolicy.Grace ? "used within the last hour" : $"used {(int)age.TotalHours} hours ago";
    }

    // A workspace without a repository came without git, one repository without a workspace is what was left of it.
    private IEnumerable<string> Names() => Folders(layout.Workspaces).Select(static path => Path.GetFileName(path)).Where(name => layout.Workspace(name) != layout.LooseScripts)
        .Concat(Folders(layout.Repositories).Select(static path => Path.GetFileName(path)).Where(static name => name.EndsWith(RepositorySuffix, StringComparison.Ordinal)).Select(static name => name[..^RepositorySuffix.Length]))
        .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    // The records of runs that have not ended, as text: what they are about are the paths that they name.
    private List<(string Id, string Text)> Running() =>
    [
        .. Folders(layout.Runs).Where(static run => !LocalFiles.Exists($"{run}/exit.json"))
            .Select(static run => (Path.GetFileName(run), LocalFiles.Read($"{run}/run.json", MaxRecordBytes).TryGet(out var bytes, out _) ? Encoding.UTF8.GetString(bytes) : string.Empty)),
    ];

    private static string? Run(List<(string Id, string Text)> running, string workspace)
    {
        var name = $"/{Path.GetFileName(Path.GetDirectoryName(workspace))}/{Path.GetFileName(workspace)}";
        var run = running.Find(run => run.Text.Contains($"{name}/", StringComparison.Ordinal) || run.Text.Contains($"{name}\"", StringComparison.Ordinal));
        return run.Id is { } id ? $"the run {id} has not ended" : null;
    }

    private static List<string> Folders(string folder)
    {
        try
        {
            return LocalPaths.StatusOf(folder).Kind is FileKind.Directory ? [.. Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal)] : [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
