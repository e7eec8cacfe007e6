using System.Collections.Immutable;
using System.Security.Cryptography;
using Slipway.Cloud.Backends;
using Slipway.Cloud.Money;
using Slipway.Core.Failures;
using Slipway.Machines.Files;
using Slipway.Machines.Locks;
using Slipway.Runs.Jobs;

namespace Slipway.Cloud.Launching;

// Ends of runs: what they made is brought here before their machines are given back, and only an empty answer of the cloud says that nothing bills.
public sealed partial class CloudDesk
{
    private static readonly TimeSpan LongestEnding = TimeSpan.FromMinutes(3);

    /// <summary>Ends a run and takes its machines down. A run whose machines are still there afterwards is an answer whose <see cref="StopResult.StillBills"/> says so.</summary>
    /// <param name="run">The run.</param>
    /// <param name="mode">How.</param>
    /// <param name="fetch">What is brought here before.</param>
    /// <param name="destination">Where to; null for the run's own folder.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    public async Task<Result<StopResult>> StopAsync(RunId run, StopMode mode, StopFetch fetch, string? destination, CancellationToken cancellationToken)
    {
        if (mode is StopMode.Finish)
        {
            var wait = await StatusAsync(run, null, 0, cancellationToken).ConfigureAwait(false);
            while (wait.TryGet(out var view, out var failure) && !view.State.HasEnded())
            {
                wait = await StatusAsync(run, LongestEnding, 0, cancellationToken).ConfigureAwait(false);
            }
        }
        else
        {
            await LookAfterAsync(cancellationToken).ConfigureAwait(false);
        }

        return await LocalLock.HoldAsync(_records.LockOf(run), "ends it", TimeSpan.FromSeconds(30), () => EndAsync(run, mode, fetch, destination, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Brings results and logs of a run here.</summary>
    /// <param name="run">The run.</param>
    /// <param name="destination">The absolute path of a folder; null for the run's own.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Result<FetchResult>> FetchAsync(RunId run, string? destination, CancellationToken cancellationToken)
    {
        await LookAfterAsync(cancellationToken).ConfigureAwait(false);
        var read = _records.Read(run);
        return read.TryGet(out var record, out var failure)
            ? await LocalLock.HoldAsync(_records.LockOf(run), "fetches it", TimeSpan.FromSeconds(30), () => BringAsync(record, destination, StopFetch.Results, cancellationToken), cancellationToken).ConfigureAwait(false)
            : failure;
    }

    private async Task<Result<StopResult>> EndAsync(RunId run, StopMode mode, StopFetch fetch, string? destination, CancellationToken cancellationToken)
    {
        if (!_records.Read(run).TryGet(out var record, out var failure))
        {
            return failure;
        }

        if (record.Stage is LaunchStage.Ended)
        {
            var late = fetch is StopFetch.None ? null : await BringAsync(record, destination, fetch, cancellationToken).ConfigureAwait(false);
            ImmutableArray<string> said = late is { IsOk: false } ? ["It was over already.", $"Nothing was brought here: {late.Failure.Message}"] : ["It was over already."];
            return new StopResult(run, record.State, said, [], await SettledAsync(run, cancellationToken).ConfigureAwait(false), late is { IsOk: true } ? late.Value : null);
        }

        var opened = await OpenAsync(record.Backend, record.Host, cancellationToken).ConfigureAwait(false);
        if (!opened.TryGet(out var backend, out failure))
        {
            return failure;
        }

        var done = new List<string>();
        if (mode is StopMode.Cancel && !record.State.HasEnded())
        {
            record = await CancelAsync(backend, record, done, cancellationToken).ConfigureAwait(false);
        }

        FetchResult? brought = null;
        if (fetch is not StopFetch.None)
        {
            var got = await BringAsync(record, destination, fetch, cancellationToken).ConfigureAwait(false);
            brought = got.IsOk ? got.Value : null;
            if (!got.IsOk && got.Failure.Code != CloudFailures.NothingToFetch && mode is not StopMode.Terminate)
            {
                // The machine is the only place where the results are: it is not given back for an error on the way.
                return got.Failure with { Hint = $"The machines are kept. Try again, or give them up with `slipway cloud stop {run} --mode terminate --fetch none`." };
            }

            done.Add(got.IsOk ? $"{got.Value.Files.Length} files were brought to {got.Value.Destination}." : $"Nothing was brought here: {got.Failure.Message}");
        }

        return await CloseAsync(backend, record, done, brought, cancellationToken).ConfigureAwait(false);
    }

    private async Task<Result<StopResult>> CloseAsync(IBackend backend, CloudRecord record, List<string> done, FetchResult? brought, CancellationToken cancellationToken)
    {
        var gone = await backend.DisposeAsync(record.Handle, cancellationToken).ConfigureAwait(false);
        if (!gone.TryGet(out var left, out var failure))
        {
            return failure;
        }

        if (!left.IsEmpty)
        {
            return new StopResult(record.Run, record.State, [.. done, $"{CloudFailures.StillBilling}: it was told to go, and is there still."], left, null, brought);
        }

        done.Add(record.Handle.IsManaged || backend.Capabilities.Priced ? "Its machines are gone." : "Nothing of it runs any more.");
        var ended = record with { HasMachines = false, State = record.State.HasEnded() ? record.State : BackendState.Cancelled };
        var repairs = new List<Repair>();
        var settled = await SettleAsync(backend, ended, repairs, cancellationToken).ConfigureAwait(false);
        return new StopResult(record.Run, ended.State, [.. done, .. repairs.Select(static repair => repair.Text)], [], settled, brought);
    }

    private async Task<CloudRecord> CancelAsync(IBackend backend, CloudRecord record, List<string> done, CancellationToken cancellationToken)
    {
        var told = await backend.CancelAsync(record.Handle, cancellationToken).ConfigureAwait(false);
        done.Add(told.IsOk ? "It was told to end." : $"It could not be told to end: {told.Failure.Message}");
        var begun = Now;
        for (var pause = TimeSpan.FromMilliseconds(200); told.IsOk && Now - begun < LongestEnding; pause = pause * 2 < settings.Sky.LongestPoll ? pause * 2 : settings.Sky.LongestPoll)
        {
            var seen = await backend.ObserveAsync(record.Handle, cancellationToken).ConfigureAwait(false);
            record = seen.IsOk ? record.With(seen.Value) : record;
            if (record.State.HasEnded() || record.Handle.Job is null && backend.Capabilities.Priced)
            {
                break;
            }

            await Task.Delay(pause, settings.Time, cancellationToken).ConfigureAwait(false);
        }

        _records.Write(record);
        return record;
    }

    private async Task<Result<FetchResult>> BringAsync(CloudRecord record, string? destination, StopFetch what, CancellationToken cancellationToken)
    {
        var target = destination ?? $"{_records.FolderOf(record.Run)}/artifacts";
        var staging = $"{_records.FolderOf(record.Run)}/fetching";
        if (record is { Stage: LaunchStage.Ended, Backend: SkyPilotBackend.Word, Handle.IsManaged: false })
        {
            return new Failure(CloudFailures.NothingToFetch, $"The machines of {record.Run} are gone.");
        }

        var opened = await OpenAsync(record.Backend, record.Host, cancellationToken).ConfigureAwait(false);
        if (!opened.TryGet(out var backend, out var failure))
        {
            return failure;
        }

        // An earlier fetch that broke off is begun anew; what it had moved already is there and the same.
        LocalFiles.RemoveTree(staging);
        var fetched = await backend.FetchAsync(record.Handle, staging, cancellationToken).ConfigureAwait(false);
        if (fetched.IsOk && what is StopFetch.Logs)
        {
            LocalFiles.RemoveTree($"{staging}/results");
        }

        var placed = fetched.Then(_ => Place(record.Run, staging, target)).Map(result => record.Handle.IsManaged
            ? result with { Notes = result.Notes.Add("The machine of a managed job goes with it: what it made is in the bucket of the run, if it was given one.") }
            : result);
        LocalFiles.RemoveTree(staging);
        return placed;
    }

    // Nothing is overwritten: a file that is there and another one gets a new name, which is said.
    private static Result<FetchResult> Place(RunId run, string staging, string target)
    {
        var (files, notes) = (new List<FetchedFile>(), new List<string>());
        foreach (var file in new DirectoryInfo(staging).EnumerateFiles("*", SearchOption.AllDirectories).OrderBy(static one => one.FullName, StringComparer.Ordinal))
        {
            var path = Path.GetRelativePath(staging, file.FullName);
            if (file.LinkTarget is not null)
            {
                notes.Add($"{path} is a link, and was left out.");
                continue;
            }

            var sum = SumOf(file.FullName);
            var place = $"{target}/{path}";
            if (LocalFiles.Exists(place) && SumOf(place) != sum)
            {
                var kept = Enumerable.Range(1, int.MaxValue - 1).Select(number => $"{place}.before-{number}").First(static name => !LocalFiles.Exists(name));
                notes.Add($"{path} was there with another content, which is now {Path.GetFileName(kept)}.");
                if (LocalFiles.Move(place, kept) is { IsOk: false } unmoved)
                {
                    return unmoved.Failure;
                }
            }

            const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
            var moved = LocalFiles.MakeDirectory(Path.GetDirectoryName(place)!, Private).Then(_ => LocalFiles.MoveUnsynced(file.FullName, place));
            if (!moved.IsOk)
            {
                return moved.Failure;
            }

            files.Add(new FetchedFile(path, new FileInfo(place).Length, sum));
        }

        return new FetchResult(run, target, [.. files], [.. notes]);
    }

    private static string SumOf(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private async Task<Usd?> SettledAsync(RunId run, CancellationToken cancellationToken)
    {
        var entries = await Ledger.EntriesAsync(cancellationToken).ConfigureAwait(false);
        return entries.IsOk ? entries.Value.FirstOrDefault(entry => entry.Run == run.ToString())?.Settled : null;
    }
}
