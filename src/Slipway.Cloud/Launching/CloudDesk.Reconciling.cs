using System.Collections.Immutable;
using System.Text;
using Slipway.Cloud.Backends;
using Slipway.Cloud.Money;
using Slipway.Cloud.SkyPilot;
using Slipway.Core.Failures;
using Slipway.Machines;
using Slipway.Machines.Files;
using Slipway.Machines.Locks;
using Slipway.Runs.Jobs;

namespace Slipway.Cloud.Launching;

// What every verb begins with. The ledger says which runs are open; the backend says how they stand; nothing here trusts that an earlier process came to its end.
public sealed partial class CloudDesk
{
    private const string NamePrefix = "slipway-";

    /// <summary>Mends what an earlier process left unfinished, takes down what is over its time, settles what is gone, and looks for machines that belong to no run.</summary>
    public async Task<Result<ReconcileResult>> ReconcileAsync(CancellationToken cancellationToken)
    {
        var mended = await LookAfterAsync(cancellationToken).ConfigureAwait(false);
        if (!mended.TryGet(out var repairs, out var failure))
        {
            return failure;
        }

        var orphans = await OrphansAsync(cancellationToken).ConfigureAwait(false);
        return orphans.TryGet(out var found, out failure)
            ? new ReconcileResult(repairs, found)
            : new ReconcileResult(repairs.Add(new Repair(null, $"Whether there are machines that belong to no run could not be asked: {failure.Message}", IsProblem: true)), []);
    }

    // What every verb begins with; whoever runs it is told, also where the verb's answer is about something else.
    private async Task<Result<ImmutableArray<Repair>>> LookAfterAsync(CancellationToken cancellationToken)
    {
        var entries = await Ledger.EntriesAsync(cancellationToken).ConfigureAwait(false);
        if (!entries.TryGet(out var all, out var failure) || !_records.Prepare().TryGet(out _, out failure))
        {
            return failure;
        }

        var repairs = ImmutableArray.CreateBuilder<Repair>();
        foreach (var entry in all.Where(static one => one.State is LedgerState.Reserved))
        {
            foreach (var repair in await MendLockedAsync(entry, cancellationToken).ConfigureAwait(false))
            {
                repairs.Add(repair);
                settings.Told(repair);
            }
        }

        return repairs.ToImmutable();
    }

    // A run that is being launched by another process has its lock held; a killed process holds none.
    private async Task<IEnumerable<Repair>> MendLockedAsync(LedgerEntry entry, CancellationToken cancellationToken)
    {
        var run = RunId.Parse(entry.Run)!.Value;
        var mended = await LocalLock.HoldAsync(_records.LockOf(run), "looks after it", TimeSpan.Zero, async () =>
        {
            var repairs = new List<Repair>();
            await MendAsync(run, entry, repairs, cancellationToken).ConfigureAwait(false);
            return Result.Ok<IReadOnlyList<Repair>>(repairs);
        }, cancellationToken).ConfigureAwait(false);
        return mended.TryGet(out var found, out var failure) ? found
            : failure.Code == MachinesFailures.LockBusy ? []
            : [new Repair(entry.Run, failure.Message, IsProblem: true)];
    }

    private async Task MendAsync(RunId run, LedgerEntry entry, List<Repair> repairs, CancellationToken cancellationToken)
    {
        var read = _records.Read(run);
        if (!read.TryGet(out var record, out var failure))
        {
            if (failure.Code != CloudFailures.RunNotFound)
            {
                repairs.Add(new Repair(entry.Run, failure.Message, IsProblem: true));
                return;
            }

            await ReleaseAsync(run, null, "its launch ended before anything was sent", repairs).ConfigureAwait(false);
            return;
        }

        if (record.Stage is LaunchStage.Prepared)
        {
            await ReleaseAsync(run, record, "its launch ended before anything was sent", repairs).ConfigureAwait(false);
            return;
        }

        var opened = await OpenAsync(record.Backend, record.Host, cancellationToken).ConfigureAwait(false);
        if (!opened.TryGet(out var backend, out failure))
        {
            repairs.Add(new Repair(entry.Run, $"How it stands nobody can be asked: {failure.Message}", IsProblem: true));
            return;
        }

        var there = record.Stage is LaunchStage.Posting ? await FindAsync(backend, record, repairs, cancellationToken).ConfigureAwait(false) : record;
        if (there is not null)
        {
            await TendAsync(backend, there, entry, repairs, cancellationToken).ConfigureAwait(false);
        }
    }

