using System.Collections.Immutable;
using Slipway.Cloud.SkyPilot;
using Slipway.Core.Failures;

namespace Slipway.Cloud.Backends;

// How a run stands: the job's record says it first, the cluster's second, the request's last.
internal sealed partial class SkyPilotBackend
{
    private static readonly TimeSpan LongestInit = TimeSpan.FromMinutes(30);

    public async Task<Result<Observation>> ObserveAsync(RunHandle handle, CancellationToken cancellationToken)
    {
        var sighting = await client.FindByClusterAsync(handle.Name, handle.IsManaged, cancellationToken).ConfigureAwait(false);
        return sighting.Map(seen => handle.IsManaged ? Managed(seen) : Cluster(handle, seen));
    }

    private static Observation Managed(SkySighting seen)
    {
        if (seen.ManagedJob is not { } job)
        {
            return seen.IsAmbiguous
                ? new Observation(BackendState.Queued, string.Empty) { Phase = "the server enters it", HasMachines = true }
                : new Observation(BackendState.UnknownEnded, string.Empty) { Phase = "the server does not know it" };
        }

        return new Observation(StateOf(job.State), job.RawState)
        {
            Phase = job.State is SkyJobState.Recovering ? "its machine was lost, and another one is being got" : PhaseOf(StateOf(job.State), isThere: true),
            Job = job.Id,
            HasMachines = !job.State.HasEnded(),
            RentedAt = job.SubmittedAt,
            StartedAt = job.StartedAt,
            EndedAt = job.EndedAt,
            Recoveries = job.Recoveries,
            Error = job.FailureReason is { Length: > 0 } reason ? CleanText.Summary(reason) : null,
            Guards = [new GuardFact("autostop", true, "the server ends the machines of managed jobs with the job")],
        };
    }

    private Observation Cluster(RunHandle handle, SkySighting seen)
    {
        var job = seen.Jobs.MaxBy(static one => one.Id);
        var state = job is not null ? StateOf(job.State) : StateOf(seen);
        return new Observation(state, string.Join(' ', new[] { job?.RawState, seen.Cluster?.RawState, job is null ? seen.Request?.RawStatus : null }.OfType<string>()))
        {
            Phase = PhaseOf(state, seen.Cluster is not null),
            Job = job?.Id,
            HasMachines = seen.Cluster is not null || (seen.Request is { HasEnded: false } && job is null),
            RentedAt = seen.Cluster?.LaunchedAt,
            StartedAt = job?.StartedAt,
            EndedAt = job?.EndedAt,
            Error = state is BackendState.Failed && job is null && seen.Request?.Error is { } error ? $"{error.Type}: {CleanText.Summary(error.Message)}" : null,
            Guards = seen.Cluster is { State: SkyClusterState.Up } up ? [Autostop(handle, up), LabelOf(handle, up)] : [],
            TakeDown = Reason(seen, job),
        };
    }

    // A machine that was rented and never came to work is ended by no autostop.
    private string? Reason(SkySighting seen, SkyJob? job) => seen.Cluster switch
    {
        null => null,
        _ when job?.State is SkyJobState.FailedSetup or SkyJobState.FailedDriver => $"its job ended as {job.RawState}, and nothing else would take it down",
        { State: SkyClusterState.Init } when seen.Request is { HasEnded: true, Status: not SkyRequestStatus.Succeeded } => "getting it failed, and what was got still bills",
        { State: SkyClusterState.Init, LaunchedAt: { } since } when time.GetUtcNow() - since > LongestInit => $"it is being made for more than {LongestInit.TotalMinutes:0} minutes",
        // A job that waits keeps its machine from being idle, and its timeout has not begun.
        { State: SkyClusterState.Up } up when job is { State: SkyJobState.Init or SkyJobState.Pending or SkyJobState.SettingUp } && time.GetUtcNow() - (job.SubmittedAt ?? up.LaunchedAt) > LongestInit
            => $"its job is {job.RawState} for more than {LongestInit.TotalMinutes:0} minutes",
        { State: SkyClusterState.Stopped } => "it was stopped, and its disk still bills",
        _ => null,
    };

    private static GuardFact Autostop(RunHandle handle, SkyCluster cluster) =>
        cluster.AutostopMinutes is { } minutes && minutes <= Math.Max(1, handle.IdleMinutes) && cluster.AutostopDeletes
            ? new GuardFact("autostop", true, $"deleted after {minutes} idle minutes")
            : new GuardFact("autostop", false, cluster.AutostopMinutes is { } other ? $"it reads back as {other} minutes{(cluster.AutostopDeletes ? string.Empty : ", and only stops")}" : "it reads back as none");

    private static GuardFact LabelOf(RunHandle handle, SkyCluster cluster) => cluster.Labels.GetValueOrDefault(SkyTasks.Label) == handle.Run.ToString()
        ? new GuardFact("label", true, $"{SkyTasks.Label}={handle.Run}")
        : new GuardFact("label", null, "the server does not show labels; the name is ours");

    private static BackendState StateOf(SkySighting seen) => seen switch
    {
        { Cluster.State: SkyClusterState.Up } => BackendState.Setup,
        { Request.HasEnded: false } => seen.Cluster is null && seen.Request.Status is not SkyRequestStatus.Running ? BackendState.Queued : BackendState.Provisioning,
        { Request.Status: SkyRequestStatus.Cancelled } => BackendState.Cancelled,
        { Request.Status: SkyRequestStatus.Failed } => BackendState.Failed,
        { Cluster.State: SkyClusterState.Init or SkyClusterState.Pending } => BackendState.Provisioning,
        { Cluster: null } => BackendState.UnknownEnded,
        _ => BackendState.Unknown,
    };

    private static BackendState StateOf(SkyJobState state) => state switch
    {
        SkyJobState.Init or SkyJobState.Pending or SkyJobState.Submitted => BackendState.Queued,
        SkyJobState.Starting or SkyJobState.Recovering => BackendState.Provisioning,
        SkyJobState.SettingUp => BackendState.Setup,
        SkyJobState.Running or SkyJobState.WindingDown or SkyJobState.Cancelling => BackendState.Running,
        SkyJobState.Succeeded => BackendState.Succeeded,
        SkyJobState.Cancelled => BackendState.Cancelled,
        SkyJobState.Unknown => BackendState.Unknown,
        _ => BackendState.Failed,
    };

    private static string PhaseOf(BackendState state, bool isThere) => state switch
    {
        BackendState.Queued => "waits for its turn",
        BackendState.Provisioning => "machines are being got",
        BackendState.Setup => "machines are there",
        BackendState.Running => "runs",
        BackendState.UnknownEnded => "is gone, and nobody saw it end",
        BackendState.Unknown => "the server uses a word that is not known here",
        _ => isThere ? "over, cleanup pending" : "over",
    };
}
