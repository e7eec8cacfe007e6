using System.Collections.Immutable;
using System.Globalization;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Core.Requirements;
using Slipway.Environments;
using Slipway.Environments.Requests;
using Slipway.Environments.Sources;
using Slipway.Machines;
using Slipway.Machines.Files;
using Slipway.Runs.Transfer;

namespace Slipway.Runs.Distant;

/// <summary>
/// Brings the files to a host that a request names by paths of this machine: wheels and archives of requirements and of a lock, and directories of links. A copy
/// lies below the digest of its content in the store there, so each is sent once, whoever names it. Source trees are packed by who builds them.
/// </summary>
/// <param name="here">This machine.</param>
/// <param name="there">The host.</param>
/// <param name="time">The clock.</param>
internal sealed class SourceCarrier(IMachine here, BuildHost there, TimeProvider time)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly string Script = HostScripts.Read("transfer.sh") + HostScripts.Read("sources.sh") + HostScripts.Dispatch;

    private sealed record Item(string Path, string Real, string Sha256, long Size)
    {
        public string Entry => $"{Sha256}/{System.IO.Path.GetFileName(Path)}";
    }

    /// <summary>Brings what is missing there.</summary>
    /// <returns>Where all of it lies; <see cref="RunFailures.NotOnHost"/> for what cannot be brought.</returns>
    public async Task<Result<BroughtSources>> BringAsync(EnvironmentRequest request, IBuildProgress progress, CancellationToken cancellationToken)
    {
        if (Refused(request) is { } refused)
        {
            return refused;
        }

        var folders = request.Sources.FindLinks.Where(Path.IsPathRooted).ToDictionary(static folder => folder, Archives, StringComparer.Ordinal);
        var paths = request.NamedFiles.Where(File.Exists).Concat(folders.Values.SelectMany(static files => files)).Distinct(StringComparer.Ordinal).ToList();
        if (paths.Count == 0 && folders.Count == 0)
        {
            return BroughtSources.None;
        }

        if (!Hashed(paths, cancellationToken).TryGet(out var items, out var failure)
            || !(await SendAsync(items.Values, progress, cancellationToken).ConfigureAwait(false)).TryGet(out _, out failure))
        {
            return failure;
        }

        var places = items.ToDictionary(static item => item.Key, item => $"{there.Layout.Sources}/{item.Value.Entry}", StringComparer.Ordinal);
        foreach (var (folder, files) in folders)
        {
            var gathered = await GatherAsync([.. files.Select(file => items[file].Entry)], cancellationToken).ConfigureAwait(false);
            if (!gathered.TryGet(out var place, out failure))
            {
                return failure;
            }

            places[folder] = place;
        }

        return new BroughtSources(places.ToImmutableSortedDictionary(StringComparer.Ordinal));
    }

    /// <summary>Why what a request names cannot be brought to a host; null when it can.</summary>
    public static Failure? Refused(EnvironmentRequest request)
    {
        if (request.Editable is { } project)
        {
            return new Failure(RunFailures.NotOnHost, $"{project.Name} is installed editable, from {project.Directory} of this machine.")
            {
                Hint = "Write project = \"path\" for what runs on hosts: its sources are brought there and imported from there.",
            };
        }

        var repository = request.Requirements.Concat(request.Constraints).FirstOrDefault(static package => package.Requirement.Url?.StartsWith("git+file:", StringComparison.OrdinalIgnoreCase) is true);
        return repository is not null
            ? new Failure(RunFailures.NotOnHost, $"{repository.Requirement.Name} is a repository of this machine ({repository.Requirement.Url}).")
            : null;
    }

    private static List<string> Archives(string folder) =>
        [.. FolderListing.Local.Files(folder).Where(static path => RequirementPath.ArchiveEndings.Any(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase))).Order(StringComparer.Ordinal)];

    private static Result<Dictionary<string, Item>> Hashed(List<string> paths, CancellationToken cancellationToken)
    {
        var items = new Dictionary<string, Item>(StringComparer.Ordinal);
        foreach (var path in paths)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!LocalPaths.Resolve(path).TryGet(out var real, out var failure) || !FilePieces.Hash(real).TryGet(out var hashed, out failure))
            {
                return failure with { Code = EnvironmentFailures.LocalSourceUnusable };
            }

            items[path] = new Item(path, real, hashed.Sha256, hashed.Size);
        }

        return items;
    }

    private async Task<Result<Unit>> SendAsync(IEnumerable<Item> all, IBuildProgress progress, CancellationToken cancellationToken)
    {
        var items = all.DistinctBy(static item => item.Entry, StringComparer.Ordinal).ToList();
        if (items.Count == 0)
        {
            return Unit.Value;
        }

        var asked = await HostCall.AskAsync(there.Machine, HostCall.Command(Script, ["have", there.Layout.Sources, .. items.Select(static item => item.Entry)]), cancellationToken).ConfigureAwait(false);
        if (!asked.TryGet(out var answer, out var failure))
        {
            return failure;
        }

        var known = answer["have"].ToHashSet(StringComparer.Ordinal);
        var lacking = items.FindAll(item => !known.Contains(item.Entry));
        var transfer = new FileTransfer(here, there.Machine);
        foreach (var item in lacking)
        {
            progress.Stage($"Bringing {Path.GetFileName(item.Path)} ({Size(item.Size)})");
            var target = $"{there.Layout.Sources}/{item.Entry}";
            var pushed = await transfer.PushContentAsync(item.Real, (item.Sha256, item.Size), OwnerOnly, time.GetUtcNow().ToUnixTimeSeconds(), target, new SentBytes(progress), cancellationToken).ConfigureAwait(false);
            if (!pushed.TryGet(out _, out failure))
            {
                return failure;
            }
        }

        return Unit.Value;
    }

    private async Task<Result<string>> GatherAsync(ImmutableArray<string> entries, CancellationToken cancellationToken)
    {
        var name = $"links-{Sha256Digest.Of(string.Join('\n', entries)).Hex}";
        var answered = await HostCall.AskAsync(there.Machine, HostCall.Command(Script, ["gather", there.Layout.Sources, name, .. entries]), cancellationToken).ConfigureAwait(false);
        return answered.Then<string>(answer => answer.IsDone ? $"{there.Layout.Sources}/{name}"
            : new Failure(TransferFailures.NotWritable, $"{there.Layout.Sources} on {there.Machine.Name} cannot be written ({answer.Outcome.Describe()}).") { Detail = answer.Outcome.ErrorText.Trim() });
    }

    private static string Size(long bytes) => bytes < 1_000_000
        ? string.Create(CultureInfo.InvariantCulture, $"{(bytes + 999) / 1000} kB") : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB");
}