    // What was being handed in when its process ended: adopted when it is there, given back once nothing was seen for long enough after it was sent.
    private async Task<CloudRecord?> FindAsync(IBackend backend, CloudRecord record, List<Repair> repairs, CancellationToken cancellationToken)
    {
        var there = await backend.IsThereAsync(record.Handle, cancellationToken).ConfigureAwait(false);
        if (!there.TryGet(out var isThere, out var failure))
        {
            repairs.Add(new Repair(record.Run.ToString(), $"Whether it was launched is not known: {failure.Message}", IsProblem: true));
            return null;
        }

        if (isThere)
        {
            repairs.Add(new Repair(record.Run.ToString(), "Its launch had been broken off, and what it had started was found and taken up.", IsProblem: false));
            var adopted = record with { Stage = LaunchStage.Posted, HasMachines = true };
            return _records.Write(adopted).IsOk ? adopted : null;
        }

        if (Now - (record.PostingAt ?? record.CreatedAt) >= settings.Sky.LaunchSilence)
        {
            await ReleaseAsync(record.Run, record, "its launch was broken off, and nothing of it is there", repairs).ConfigureAwait(false);
        }
        else
        {
            repairs.Add(new Repair(record.Run.ToString(), $"Its launch was broken off; whether it arrived shows within {settings.Sky.LaunchSilence.TotalSeconds:0} seconds.", IsProblem: false));
        }

        return null;
    }

    private async Task ReleaseAsync(RunId run, CloudRecord? record, string why, List<Repair> repairs)
    {
        var released = await Ledger.ReleaseAsync(run, why, CancellationToken.None).ConfigureAwait(false);
        repairs.Add(new Repair(run.ToString(), released.IsOk ? $"Its money was given back: {why}." : released.Failure.Message, IsProblem: !released.IsOk));
        LocalFiles.RemoveTree($"{_records.FolderOf(run)}/package");
        if (record is not null)
        {
            _records.End(record with { Stage = LaunchStage.Ended, State = BackendState.Failed, Phase = why, Error = why, HasMachines = false, EndedAt = Now });
        }
    }

    private async Task TendAsync(IBackend backend, CloudRecord record, LedgerEntry entry, List<Repair> repairs, CancellationToken cancellationToken)
    {
        var observed = await backend.ObserveAsync(record.Handle, cancellationToken).ConfigureAwait(false);
        if (!observed.TryGet(out var seen, out var failure))
        {
            repairs.Add(new Repair(entry.Run, $"How it stands nobody could say: {failure.Message}", IsProblem: true));
            return;
        }

        record = record.With(seen);
        var why = Now > entry.EndsBy && seen.HasMachines ? $"it should have been gone at {entry.EndsBy:u}" : seen.TakeDown;
        if (why is null && seen.Guards.Any(static guard => guard.InForce is false))
        {
            (record, why) = await GuardAsync(backend, record, repairs, cancellationToken).ConfigureAwait(false);
        }

        if (!_records.Write(record).TryGet(out _, out failure))
        {
            repairs.Add(new Repair(entry.Run, failure.Message, IsProblem: true));
        }

        if (why is not null)
        {
            await TakeDownAsync(backend, record, why, repairs, cancellationToken).ConfigureAwait(false);
        }
        else if (!seen.HasMachines)
        {
            await SettleAsync(backend, record, repairs, cancellationToken).ConfigureAwait(false);
        }
    }

