using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Machines;
using Slipway.Machines.Files;
using Slipway.Machines.Posix;
using Slipway.Machines.Processes;
using Slipway.Runs.Transfer;

namespace Slipway.Runs.Workspaces;

/// <summary>
/// Brings files without git on the host: those whose kind, mode, size or time differ from the list that the host keeps of the last time. What that
/// list has and the project has not is removed there; everything else there stays.
/// </summary>
internal sealed class FileWorkspace(IMachine here, IMachine there)
{
    /// <summary>The detail of a failure that is cured by another round.</summary>
    public const string Stale = "The workspace was changed by another process meanwhile.";

    private const string Kind = "files";
    private const long MostStamps = 256 * 1024 * 1024;
    private static readonly ImmutableHashSet<string> Excluded = ImmutableHashSet.Create(StringComparer.Ordinal, ".git", ".venv", ".slipway");

    /// <summary>What identifies a project's files as they are now: the digest of a list of kinds, modes, sizes and times.</summary>
    public async Task<Result<string>> SnapshotAsync(WorkspaceOrigin origin, WorkspaceMode mode, CancellationToken cancellationToken) =>
        (await LookAsync(origin, mode, cancellationToken).ConfigureAwait(false)).Map(static look => look.Snapshot);

    /// <summary>Brings the files.</summary>
    public async Task<Result<Workspace>> PushAsync(WorkspacePush push, WorkspaceMode mode, CancellationToken cancellationToken)
    {
        if (!(await LookAsync(push.Origin, mode, cancellationToken).ConfigureAwait(false)).TryGet(out var look, out var failure))
        {
            return failure;
        }

        if (push.IsThere(Kind, look.Snapshot))
        {
            return Brought(push, look.Snapshot, isChanged: false);
        }

        push.Progress.Stage($"Bringing {push.Origin.Path} to {there.Name}");
        return (await KnownAsync(push, cancellationToken).ConfigureAwait(false)).TryGet(out var known, out failure)
            ? await SendAsync(push, look.Entries, look.Stamps, look.List, known, look.Snapshot, cancellationToken).ConfigureAwait(false)
            : failure;
    }

    private static Workspace Brought(WorkspacePush push, string snapshot, bool isChanged) => push.Brought(Kind, snapshot, isChanged, []);

    private sealed record Looked(IReadOnlyList<InventoryEntry> Entries, List<(string Path, string Stamp)> Stamps, byte[] List, string Snapshot);

    private async Task<Result<Looked>> LookAsync(WorkspaceOrigin origin, WorkspaceMode mode, CancellationToken cancellationToken)
    {
        var faults = new TransferFaults();
        var root = origin.Path;
        if (!LocalTrees.List(root, Excluded.Contains, problem => faults.Add($"{root}: {problem.Message}"), cancellationToken).TryGet(out var all, out var failure)
            || !(await ChooseAsync(origin, mode, all, cancellationToken).ConfigureAwait(false)).TryGet(out var entries, out failure)
            || !faults.Conclude(root, 0, 0).TryGet(out _, out failure))
        {
            return failure;
        }

        var stamps = entries.Select(entry => (entry.Path, Stamp: Stamp(root, entry))).ToList();
        var list = TreePacker.Records(stamps.SelectMany(static pair => (string[])[pair.Stamp, pair.Path]));
        return new Looked(entries, stamps, list, Convert.ToHexStringLower(SHA256.HashData(list)));
    }

