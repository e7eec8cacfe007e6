using System.Text.Json.Nodes;
using Slipway.SkyPilotApi.Clusters;
using Slipway.SkyPilotApi.Requests;

namespace Slipway.SkyPilotApi.Routes;

/// <summary>Logs of jobs and clusters, which are streamed while they grow.</summary>
internal sealed class LogRoutes(ServerState state)
{
    // What the exit code of a log request says of the job.
    private const int Succeeded = 0, Failed = 100, NotFinished = 101, NotFound = 102, Cancelled = 103;

    internal IEnumerable<Route> All =>
    [
        Route.Streamed("/logs", "sky.logs", state, TailAsync),
        Route.Streamed("/provision_logs", "sky.provision_logs", state, Provision) with { Query = "follow tail" },
        Route.Streamed("/jobs/logs", "sky.jobs.logs", state, TailManagedAsync),
    ];

    private async Task<JsonNode?> TailAsync(ServerRequest request)
    {
        var cluster = state.Clusters.Need(request.Body["cluster_name"]!.GetValue<string>());
        if (cluster.Status is "INIT" or "STOPPED")
        {
            throw SkyError.NotUp(cluster.Name, cluster.Status);
        }

        var id = request.Body["job_id"]?.GetValue<int>();
        var job = id is null ? cluster.Jobs.LastOrDefault() : cluster.Jobs.Find(one => one.Id == id);
        if (job is null)
        {
            request.Log.Append(id is null ? "No job found on the cluster.\n" : $"Job {id} not found\n");
            return NotFound;
        }

        request.Log.Append($"Tailing logs of job {job.Id} on cluster '{cluster.Name}'...\n├── Waiting for task resources on 1 node.\n");
        request.Log.Append("└── Job started. Streaming logs... (Ctrl-C to exit log streaming; job will not be killed)\n");
        await CopyAsync(job.Log, request, Follows(request));
        if (job.IsEnded && Follows(request))
        {
            request.Log.Append($"\u001b[32m✓ Job finished (status: {job.Status}).\u001b[0m\n");
        }

        return CodeOf(job.IsEnded, job.Status);
    }

    private async Task<JsonNode?> TailManagedAsync(ServerRequest request)
    {
        var (id, name) = (request.Body["job_id"]?.GetValue<int>(), request.Body["name"]?.GetValue<string>());
        var job = state.Managed.All.LastOrDefault(one => id is null ? name is null || string.Equals(one.Name, name, StringComparison.Ordinal) : one.Id == id);
        if (job is null)
        {
            request.Log.Append("No in-progress managed job found.\n");
            return NotFound;
        }

        await CopyAsync(job.Log, request, Follows(request));
        return CodeOf(job.IsEnded, job.Status);
    }

    private Task<JsonNode?> Provision(ServerRequest request)
    {
        var name = request.Body["cluster_name"]!.GetValue<string>();
        var cluster = state.Clusters.All.LastOrDefault(one => string.Equals(one.Name, name, StringComparison.Ordinal)) ?? throw SkyError.NoCluster(name);
        request.Log.Append(cluster.ProvisionLog.Text);
        return Task.FromResult<JsonNode?>(null);
    }

    private static bool Follows(ServerRequest request) => request.Body["follow"]?.GetValue<bool>() ?? true;

    private static int CodeOf(bool isEnded, string status) => !isEnded ? NotFinished : status switch
    {
        "SUCCEEDED" => Succeeded,
        "CANCELLED" => Cancelled,
        _ => Failed,
    };

    private static async Task CopyAsync(GrowingLog from, ServerRequest request, bool follow)
    {
        var offset = from.OffsetOfTail(request.Body["tail"]?.GetValue<long>() ?? 0);
        while (true)
        {
            var (bytes, isComplete, grown) = from.Read(offset);
            request.Log.Append(bytes);
            offset += bytes.Length;
            if (isComplete || !follow)
            {
                return;
            }

            await grown.WaitAsync(request.Cancellation.Token);
        }
    }
}
