using System.Text.Json.Nodes;
using Slipway.SkyPilotApi.Requests;
using Slipway.SkyPilotApi.Tasks;

namespace Slipway.SkyPilotApi.Clusters;

/// <summary>A job of a cluster. Its state changes under the lock of <see cref="ClusterTable"/>.</summary>
internal sealed class Job(int id, SkyTask task, Cluster cluster, string userHash, string userName, DateTimeOffset submittedAt)
{
    internal int Id => id;

    internal SkyTask Task => task;

    internal Cluster Cluster => cluster;

    internal string Name => task.Name ?? "sky-cmd";

    internal string Status { get; set; } = "INIT";

    internal DateTimeOffset? StartedAt { get; set; }

    internal DateTimeOffset? EndedAt { get; set; }

    /// <summary>The folder of its logs, below the home of the cluster.</summary>
    internal string LogFolder => Path.Combine(cluster.Home, "sky_logs", $"{id}-{Name}");

    /// <summary>What <c>/logs</c> streams: its lines with the prefix of the job.</summary>
    internal GrowingLog Log { get; } = new();

    /// <summary>Set when it was cancelled, taken down or pre-empted.</summary>
    internal CancellationTokenSource Stop { get; } = new();

    internal bool IsToHang { get; init; }

    /// <summary>The leader of its session while it runs.</summary>
    internal int? ProcessId { get; set; }

    internal bool IsEnded => Status is "SUCCEEDED" or "FAILED" or "FAILED_SETUP" or "FAILED_DRIVER" or "CANCELLED";

    /// <summary>Completes when it has ended.</summary>
    internal Task Ended { get; set; } = System.Threading.Tasks.Task.CompletedTask;

    internal JsonObject ToRecord(string resources) => new()
    {
        ["job_id"] = id,
        ["job_name"] = Name,
        ["username"] = userName,
        ["user_hash"] = userHash,
        ["submitted_at"] = ServerRequest.Epoch(submittedAt),
        ["start_at"] = StartedAt is { } start ? ServerRequest.Epoch(start) : null,
        ["end_at"] = EndedAt is { } end ? ServerRequest.Epoch(end) : null,
        ["resources"] = resources,
        ["status"] = Status,
        ["log_path"] = $"~/sky_logs/{id}-{Name}",
        ["metadata"] = new JsonObject(),
    };
}
