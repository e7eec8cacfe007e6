using System.Globalization;
using System.Text.Json.Nodes;
using Slipway.SkyPilotApi.Clusters;
using Slipway.SkyPilotApi.Requests;

namespace Slipway.SkyPilotApi.Routes;

/// <summary>Managed jobs.</summary>
internal sealed class ManagedRoutes(ServerState state)
{
    internal IEnumerable<Route> All =>
    [
        Route.Operation("/jobs/queue/v2", "sky.jobs.queue_v2", state, request => Task.FromResult<JsonNode?>(Queue(request))),
        Route.Operation("/jobs/cancel", "sky.jobs.cancel", state, CancelAsync),
        Route.Operation("/jobs/download_logs", "sky.jobs.download_logs", state, request => Task.FromResult<JsonNode?>(DownloadLogs(request))),
    ];

    private IReadOnlyList<ManagedJob> Need(ServerRequest request)
    {
        request.ClusterName = "sky-jobs-controller-" + request.UserId;
        return state.Managed.All is { Count: > 0 } jobs ? jobs : throw new SkyError("ClusterNotUpError", "No in-progress managed jobs.");
    }

    private JsonObject Queue(ServerRequest request)
    {
        var (all, body) = (Need(request), request.Body);
        var ids = (body["job_ids"] as JsonArray)?.Select(static id => id!.GetValue<int>()).ToList();
        var statuses = (body["statuses"] as JsonArray)?.Select(static status => status!.GetValue<string>()).ToList();
        var fields = (body["fields"] as JsonArray)?.Select(static field => field!.GetValue<string>()).ToList();
        var (everybody, unfinished) = (body["all_users"]?.GetValue<bool>() ?? false, body["skip_finished"]?.GetValue<bool>() ?? false);
        var found = all.Where(job => (ids?.Contains(job.Id) ?? true) && (statuses?.Contains(job.Status, StringComparer.Ordinal) ?? true)
            && (!unfinished || !job.IsEnded) && (everybody || string.Equals(job.User.Hash, request.UserId, StringComparison.Ordinal))).Reverse().ToList();
        var counts = found.GroupBy(static job => job.Status, StringComparer.Ordinal).Select(static group => KeyValuePair.Create(group.Key, (JsonNode?)group.Count()));
        return new JsonObject
        {
            ["jobs"] = new JsonArray([.. found.Take((int)(body["limit"]?.GetValue<long>() ?? int.MaxValue)).Select(job => Only(job.ToRecord(), fields))]),
            ["total"] = found.Count,
            ["total_no_filter"] = all.Count,
            ["status_counts"] = new JsonObject([.. counts]),
        };
    }

    private async Task<JsonNode?> CancelAsync(ServerRequest request)
    {
        var (all, body) = (Need(request), request.Body);
        var ids = (body["job_ids"] as JsonArray)?.Select(static id => id!.GetValue<int>()).ToList();
        var isAll = body["all"]?.GetValue<bool>() ?? false;
        var name = body["name"]?.GetValue<string>();
        foreach (var job in all.Where(job => !job.IsEnded && (isAll || (ids?.Contains(job.Id) ?? string.Equals(job.Name, name, StringComparison.Ordinal)))).ToList())
        {
            job.Status = "CANCELLING";
            await job.Stop.CancelAsync();
            await job.Ended;
        }

        return null;
    }

    // Of a managed job only its log outlives the machine.
    private JsonObject DownloadLogs(ServerRequest request)
    {
        var (id, name) = (request.Body["job_id"]?.GetValue<int>(), request.Body["name"]?.GetValue<string>());
        var job = Need(request).LastOrDefault(one => id is null ? string.Equals(one.Name, name, StringComparison.Ordinal) : one.Id == id);
        return job is null ? [] : new JsonObject { [job.Id.ToString(CultureInfo.InvariantCulture)] = state.Files.KeepLog(request.UserId, job) };
    }

    private static JsonObject Only(JsonObject record, List<string>? fields)
    {
        foreach (var key in record.Select(static pair => pair.Key).Where(key => fields is not null && !fields.Contains(key, StringComparer.Ordinal)).ToList())
        {
            record.Remove(key);
        }

        return record;
    }
}
