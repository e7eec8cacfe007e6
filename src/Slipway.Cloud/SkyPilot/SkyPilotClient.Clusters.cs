using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Slipway.Core.Failures;

namespace Slipway.Cloud.SkyPilot;

// What is done with clusters and their jobs. Credentials and handles are never asked for, and a purge, which forgets what still bills, is never sent.
public sealed partial class SkyPilotClient
{
    /// <summary>The clusters of ours; a name that is not there is left out.</summary>
    /// <param name="names">Their names; null for all.</param>
    /// <param name="refresh">Whether the server asks the cloud, rather than say what it remembers.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    public Task<Result<IReadOnlyList<SkyCluster>>> StatusAsync(IReadOnlyList<string>? names, bool refresh, CancellationToken cancellationToken)
    {
        var fields = new JsonObject
        {
            ["cluster_names"] = Texts(names),
            ["refresh"] = refresh ? "AUTO" : "NONE",
            ["all_users"] = false,
            ["include_credentials"] = false,
            ["summary_response"] = false,
            ["include_handle"] = false,
        };
        return _requests.CallAsync("/status", fields, static value => List(value, "/status", SkyCluster.Read), cancellationToken);
    }

    /// <summary>The jobs of a cluster.</summary>
    public Task<Result<IReadOnlyList<SkyJob>>> QueueAsync(string clusterName, CancellationToken cancellationToken) => _requests.CallAsync(
        "/queue", new JsonObject { ["cluster_name"] = clusterName, ["skip_finished"] = false, ["all_users"] = false }, static value => List(value, "/queue", SkyJob.Read), cancellationToken);

