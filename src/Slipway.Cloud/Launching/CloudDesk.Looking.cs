using System.Collections.Immutable;
using System.Text;
using Slipway.Cloud.Backends;
using Slipway.Cloud.Money;
using Slipway.Cloud.SkyPilot;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Machines.Files;
using Slipway.Runs.Jobs;

namespace Slipway.Cloud.Launching;

// How runs stand, and what they say.
public sealed partial class CloudDesk
{
    private const long MostLogBytes = 256L * 1024 * 1024;
    private static readonly TimeSpan FirstLook = TimeSpan.FromSeconds(2);

    /// <summary>How a run stands.</summary>
    /// <param name="run">The run.</param>
    /// <param name="wait">How long to wait for its state to change; null for not at all.</param>
    /// <param name="lines">How many of the last lines of its log to bring; 0 for none.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    public async Task<Result<RunView>> StatusAsync(RunId run, TimeSpan? wait, int lines, CancellationToken cancellationToken)
    {
        var before = _records.Read(run);
        var begun = Now;
        for (var pause = FirstLook; ; pause = pause * 2 < settings.Sky.LongestPoll ? pause * 2 : settings.Sky.LongestPoll)
        {
            var mended = await LookAfterAsync(cancellationToken).ConfigureAwait(false);
            if (!mended.TryGet(out var report, out var failure) || !_records.Read(run).TryGet(out var record, out failure))
            {
                return failure;
            }

            if (wait is not { } limit || record.State.HasEnded() || (before.IsOk && record.State != before.Value.State) || Now - begun >= limit)
            {
                var view = await ViewAsync(record, [.. report.Where(one => one.Run == run.ToString()).Select(static one => one.Text)], cancellationToken).ConfigureAwait(false);
                return lines > 0 ? await WithLinesAsync(view, record, lines, cancellationToken).ConfigureAwait(false) : view;
            }

            await Task.Delay(pause, settings.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Lines of a run's log.</summary>
    /// <param name="run">The run.</param>
    /// <param name="cursor">Where to go on; null for the last lines.</param>
    /// <param name="tail">How many of the last lines, where there is no cursor.</param>
    /// <param name="maxBytes">The most bytes of all lines together; one line is given in any case.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Result<LogPage>> LogsAsync(RunId run, LogCursor? cursor, int tail, int maxBytes, CancellationToken cancellationToken)
    {
        await LookAfterAsync(cancellationToken).ConfigureAwait(false);
        var read = _records.Read(run);
        var lines = read.TryGet(out var record, out var failure) ? await LinesAsync(record, cancellationToken).ConfigureAwait(false) : failure;
        return lines.Map(all => Page(all, cursor is { } from ? from.Line : Math.Max(0, all.Length - Math.Max(0, tail)), maxBytes));
    }

    /// <summary>All runs, and machines that belong to none.</summary>
    /// <param name="all">Whether those that are over are among them.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Result<ListResult>> ListAsync(bool all, CancellationToken cancellationToken)
    {
        var mended = await LookAfterAsync(cancellationToken).ConfigureAwait(false);
        if (!mended.TryGet(out var report, out var failure))
        {
            return failure;
        }

        var notes = report.Select(static repair => repair.Run is null ? repair.Text : $"{repair.Run}: {repair.Text}").ToList();
        var views = new List<RunView>();
        foreach (var run in _records.All())
        {
            if (!_records.Read(run).TryGet(out var record, out failure))
            {
                notes.Add(failure.Message);
            }
            else if (all || record.Stage is not LaunchStage.Ended)
            {
                views.Add(await ViewAsync(record, [], cancellationToken).ConfigureAwait(false));
            }
        }

        var orphans = await OrphansAsync(cancellationToken).ConfigureAwait(false);
        if (!orphans.IsOk)
        {
            notes.Add($"Whether there are machines that belong to no run could not be asked: {orphans.Failure.Message}");
        }

        return new ListResult([.. views], orphans.IsOk ? orphans.Value : [], [.. notes]);
    }

    /// <summary>Takes down machines of ours that the ledger does not know. Only ever for a person who named them.</summary>
    /// <param name="name">Their name.</param>
    /// <param name="caller">The value of <c>SLIPWAY_CALLER</c>: an assistant's child takes nothing down that is in no ledger.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    public async Task<Result<OrphanView>> DownOrphanAsync(string name, string? caller, CancellationToken cancellationToken)
    {
        if (ApprovalDesk.IsAssistant(caller))
        {
            return new Failure(CloudFailures.ApprovalChannel, "Machines that belong to no run are taken down by a person, in a process that no assistant started.");
        }

        var orphans = await OrphansAsync(cancellationToken).ConfigureAwait(false);
        var opened = await OpenAsync(SkyPilotBackend.Word, null, cancellationToken).ConfigureAwait(false);
        if (!orphans.TryGet(out var found, out var failure) || !opened.TryGet(out var backend, out failure))
        {
            return failure;
        }

        if (found.FirstOrDefault(orphan => orphan.Name == name) is not { } orphan)
        {
            return new Failure(CloudFailures.RunNotFound, $"{Shown.Quote(name)} is no machine of ours that belongs to no run.");
        }

        var gone = await backend.DisposeAsync(new RunHandle(RunId.New(Now), name), cancellationToken).ConfigureAwait(false);
        return gone.Then(left => left.IsEmpty ? Result.Ok(orphan with { State = "gone" }) : new Failure(CloudFailures.StillBilling, string.Join(' ', left)));
    }

    // Ours by label or name, of our own user on the server, and in no open entry of the ledger.
    private async Task<Result<ImmutableArray<OrphanView>>> OrphansAsync(CancellationToken cancellationToken)
    {
        var entries = await Ledger.EntriesAsync(cancellationToken).ConfigureAwait(false);
        var opened = await OpenAsync(SkyPilotBackend.Word, null, cancellationToken).ConfigureAwait(false);
        if (!entries.TryGet(out var all, out var failure) || !opened.TryGet(out var backend, out failure))
        {
            return failure;
        }

        var client = ((SkyPilotBackend)backend).Client;
        var open = all.Where(static entry => entry.State is LedgerState.Reserved).Select(static entry => entry.Cluster).ToHashSet(StringComparer.Ordinal);
        var clusters = await client.StatusAsync(null, refresh: false, cancellationToken).ConfigureAwait(false);
        return clusters.Map(found => found
            .Where(cluster => !open.Contains(cluster.Name) && !cluster.IsManaged && (cluster.UserHash is null || cluster.UserHash == client.UserHash || client.Health.User is not null))
            .Where(static cluster => cluster.Labels.ContainsKey(SkyTasks.Label) || cluster.Name.StartsWith(NamePrefix, StringComparison.Ordinal))
            .Select(static cluster => new OrphanView(
                CleanText.Plain(cluster.Name), cluster.RawState, $"{cluster.Cloud}/{cluster.Region}", cluster.LaunchedAt,
                cluster.Labels.ContainsKey(SkyTasks.Label) ? "it carries our label, and no open run has it" : "its name is one of ours, and no open run has it"))
            .ToImmutableArray());
    }

    private async Task<RunView> ViewAsync(CloudRecord record, ImmutableArray<string> notes, CancellationToken cancellationToken)
    {
        var entries = await Ledger.EntriesAsync(cancellationToken).ConfigureAwait(false);
        var entry = entries.IsOk ? entries.Value.FirstOrDefault(one => one.Run == record.Run.ToString()) : null;
        var isOpen = entry?.State is LedgerState.Reserved;
        return new RunView(record.Run, record.Backend, record.Handle.Name, record.Workflow, record.State)
        {
            RawState = CleanText.Plain(record.Raw),
            Phase = record.Phase,
            Recoveries = record.Recoveries,
            SpentSoFar = !isOpen ? entry?.Settled : entry?.Hourly is { } hourly && record.RentedAt is { } since ? hourly.For(Now - since) : null,
            Ceiling = entry?.Ceiling,
            Money = entry?.State,
            Guards = record.Guards,
            StillBills = isOpen && record.HasMachines && entry?.Hourly is { } price ? [$"{record.Handle.Name}: {price} USD an hour"] : [],
            Notes = [.. record.Error is { } error ? [error] : Array.Empty<string>(), .. notes],
            CreatedAt = record.CreatedAt,
            StartedAt = record.StartedAt,
            EndedAt = record.EndedAt,
            EndsBy = entry?.EndsBy,
        };
    }

    private async Task<RunView> WithLinesAsync(RunView view, CloudRecord record, int lines, CancellationToken cancellationToken)
    {
        var read = await LinesAsync(record, cancellationToken).ConfigureAwait(false);
        return read.IsOk
            ? view with { LastLines = [.. read.Value.TakeLast(lines)], Progress = read.Value.LastOrDefault() }
            : view with { Notes = view.Notes.Add($"Its log cannot be read: {read.Failure.Message}") };
    }

    // From the backend while its machines are there, afterwards from what was brought here.
    private async Task<Result<ImmutableArray<string>>> LinesAsync(CloudRecord record, CancellationToken cancellationToken)
    {
        if (record.Stage is LaunchStage.Posted || record.Backend is not SkyPilotBackend.Word || record.Handle.IsManaged)
        {
            if (record.Handle.Job is null && record.Backend is SkyPilotBackend.Word)
            {
                return ImmutableArray<string>.Empty;
            }

            var opened = await OpenAsync(record.Backend, record.Host, cancellationToken).ConfigureAwait(false);
            return opened.TryGet(out var backend, out var failure) ? await backend.LogAsync(record.Handle, cancellationToken).ConfigureAwait(false) : failure;
        }

        foreach (var name in new[] { "artifacts/logs/run.log", "provision.log" })
        {
            var path = $"{_records.FolderOf(record.Run)}/{name}";
            if (LocalFiles.Exists(path))
            {
                return LocalFiles.Read(path, MostLogBytes).Map(static bytes => Encoding.UTF8.GetString(bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(CleanText.Plain).ToImmutableArray());
            }
        }

        return new Failure(CloudFailures.NothingToFetch, $"The log of {record.Run} went with its machines.");
    }

    private static LogPage Page(ImmutableArray<string> all, long from, int maxBytes)
    {
        var start = (int)Math.Min(from, all.Length);
        var (count, bytes) = (0, 0L);
        while (start + count < all.Length && (count == 0 || bytes + Encoding.UTF8.GetByteCount(all[start + count]) + 1 <= maxBytes))
        {
            bytes += Encoding.UTF8.GetByteCount(all[start + count]) + 1;
            count++;
        }

        return new LogPage(all.Slice(start, count), new LogCursor(start + count), start + count < all.Length);
    }
}