    // Posted once more; a machine that no guard ends is not kept.
    private static async Task<(CloudRecord Record, string? Why)> GuardAsync(IBackend backend, CloudRecord record, List<Repair> repairs, CancellationToken cancellationToken)
    {
        var set = await backend.SetGuardsAsync(record.Handle, cancellationToken).ConfigureAwait(false);
        var again = set.IsOk ? await backend.ObserveAsync(record.Handle, cancellationToken).ConfigureAwait(false) : set.Failure;
        if (again.TryGet(out var seen, out var failure))
        {
            record = record.With(seen);
        }

        var weak = failure is not null ? failure.Message : seen!.Guards.FirstOrDefault(static guard => guard.InForce is false)?.Text;
        if (weak is null)
        {
            repairs.Add(new Repair(record.Run.ToString(), "Its autostop did not hold, and was set again.", IsProblem: false));
            return (record, null);
        }

        var error = $"{CloudFailures.GuardNotInForce}: its autostop is not in force ({weak})";
        return (record with { State = BackendState.Failed, Error = error }, error);
    }

    private async Task TakeDownAsync(IBackend backend, CloudRecord record, string why, List<Repair> repairs, CancellationToken cancellationToken)
    {
        var said = await backend.ProvisionLogAsync(record.Handle, cancellationToken).ConfigureAwait(false);
        if (said is { IsOk: true, Value.Length: > 0 })
        {
            LocalFiles.Write($"{_records.FolderOf(record.Run)}/provision.log", Encoding.UTF8.GetBytes(string.Join('\n', said.Value)), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        var gone = await backend.DisposeAsync(record.Handle, cancellationToken).ConfigureAwait(false);
        if (gone.TryGet(out var left, out var failure) && left.IsEmpty)
        {
            repairs.Add(new Repair(record.Run.ToString(), $"Its machines were taken down: {why}.", IsProblem: false));
            var state = record.State.HasEnded() ? record.State : BackendState.Failed;
            await SettleAsync(backend, record with { State = state, Error = record.Error ?? why, HasMachines = false }, repairs, cancellationToken).ConfigureAwait(false);
            return;
        }

        repairs.Add(new Repair(record.Run.ToString(), $"{CloudFailures.StillBilling}: {why}, and it could not be taken down: {failure?.Message ?? string.Join(' ', left)}", IsProblem: true));
    }

    private async Task<Usd?> SettleAsync(IBackend backend, CloudRecord record, List<Repair> repairs, CancellationToken cancellationToken)
    {
        var cost = await backend.CostAsync(record.Handle, cancellationToken).ConfigureAwait(false);
        if (!cost.TryGet(out var settlement, out var failure))
        {
            repairs.Add(new Repair(record.Run.ToString(), $"What it cost could not be asked: {failure.Message}", IsProblem: true));
            return null;
        }

        // A launch that failed before there was any machine, and that the server's account does not have, has cost nothing.
        var isFree = !record.WasSeen && settlement.Reported is null && record.State is BackendState.Failed or BackendState.Cancelled && record.RentedAt is null && record.Backend is SkyPilotBackend.Word;
        var closed = isFree
            ? await Ledger.ReleaseAsync(record.Run, $"no machine was got: {record.Error ?? record.Raw}", CancellationToken.None).ConfigureAwait(false)
            : await Ledger.SettleAsync(record.Handle.IsManaged ? settlement with { StartedAt = record.RentedAt, EndedAt = record.EndedAt } : settlement, CancellationToken.None).ConfigureAwait(false);
        var ended = _records.End(record with { Stage = LaunchStage.Ended, HasMachines = false, Phase = "over", State = record.State.HasEnded() ? record.State : BackendState.UnknownEnded });
        if (!closed.IsOk || !ended.IsOk)
        {
            repairs.Add(new Repair(record.Run.ToString(), closed.IsOk ? ended.Failure.Message : closed.Failure.Message, IsProblem: true));
        }

        return closed.IsOk ? closed.Value.Settled : null;
    }
}
