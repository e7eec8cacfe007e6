using System.Globalization;
using System.Text.Json.Nodes;
using Slipway.SkyPilotApi.Catalogue;
using Slipway.SkyPilotApi.Clusters;
using Slipway.SkyPilotApi.Faults;
using Slipway.SkyPilotApi.Requests;
using Slipway.SkyPilotApi.Tasks;

namespace Slipway.SkyPilotApi.Routes;

/// <summary>Clusters and their jobs.</summary>
internal sealed class ClusterRoutes(ServerState state)
{
    internal IEnumerable<Route> All =>
    [
        Route.Operation("/status", "sky.status", state, request => Task.FromResult<JsonNode?>(List(request))),
        Route.Operation("/queue", "sky.queue", state, request => Task.FromResult<JsonNode?>(Queue(request))),
        Route.Operation("/job_status", "sky.job_status", state, request => Task.FromResult<JsonNode?>(JobStatus(request.Body))),
        Route.Operation("/cancel", "sky.cancel", state, CancelAsync),
        Route.Operation("/autostop", "sky.autostop", state, request => Task.FromResult(SetAutostop(request))),
        Route.Operation("/stop", "sky.stop", state, StopAsync),
        Route.Operation("/down", "sky.down", state, DownAsync),
        Route.Operation("/cost_report", "sky.cost_report", state, request => Task.FromResult<JsonNode?>(CostReport(request.Body))),
        Route.Operation("/download_logs", "sky.download_logs", state, request => Task.FromResult<JsonNode?>(DownloadLogs(request))),
    ];

    private Cluster Need(JsonObject body, bool isColoured = true) => state.Clusters.Need(body["cluster_name"]!.GetValue<string>(), isColoured);

    private JsonArray List(ServerRequest request)
    {
        var body = request.Body;
        var names = (body["cluster_names"] as JsonArray)?.Select(static name => name!.GetValue<string>()).ToList();
        var isAll = body["all_users"]?.GetValue<bool>() ?? true;
        var found = state.Clusters.Live.Where(cluster => !cluster.IsManaged
            && (names?.Contains(cluster.Name, StringComparer.Ordinal) ?? true)
            && (isAll || string.Equals(cluster.UserHash, request.UserId, StringComparison.Ordinal)));
        var (credentials, handle) = (body["include_credentials"]?.GetValue<bool>() ?? true, body["include_handle"]?.GetValue<bool>() ?? true);
        return [.. found.Select(cluster => cluster.ToRecord(body["client_api_version"]!.GetValue<int>(), credentials, handle))];
    }

    private JsonArray Queue(ServerRequest request)
    {
        var cluster = Up(Need(request.Body));
        var (unfinished, everybody) = (request.Body["skip_finished"]?.GetValue<bool>() ?? false, request.Body["all_users"]?.GetValue<bool>() ?? false);
        var records = Enumerable.Reverse(cluster.Jobs.ToList()).Where(job => !unfinished || !job.IsEnded).Select(job => job.ToRecord(cluster.Resources));
        return [.. records.Where(record => everybody || string.Equals(record["user_hash"]!.GetValue<string>(), request.UserId, StringComparison.Ordinal))];
    }

    private JsonObject JobStatus(JsonObject body)
    {
        var cluster = Up(Need(body));
        var ids = body["job_ids"] is JsonArray asked ? asked.Select(static id => id!.GetValue<int>()) : cluster.Jobs.TakeLast(1).Select(static job => job.Id);
        return new JsonObject([.. ids.Select(id => KeyValuePair.Create(id.ToString(CultureInfo.InvariantCulture), (JsonNode?)cluster.Jobs.Find(job => job.Id == id)?.Status))]);
    }

    private async Task<JsonNode?> CancelAsync(ServerRequest request)
    {
        var cluster = Up(Need(request.Body));
        var ids = (request.Body["job_ids"] as JsonArray)?.Select(static id => id!.GetValue<int>()).ToList();
        var isAll = request.Body["all"]?.GetValue<bool>() ?? false;
        var jobs = isAll ? cluster.Jobs.ToList() : ids is null ? cluster.Jobs.Where(static job => !job.IsEnded).TakeLast(1) : cluster.Jobs.Where(job => ids.Contains(job.Id));
        await ClusterTable.CancelAsync(jobs);
        return null;
    }

    private JsonNode? SetAutostop(ServerRequest request)
    {
        var (cluster, body) = (Need(request.Body), request.Body);
        var autostop = Autostop.Of(body["idle_minutes"]!.GetValue<long>(), body["down"]?.GetValue<bool>() ?? false, body["wait_for"]?.GetValue<string>());
        if (autostop is { IdleMinutes: > 0, Down: false })
        {
            RefuseToStop(cluster);
        }

        if (request.Fault?.Kind is not FaultKind.AutostopIgnored)
        {
            state.Clusters.SetAutostop(Up(cluster), autostop);
        }

        return null;
    }

    private async Task<JsonNode?> StopAsync(ServerRequest request)
    {
        var cluster = Need(request.Body, isColoured: false);
        RefuseToStop(cluster);
        await state.Clusters.StopAsync(cluster);
        return null;
    }

    private async Task<JsonNode?> DownAsync(ServerRequest request)
    {
        var cluster = Need(request.Body, isColoured: false);
        if (request.Fault?.Kind is not FaultKind.DownLeavesCluster)
        {
            await state.Clusters.DownAsync(cluster);
        }

        return null;
    }

    private JsonArray CostReport(JsonObject body)
    {
        var names = (body["cluster_names"] as JsonArray)?.Select(static name => name!.GetValue<string>()).ToList();
        var hashes = (body["cluster_hashes"] as JsonArray)?.Select(static hash => hash!.GetValue<string>()).ToList();
        var withManaged = !(body["exclude_managed_clusters"]?.GetValue<bool>() ?? false);
        var found = state.Clusters.All.Where(cluster => (withManaged || !cluster.IsManaged)
            && (names?.Contains(cluster.Name, StringComparer.Ordinal) ?? true) && (hashes?.Contains(cluster.Hash, StringComparer.Ordinal) ?? true));
        return [.. found.Select(cluster => cluster.ToCost(state.Options.Clock.GetUtcNow()))];
    }

    private JsonObject DownloadLogs(ServerRequest request)
    {
        var cluster = Up(Need(request.Body));
        var ids = (request.Body["job_ids"] as JsonArray)?.Select(static id => id!.GetValue<string>()).ToList();
        var jobs = ids is null ? cluster.Jobs.TakeLast(1) : cluster.Jobs.Where(job => ids.Contains(job.Id.ToString(CultureInfo.InvariantCulture), StringComparer.Ordinal));
        return new JsonObject([.. jobs.ToList().Select(job => KeyValuePair.Create(job.Id.ToString(CultureInfo.InvariantCulture), (JsonNode?)state.Files.GatherLogs(request.UserId, job)))]);
    }

    private static Cluster Up(Cluster cluster) => cluster.Status is "UP" or "AUTOSTOPPING" ? cluster : throw SkyError.NotUp(cluster.Name, cluster.Status);

    private static void RefuseToStop(Cluster cluster)
    {
        if (cluster.Choice.Offer.Cloud is "kubernetes" or "ssh" or "runpod" || cluster.Choice.Wanted.IsSpot)
        {
            throw new SkyError("NotSupportedError", $"Stopping cluster '{cluster.Name}' on {Optimizer.Display(cluster.Choice.Offer.Cloud)} is not supported.");
        }
    }
}