    private async Task<Result<Workspace>> SendAsync(
        WorkspacePush push, IReadOnlyList<InventoryEntry> entries, List<(string Path, string Stamp)> stamps, byte[] list, Dictionary<string, string> known, string snapshot, CancellationToken cancellationToken)
    {
        var faults = new TransferFaults();
        var changed = entries.Where((entry, index) => !string.Equals(known.GetValueOrDefault(entry.Path), stamps[index].Stamp, StringComparison.Ordinal)).ToList();
        var kinds = entries.ToDictionary(static entry => entry.Path, static entry => entry.Kind, StringComparer.Ordinal);

        // A directory that became a file is in the way as long as what was in it is there; an empty one goes with its last file.
        var gone = known.Where(pair => pair.Value[0] is not 'd' && (!kinds.TryGetValue(pair.Key, out var kind) || kind is FileKind.Directory)).Select(static pair => pair.Key).ToList();
        var files = stamps.Where(static pair => pair.Stamp[0] is not 'd').Select(static pair => pair.Path);
        var staging = $"{push.Target.State}/arriving-{Guid.NewGuid():N}";
        var packer = new TreePacker(push.Origin.Path, faults, new SentBytes(push.Progress));
        var unpacked = await new FileTransfer(here, there).UnpackAsync(
            staging,
            write => Task.FromResult(packer.Pack(changed, write, ("delete", TreePacker.Records(gone)), ("stamps", list), ("tracked", TreePacker.Records(files)))),
            cancellationToken).ConfigureAwait(false);
        if (!unpacked.Then(_ => faults.Conclude(push.Target.Path, 0, 0)).TryGet(out _, out var failure))
        {
            return failure;
        }

        var settled = await push.UnderLockAsync(there, "settle", snapshot, Kind, [staging, push.BeforeText], cancellationToken).ConfigureAwait(false);
        return settled.Then<Workspace>(answer =>
        {
            foreach (var fault in answer["fault"])
            {
                faults.Add(fault);
            }

            return answer.First("stale") is not null ? new Failure(WorkspaceFailures.Busy, $"{push.Target.Path} on {there.Name} is being changed by others all the time.") { Detail = Stale }
                : faults.Conclude(push.Target.Path, packer.Files, packer.Bytes).Map(_ => Brought(push, snapshot, isChanged: true));
        });
    }

    // What git would take, where the project is a git tree; a submodule with all that is in it.
    private async Task<Result<IReadOnlyList<InventoryEntry>>> ChooseAsync(WorkspaceOrigin origin, WorkspaceMode mode, IReadOnlyList<InventoryEntry> all, CancellationToken cancellationToken)
    {
        var usual = all.Where(static entry => entry.Kind is not FileKind.Other);
        if (mode is WorkspaceMode.Files || !origin.IsGitTree)
        {
            return Result.Ok<IReadOnlyList<InventoryEntry>>([.. usual]);
        }

        var command = ProcessCommand.Create("git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-C", origin.Path, "ls-files", "-coz", "--exclude-standard") with { DropPrefixes = ["GIT_"] };
        var ran = await here.RunAsync(command, output: null, cancellationToken).ConfigureAwait(false);
        return ran.Then<IReadOnlyList<InventoryEntry>>(outcome =>
        {
            if (!outcome.Succeeded)
            {
                return new Failure(WorkspaceFailures.PictureFailed, $"git could not list {origin.Path} ({outcome.Describe()}).") { Detail = outcome.ErrorText.Trim() };
            }

            var listed = PosixText.Decode(outcome.StandardOutput.Span).Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(static path => path.TrimEnd('/')).ToHashSet(StringComparer.Ordinal);
            var modules = all.Where(entry => entry.Kind is FileKind.Directory && listed.Contains(entry.Path)).Select(static entry => $"{entry.Path}/").ToList();
            return usual.Where(entry => entry.Kind is not FileKind.Directory && (listed.Contains(entry.Path) || modules.Exists(module => entry.Path.StartsWith(module, StringComparison.Ordinal)))).ToList();
        });
    }

    // Only what the marker was written with: a list without its marker is of a push that was broken off.
    private async Task<Result<Dictionary<string, string>>> KnownAsync(WorkspacePush push, CancellationToken cancellationToken)
    {
        if (push.Before is not { Kind: Kind })
        {
            return new Dictionary<string, string>(StringComparer.Ordinal);
        }

        var read = await there.ReadFileAsync($"{push.Target.State}/stamps", MostStamps, cancellationToken).ConfigureAwait(false);
        return read.Map(static bytes => PosixText.Decode(bytes).Split('\0', StringSplitOptions.RemoveEmptyEntries).Chunk(2).Where(static pair => pair.Length == 2)
            .DistinctBy(static pair => pair[1], StringComparer.Ordinal).ToDictionary(static pair => pair[1], static pair => pair[0], StringComparer.Ordinal));
    }

    private static string Stamp(string root, InventoryEntry entry) => entry.Kind switch
    {
        FileKind.Directory => $"d{Convert.ToString((int)entry.Mode, 8)}",
        FileKind.Link => $"l{entry.Target}",
        _ => string.Create(CultureInfo.InvariantCulture, $"f{Convert.ToString((int)entry.Mode, 8)} {entry.Size} {LocalPaths.StatusOf($"{root}/{entry.Path}").ModifiedUnixNanoseconds}"),
    };
}