    /// <summary>The states of jobs of a cluster; one that is not there is left out.</summary>
    /// <param name="clusterName">The cluster.</param>
    /// <param name="jobs">The jobs' numbers; null for the latest.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    public Task<Result<IReadOnlyDictionary<long, SkyJobState>>> JobStatusAsync(string clusterName, IReadOnlyList<long>? jobs, CancellationToken cancellationToken) => _requests.CallAsync(
        "/job_status", new JsonObject { ["cluster_name"] = clusterName, ["job_ids"] = jobs is null ? null : Numbers(jobs) }, States, cancellationToken);

    /// <summary>Cancels jobs of a cluster; the cluster stays, and bills.</summary>
    public Task<Result<Unit>> CancelJobsAsync(string clusterName, IReadOnlyList<long> jobs, CancellationToken cancellationToken) => DoneAsync(
        "/cancel", new JsonObject { ["cluster_name"] = clusterName, ["job_ids"] = Numbers(jobs), ["all"] = false, ["all_users"] = false }, cancellationToken);

    /// <summary>Sets after how much idleness a cluster ends by itself.</summary>
    /// <param name="clusterName">The cluster.</param>
    /// <param name="autostop">When, and how.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    public Task<Result<Unit>> AutostopAsync(string clusterName, SkyAutostop autostop, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(autostop);
        return DoneAsync("/autostop", new JsonObject { ["cluster_name"] = clusterName, ["idle_minutes"] = autostop.IdleMinutes, ["wait_for"] = autostop.WaitWord, ["down"] = autostop.Down }, cancellationToken);
    }

    /// <summary>Stops a cluster; its disks stay, and bill.</summary>
    public Task<Result<Unit>> StopAsync(string clusterName, CancellationToken cancellationToken) => DoneAsync("/stop", Ending(clusterName), cancellationToken);

    /// <summary>Deletes a cluster. Only an empty status afterwards says that nothing bills.</summary>
    public Task<Result<Unit>> DownAsync(string clusterName, CancellationToken cancellationToken) => DoneAsync("/down", Ending(clusterName), cancellationToken);

    /// <summary>Starts a stopped cluster again, with its guard.</summary>
    public async Task<Result<Unit>> StartAsync(string clusterName, SkyAutostop autostop, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(autostop);
        const string Path = "/start";
        var fields = new JsonObject
        {
            ["cluster_name"] = clusterName,
            ["idle_minutes_to_autostop"] = autostop.IdleMinutes,
            ["wait_for"] = autostop.WaitWord,
            ["retry_until_up"] = false,
            ["down"] = autostop.Down,
            ["force"] = false,
        };

        // The value is a pickle: that there is one is all that is looked at.
        var submitted = await _requests.SubmitAsync(Path, () => _requests.Post(Path, fields), cancellationToken).ConfigureAwait(false);
        return submitted.TryGet(out var ticket, out var failure) ? (await _requests.GetAsync(ticket.Id, Path, cancellationToken).ConfigureAwait(false)).Map(static _ => Unit.Value) : failure;
    }

    /// <summary>Looks at the managed jobs of ours.</summary>
    /// <param name="jobs">Their numbers; null for all.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    /// <returns>The jobs; none where no controller was ever started.</returns>
    public async Task<Result<IReadOnlyList<SkyJob>>> ManagedJobsAsync(IReadOnlyList<long>? jobs, CancellationToken cancellationToken)
    {
        const string Path = "/jobs/queue/v2";
        var fields = new JsonObject { ["refresh"] = false, ["skip_finished"] = false, ["all_users"] = false, ["job_ids"] = jobs is null ? null : Numbers(jobs) };
        var found = await _requests.CallAsync(Path, fields, static value => List(value is { ValueKind: JsonValueKind.Object } page && page.TryGetProperty("jobs", out var inner) ? inner : value, Path, SkyJob.Read), cancellationToken).ConfigureAwait(false);
        // Before the first managed job there is no controller, and that is how the server says so.
        return !found.IsOk && found.Failure.Code == CloudFailures.ClusterNotUp && found.Failure.Detail?.Contains("No in-progress managed jobs", StringComparison.Ordinal) is true ? Result.Ok<IReadOnlyList<SkyJob>>([]) : found;
    }

    /// <summary>Cancels managed jobs.</summary>
    public Task<Result<Unit>> CancelManagedJobsAsync(IReadOnlyList<long> jobs, CancellationToken cancellationToken) => DoneAsync(
        "/jobs/cancel", new JsonObject { ["name"] = null, ["job_ids"] = Numbers(jobs), ["all"] = false, ["all_users"] = false }, cancellationToken);

    /// <summary>Cancels requests that have not ended.</summary>
    /// <param name="requestIds">Their ids, at least one: an absent list would cancel everything of the user.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    /// <returns>The ids of those that were really cancelled.</returns>
    public Task<Result<IReadOnlyList<string>>> CancelRequestsAsync(ImmutableArray<string> requestIds, CancellationToken cancellationToken)
    {
        if (requestIds.IsDefaultOrEmpty)
        {
            throw new ArgumentException("Requests are cancelled by their ids.", nameof(requestIds));
        }

        return _requests.CallAsync("/api/cancel", new JsonObject { ["request_ids"] = Texts(requestIds), ["user_id"] = UserHash }, static value => List(value, "/api/cancel", static item => item.ToString()), cancellationToken);
    }

    private static JsonObject Ending(string clusterName) => new() { ["cluster_name"] = clusterName, ["purge"] = false, ["graceful"] = false, ["graceful_timeout"] = null };

    private static Result<IReadOnlyDictionary<long, SkyJobState>> States(JsonElement? value)
    {
        var states = new SortedDictionary<long, SkyJobState>();
        if (value is { ValueKind: JsonValueKind.Object } map)
        {
            foreach (var entry in map.EnumerateObject().Where(static entry => entry.Value.ValueKind == JsonValueKind.String))
            {
                if (long.TryParse(entry.Name, out var id))
                {
                    states[id] = SkyStates.Job(entry.Value.GetString()!);
                }
            }
        }

        return Result.Ok<IReadOnlyDictionary<long, SkyJobState>>(states);
    }

    private Task<Result<Unit>> DoneAsync(string path, JsonObject fields, CancellationToken cancellationToken) =>
        _requests.CallAsync(path, fields, static _ => (Result<Unit>)Unit.Value, cancellationToken);
}
