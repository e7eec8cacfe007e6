using System.Collections.Immutable;
using Slipway.Cloud.Backends;
using Slipway.Cloud.Money;
using Slipway.Core.Failures;
using Slipway.Machines.Files;
using Slipway.Machines.Locks;
using Slipway.Runs.Jobs;

namespace Slipway.Cloud.Launching;

// From a plan to a run. Each step is on the disk before the next begins, and a lock that a killed process loses tells others that somebody is at work.
public sealed partial class CloudDesk
{
    /// <summary>Makes a plan, and launches it where no person has to say yes.</summary>
    public async Task<Result<LaunchAnswer>> LaunchAsync(RentalRequest request, CancellationToken cancellationToken)
    {
        var planned = await PlanAsync(request, cancellationToken).ConfigureAwait(false);
        if (!planned.TryGet(out var plan, out var failure))
        {
            return failure;
        }

        return plan.NeedsApproval
            ? new LaunchAnswer(plan, null)
            : (await LaunchAsync(plan.Status.Plan.Id, cancellationToken).ConfigureAwait(false)).Map(launch => new LaunchAnswer(plan, launch));
    }

    /// <summary>Launches a plan, and returns once the backend has it. A plan that was launched already is the answer again.</summary>
    public async Task<Result<LaunchResult>> LaunchAsync(PlanId plan, CancellationToken cancellationToken)
    {
        await LookAfterAsync(cancellationToken).ConfigureAwait(false);
        var found = await Plans.GetAsync(plan, cancellationToken).ConfigureAwait(false);
        if (!found.TryGet(out var status, out var failure))
        {
            return failure;
        }

        if (status is { State: PlanState.Consumed, Run: { } earlier })
        {
            return await AgainAsync(plan, earlier, cancellationToken).ConfigureAwait(false);
        }

        if (!ReadPolicy().TryGet(out var policy, out failure)
            || !_records.Request(status.Plan.Parameters).Then(PlannedRequest.Read).TryGet(out var request, out failure)
            || !request.Restore(settings.Works).TryGet(out var work, out failure)
            || !Secrets(work).TryGet(out var secrets, out failure))
        {
            return failure;
        }

        var opened = await OpenAsync(status.Plan.Backend, request.Host, cancellationToken).ConfigureAwait(false);
        var run = RunId.New(Now);
        return opened.TryGet(out var backend, out failure)
            ? await LocalLock.HoldAsync(
                _records.LockOf(run), "launches it", TimeSpan.FromSeconds(5),
                () => LaunchAsync(new Going(backend, request, work, request.Spec(run, status.Plan) with { Secrets = secrets }, policy), cancellationToken), cancellationToken).ConfigureAwait(false)
            : failure;
    }

    private async Task<Result<LaunchResult>> LaunchAsync(Going going, CancellationToken cancellationToken)
    {
        var (backend, request, work, spec, policy) = going;
        var offers = await CachedAsync(spec.Plan.Backend, request.Host, refresh: true, cancellationToken).ConfigureAwait(false);
        if (!offers.TryGet(out var cached, out var failure))
        {
            return failure;
        }

        // What is one's own is there as long as it answers, with whatever card was named for it.
        var current = spec.Plan.Offer.IsPriced ? cached.List.Offers.FirstOrDefault(offer => offer.OfferId == spec.Plan.Offer.OfferId) : spec.Plan.Offer;
        var gate = new LaunchGate(settings.Money, Plans, Ledger, settings.Time);
        var admitted = await gate.AdmitAsync(spec.Plan.Id, current, policy, spec.Run, spec.Name, cancellationToken).ConfigureAwait(false);
        if (!admitted.TryGet(out var permit, out failure))
        {
            return failure;
        }

        settings.Step(LaunchStep.Reserved);
        var record = new CloudRecord(spec.Run, spec.Plan.Id.ToString(), spec.Plan.Backend, work.Name, new RunHandle(spec.Run, spec.Name) { IsManaged = spec.IsManaged, IdleMinutes = spec.IdleMinutes }, Now)
        {
            Host = request.Host,
            Phase = "is being prepared",
            Guards = SetGuards(backend, spec),
        };
        if (!_records.Begin(record, spec.Plan).TryGet(out _, out failure)
            || !(await PackAsync(backend, work, spec, record, cancellationToken).ConfigureAwait(false)).TryGet(out var ready, out failure))
        {
            return await GiveUpAsync(record, failure).ConfigureAwait(false);
        }

        return await PostAsync(backend, spec, ready, permit, cancellationToken).ConfigureAwait(false);
    }

    private async Task<Result<CloudRecord>> PackAsync(IBackend backend, IWork work, LaunchSpec spec, CloudRecord record, CancellationToken cancellationToken)
    {
        settings.Step(LaunchStep.Recorded);
        var package = $"{_records.FolderOf(spec.Run)}/package";
        var built = await work.BuildAsync(package, new PackageOptions(spec.Plan.MaxRuntime, spec.Plan.Guards.GpuIdleMinutes, spec.Run.ToString(), spec.Plan.Backend), cancellationToken).ConfigureAwait(false);
        if (!built.TryGet(out _, out var failure))
        {
            return failure;
        }

        settings.Step(LaunchStep.Packaged);
        var brought = await backend.PrepareAsync(spec, package, cancellationToken).ConfigureAwait(false);
        if (!brought.TryGet(out var handle, out failure))
        {
            return failure;
        }

        settings.Step(LaunchStep.Uploaded);
        var posting = record with { Handle = handle, Stage = LaunchStage.Posting, PostingAt = Now, Phase = "is being handed in" };
        return _records.Write(posting).Map(_ => posting);
    }

