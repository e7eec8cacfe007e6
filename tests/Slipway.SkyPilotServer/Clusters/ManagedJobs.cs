using System.Text.Json.Nodes;
using Slipway.SkyPilotApi.Catalogue;
using Slipway.SkyPilotApi.Requests;
using Slipway.SkyPilotApi.Tasks;

namespace Slipway.SkyPilotApi.Clusters;

/// <summary>A job with a machine of its own, which is taken up again elsewhere when the machine is taken away.</summary>
internal sealed class ManagedJob(int id, string name, SkyTask task, string? blobId, (string Hash, string Name) user, DateTimeOffset submittedAt)
{
    internal int Id => id;

    internal string Name => name;

    internal SkyTask Task => task;

    internal string? BlobId => blobId;

    internal (string Hash, string Name) User => user;

    internal string Status { get; set; } = "PENDING";

    internal int Recoveries { get; set; }

    internal string? Failure { get; set; }

    internal DateTimeOffset? StartedAt { get; set; }

    internal DateTimeOffset? EndedAt { get; set; }

    internal Cluster? Cluster { get; set; }

    internal GrowingLog Log { get; } = new();

    internal CancellationTokenSource Stop { get; } = new();

    internal Task Ended { get; set; } = System.Threading.Tasks.Task.CompletedTask;

    internal bool IsEnded => EndedAt is not null;

    internal JsonObject ToRecord() => new()
    {
        ["job_id"] = id,
        ["task_id"] = 0,
        ["job_name"] = name,
        ["task_name"] = task.Name,
        ["status"] = Status,
        ["schedule_state"] = IsEnded ? "DONE" : "ALIVE",
        ["resources"] = Cluster?.Resources,
        ["cloud"] = Cluster is null ? null : Optimizer.Display(Cluster.Choice.Offer.Cloud),
        ["region"] = Cluster?.Choice.Offer.Region,
        ["zone"] = null,
        ["recovery_count"] = Recoveries,
        ["failure_reason"] = Failure,
        ["details"] = null,
        ["submitted_at"] = ServerRequest.Epoch(submittedAt),
        ["start_at"] = StartedAt is { } start ? ServerRequest.Epoch(start) : null,
        ["end_at"] = EndedAt is { } end ? ServerRequest.Epoch(end) : null,
        ["current_cluster_name"] = Cluster?.Name,
        ["user_hash"] = user.Hash,
        ["user_name"] = user.Name,
    };
}

/// <summary>All managed jobs, and what takes them through their states. May be used from any thread.</summary>
internal sealed class ManagedJobs(SkyPilotServerOptions options, ClusterTable clusters, Optimizer optimizer, Action<ManagedJob, Cluster> prepare)
{
    private readonly Lock _gate = new();
    private readonly List<ManagedJob> _jobs = [];

    internal IReadOnlyList<ManagedJob> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _jobs];
            }
        }
    }

    internal ManagedJob Submit(string name, SkyTask task, string? blobId, (string Hash, string Name) user)
    {
        lock (_gate)
        {
            var job = new ManagedJob(_jobs.Count + 1, name, task, blobId, user, options.Clock.GetUtcNow());
            _jobs.Add(job);
            job.Ended = Task.Run(() => RunAsync(job));
            return job;
        }
    }

    private async Task RunAsync(ManagedJob job)
    {
        try
        {
            string? end = null;
            while (end is null)
            {
                end = await AttemptAsync(job);
            }

            job.Status = end;
        }
        catch (SkyError error)
        {
            (job.Status, job.Failure) = ("FAILED_NO_RESOURCE", error.Message);
        }
        finally
        {
            job.EndedAt = options.Clock.GetUtcNow();
            job.Log.Complete();
        }
    }

    /// <summary>Runs the job on a machine of its own.</summary>
    /// <returns>Its last state; null when the machine was taken away.</returns>
    private async Task<string?> AttemptAsync(ManagedJob job)
    {
        job.Status = job.Recoveries > 0 ? "RECOVERING" : "STARTING";
        var choice = optimizer.Choose(job.Task, new GrowingLog());
        var cluster = clusters.Rent($"{job.Name}-{job.Id}", choice, job.Task, job.User, isManaged: true);
        job.Cluster = cluster;
        prepare(job, cluster);
        clusters.MarkUp(cluster);
        var inner = clusters.Submit(cluster, job.Task, job.User, isToHang: false);
        await using var stopping = job.Stop.Token.Register(inner.Stop.Cancel);
        job.StartedAt ??= options.Clock.GetUtcNow();
        job.Status = "RUNNING";
        await PumpAsync(inner.Log, job.Log);
        await inner.Ended;
        if (!job.Stop.IsCancellationRequested && inner.Status is "CANCELLED" or "FAILED_DRIVER")
        {
            await clusters.UntilAsync(() => cluster.IsGone);
            job.Recoveries++;
            return null;
        }

        await clusters.DownAsync(cluster);
        job.Failure = inner.Status is "FAILED" or "FAILED_SETUP" ? $"To see the details, run: sky jobs logs --controller {job.Id}" : null;
        return inner.Status;
    }

    private static async Task PumpAsync(GrowingLog from, GrowingLog to)
    {
        var offset = 0;
        while (true)
        {
            var (bytes, isComplete, grown) = from.Read(offset);
            to.Append(bytes);
            offset += bytes.Length;
            if (isComplete)
            {
                return;
            }

            await grown;
        }
    }
}
