using System.Collections.Immutable;
using Slipway.Cloud.SkyPilot;
using Slipway.Core.Failures;
using Slipway.Machines.Files;

namespace Slipway.Cloud.Backends;

// Logs and results. Results lie beside a job's logs, in a folder "slipway", which is where the download of logs finds them.
internal sealed partial class SkyPilotBackend
{
    private const string ResultsName = "slipway";
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public Task<Result<ImmutableArray<string>>> LogAsync(RunHandle handle, CancellationToken cancellationToken) => LinesAsync(
        sink => handle is { IsManaged: true, Job: { } job }
            ? client.ManagedLogsAsync(job, follow: false, tail: 0, sink, cancellationToken)
            : client.LogsAsync(handle.Name, handle.Job, follow: false, tail: 0, sink, cancellationToken));

    public Task<Result<ImmutableArray<string>>> ProvisionLogAsync(RunHandle handle, CancellationToken cancellationToken) =>
        LinesAsync(sink => client.ProvisionLogsAsync(handle.Name, sink, cancellationToken));

    public async Task<Result<Unit>> FetchAsync(RunHandle handle, string folder, CancellationToken cancellationToken)
    {
        if (handle.Job is not { } job)
        {
            return new Failure(CloudFailures.NothingToFetch, $"{handle.Name} has no job that could have left anything.");
        }

        var raw = folder + ".raw";
        LocalFiles.RemoveTree(raw);
        var fetched = handle.IsManaged
            ? await client.DownloadManagedLogsAsync(job, raw, cancellationToken).ConfigureAwait(false)
            : await client.DownloadLogsAsync(handle.Name, [job], raw, cancellationToken).ConfigureAwait(false);
        var sorted = fetched.Then(download => download.Files == 0
            ? new Failure(CloudFailures.NothingToFetch, $"The job {job} of {handle.Name} left nothing.")
            : Sort(download, folder));
        LocalFiles.RemoveTree(raw);
        return sorted;
    }

    private static Result<Unit> Sort(SkyDownload download, string folder)
    {
        var logs = $"{folder}/logs";
        var made = LocalFiles.MakeDirectory(logs, Private);
        foreach (var own in download.Folders.Values.SelectMany(path => Places(download.Destination, path)))
        {
            foreach (var entry in Directory.EnumerateFileSystemEntries(own).Order(StringComparer.Ordinal))
            {
                var name = Path.GetFileName(entry);
                made = made.Then(_ => LocalFiles.MoveUnsynced(entry, name == ResultsName ? $"{folder}/results" : $"{logs}/{name}"));
            }
        }

        return made.Then<Unit>(_ => Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories).Any(static entry => !Directory.Exists(entry))
            ? Unit.Value
            : new Failure(CloudFailures.NothingToFetch, "What came down holds nothing of the job."));
    }

    // A path may be given by "~", whose meaning only the server knows: then the folder is found by the end of its name.
    private static IEnumerable<string> Places(string root, string path)
    {
        var own = Path.Combine(root, path.TrimStart('~', '/'));
        return Directory.Exists(own)
            ? [own]
            : [.. Directory.EnumerateDirectories(root, "*", SearchOption.AllDirectories).Where(one => one.EndsWith("/" + path.TrimStart('~', '/'), StringComparison.Ordinal))];
    }

    private static async Task<Result<ImmutableArray<string>>> LinesAsync(Func<ISkyLogSink, Task<Result<SkyLogEnd>>> read)
    {
        var sink = new SkyLineList();
        return (await read(sink).ConfigureAwait(false)).Map(_ => sink.Lines.Select(CleanText.Plain).ToImmutableArray());
    }
}