    private async Task<Result<LaunchResult>> PostAsync(IBackend backend, LaunchSpec spec, CloudRecord record, LaunchPermit permit, CancellationToken cancellationToken)
    {
        settings.Step(LaunchStep.Posting);
        var submitted = await backend.SubmitAsync(spec, record.Handle, cancellationToken).ConfigureAwait(false);
        if (!submitted.TryGet(out var submission, out var failure))
        {
            // Only a clear no gives the money back; what may have arrived is looked for by the next verb.
            return failure.Code == CloudFailures.LaunchUnclear ? failure : await GiveUpAsync(record, failure).ConfigureAwait(false);
        }

        var posted = record with { Handle = submission.Handle, Stage = LaunchStage.Posted, State = BackendState.Queued, Phase = "was handed in", HasMachines = true };
        if (!_records.Write(posted).TryGet(out _, out failure))
        {
            return failure;
        }

        settings.Step(LaunchStep.Posted);
        if (spec.Plan.Backend is SkyPilotBackend.Word)
        {
            LocalFiles.RemoveTree($"{_records.FolderOf(spec.Run)}/package");
        }

        return ResultOf(posted, permit.Entry, submission.IsAdopted);
    }

    private async Task<Result<LaunchResult>> GiveUpAsync(CloudRecord record, Failure failure)
    {
        var ended = record with { Stage = LaunchStage.Ended, State = BackendState.Failed, Phase = "was never handed in", Error = failure.Message, EndedAt = Now, HasMachines = false };
        var released = await Ledger.ReleaseAsync(record.Run, $"nothing was rented: {failure.Message}", CancellationToken.None).ConfigureAwait(false);
        LocalFiles.RemoveTree($"{_records.FolderOf(record.Run)}/package");
        return !released.IsOk ? released.Failure : _records.End(ended) is { IsOk: false } unwritten ? unwritten.Failure : failure;
    }

    private async Task<Result<LaunchResult>> AgainAsync(PlanId plan, RunId run, CancellationToken cancellationToken)
    {
        var entries = await Ledger.EntriesAsync(cancellationToken).ConfigureAwait(false);
        if (!_records.Read(run).TryGet(out var record, out var failure) || !entries.TryGet(out var all, out failure))
        {
            return failure;
        }

        return all.FirstOrDefault(entry => entry.Run == run.ToString()) is { State: not LedgerState.Released } entry
            ? ResultOf(record, entry, isAdopted: true)
            : new Failure(CloudFailures.PlanUsed, $"The plan {plan} was used for {run}, of which nothing was rented.") { Detail = record.Error };
    }

    private static LaunchResult ResultOf(CloudRecord record, LedgerEntry entry, bool isAdopted) =>
        new(record.Run, record.Backend, record.Handle.Name, record.State, entry.Ceiling, entry.EndsBy, record.Guards, isAdopted, []);

    private static GuardReport SetGuards(IBackend backend, LaunchSpec spec)
    {
        if (!backend.Capabilities.Autostop)
        {
            return new GuardReport([new GuardFact("timeout", true, $"the supervisor there ends it after {spec.Plan.MaxRuntime}")]);
        }

        var can = ((SkyPilotBackend)backend).Client.Capabilities;
        return new GuardReport(
        [
            new GuardFact("timeout", true, $"TERM after {spec.Plan.MaxRuntime}, KILL 120 s later"),
            new GuardFact("autostop", null, $"deleted after {spec.IdleMinutes} idle minutes; read back once it is up"),
            spec.Plan.Guards.MaxHourlyPerNode is { } cap && can.HasHourlyCap
                ? new GuardFact("max_hourly_cost", true, $"{cap} a machine and hour")
                : new GuardFact("max_hourly_cost", false, can.HasHourlyCap ? "nothing is billed by the hour" : $"the server is too old for it (API {can.Api})"),
            can.HasServerAccessSwitch
                ? new GuardFact("server_access", true, "the run gets no credentials of the server")
                : new GuardFact("server_access", false, $"the server is too old to be told (API {can.Api})"),
            new GuardFact("label", null, $"{SkyTasks.Label}={spec.Run}"),
        ]);
    }

    private Result<ImmutableSortedDictionary<string, string>> Secrets(IWork work)
    {
        var values = work.SecretNames.Select(name => KeyValuePair.Create(name, settings.Variable(name) ?? string.Empty)).ToImmutableSortedDictionary(StringComparer.Ordinal);
        var missing = values.Where(static pair => pair.Value.Length == 0).Select(static pair => pair.Key).ToList();
        return missing.Count == 0 ? values : new Failure(CloudFailures.SecretMissing, $"{string.Join(", ", missing)}: not set here, and {work.Name} needs it.");
    }

    private sealed record Going(IBackend Backend, PlannedRequest Request, IWork Work, LaunchSpec Spec, SpendPolicy Policy);
}
