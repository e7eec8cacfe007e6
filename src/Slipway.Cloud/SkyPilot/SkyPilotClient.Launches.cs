using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Slipway.Core.Failures;

namespace Slipway.Cloud.SkyPilot;

// Launches: a server has no key against doing one twice, so one that got no clear answer is looked for by its name before it is sent again.
public sealed partial class SkyPilotClient
{
    private const int MostPosts = 3;

    /// <summary>Writes a task as this server reads it.</summary>
    public Result<SkyTaskYaml> Render(SkyTask task)
    {
        ArgumentNullException.ThrowIfNull(task);
        return SkyTaskWriter.Write(task, Capabilities);
    }

    /// <summary>Sends a launch, once.</summary>
    public async Task<SkyLaunchOutcome> LaunchAsync(SkyLaunch launch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(launch);
        if (!IsName(launch.ClusterName))
        {
            return new SkyLaunchRefused(new Failure(CloudFailures.TaskInvalid, $"{Core.Text.Shown.Quote(launch.ClusterName)} is no name of a cluster: 1 to 35 letters, digits, '-', '_' and '.', a letter first and no sign last."));
        }

        return launch.IsManaged
            ? await PostOnceAsync("/jobs/launch", new JsonObject { ["task"] = launch.Task.Text, ["name"] = launch.ClusterName, ["pool"] = null, ["num_jobs"] = null, ["file_mounts_blob_id"] = launch.BlobId }, cancellationToken).ConfigureAwait(false)
            : await PostOnceAsync("/launch", LaunchFields(launch), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends a task to a cluster that is up, once.</summary>
    public Task<SkyLaunchOutcome> ExecAsync(string clusterName, SkyTaskYaml task, string? blobId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(task);
        return PostOnceAsync("/exec", new JsonObject { ["task"] = task.Text, ["cluster_name"] = clusterName, ["dryrun"] = false, ["down"] = false, ["backend"] = null, ["file_mounts_blob_id"] = blobId }, cancellationToken);
    }

    /// <summary>Looks for a launch by its name: among the requests, the clusters and their jobs, and the managed jobs.</summary>
    /// <param name="name">The name.</param>
    /// <param name="managed">Whether it is a managed job's.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    /// <returns>What is seen; a failure where one of the looks failed, which is not to have seen nothing.</returns>
    public async Task<Result<SkySighting>> FindByClusterAsync(string name, bool managed, CancellationToken cancellationToken)
    {
        if (!(await OwnRequestsAsync(managed ? null : name, cancellationToken).ConfigureAwait(false)).TryGet(out var requests, out var failure))
        {
            return failure;
        }

        return managed
            ? await FindManagedAsync(name, requests, cancellationToken).ConfigureAwait(false)
            : await FindClusterAsync(name, requests, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Launches, and where no clear answer comes adopts what is found; it sends again only after nothing was seen anywhere for <see cref="SkyOptions.LaunchSilence"/>.</summary>
    public async Task<Result<SkyLaunched>> LaunchOrAdoptAsync(SkyLaunch launch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(launch);
        for (var posts = 1; ; posts++)
        {
            switch (await LaunchAsync(launch, cancellationToken).ConfigureAwait(false))
            {
                case SkyLaunchAccepted accepted:
                    return new SkyLaunched(accepted.RequestId) { Posts = posts };
                case SkyLaunchRefused refused:
                    return refused.Failure;
                case SkyLaunchUnclear unclear:
                    var search = await SearchAsync(launch, unclear, cancellationToken).ConfigureAwait(false);
                    if (!search.TryGet(out var sighting, out var failure) || sighting.IsFound)
                    {
                        return sighting is null ? failure! : new SkyLaunched(sighting.Request?.Id) { Adopted = sighting, Posts = posts };
                    }

                    if (posts == MostPosts)
                    {
                        return new Failure(CloudFailures.LaunchUnclear, $"The launch of {launch.ClusterName} was sent {posts} times and left no trace: {unclear.Reason}.");
                    }

                    break;
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        }
    }

    /// <summary>Waits until a request has ended, and says on the way what it does.</summary>
    /// <param name="requestId">The request.</param>
    /// <param name="progress">Takes each look at it; null for nobody.</param>
    /// <param name="cancellationToken">Ends waiting; the request goes on.</param>
    public async Task<Result<SkyRequest>> WaitAsync(string requestId, Action<SkyRequest>? progress, CancellationToken cancellationToken)
    {
        for (var wait = _options.FirstPoll; ; wait = Longer(wait))
        {
            var looked = await _requests.StatusAsync("request_ids=" + Uri.EscapeDataString(requestId), cancellationToken).ConfigureAwait(false);
            if (!looked.TryGet(out var requests, out var failure))
            {
                return failure;
            }

            if (requests.FirstOrDefault(request => request.Id == requestId) is not { } found)
            {
                return SkyRequests.Forgotten(requestId, "/api/status");
            }

            progress?.Invoke(found);
            if (found.HasEnded)
            {
                return found;
            }

            await Task.Delay(wait, _options.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The jobs that an accepted launch made, once it has ended; its failure where it failed.</summary>
    public async Task<Result<SkyJobIds>> LaunchResultAsync(string requestId, CancellationToken cancellationToken) =>
        (await _requests.GetAsync(requestId, "launch", cancellationToken).ConfigureAwait(false)).Map(static value => new SkyJobIds(Jobs(value.Json)));

    internal static JsonObject LaunchFields(SkyLaunch launch) => new()
    {
        ["task"] = launch.Task.Text,
        ["cluster_name"] = launch.ClusterName,
        ["retry_until_up"] = false,
        ["dryrun"] = launch.IsDryRun,
        ["backend"] = null,
        ["optimize_target"] = 0,
        ["no_setup"] = false,
        ["fast"] = false,
        ["clone_disk_from"] = null,
        ["file_mounts_blob_id"] = launch.BlobId,
    };

    private async Task<SkyLaunchOutcome> PostOnceAsync(string path, JsonObject fields, CancellationToken cancellationToken)
    {
        var (reply, silence) = await _http.SendAsync(() => _requests.Post(path, fields), _options.Deadline, cancellationToken).ConfigureAwait(false);
        return reply switch
        {
            null when silence!.MayHaveArrived => new SkyLaunchUnclear(silence.Reason, null),
            null => new SkyLaunchRefused(_http.Failure(silence!, path)),
            { IsOk: true, RequestId: { } id } => new SkyLaunchAccepted(id),
            { IsOk: true } => new SkyLaunchUnclear("the answer has no id of a request", null),
            { Status: >= 500 or 408 } => new SkyLaunchUnclear($"it answered {reply.Status}", reply.RequestId),
            _ => new SkyLaunchRefused(SkyErrors.FromReply(reply, path)),
        };
    }

    // Nothing counts only while all looks answer: a look that fails begins the silence anew.
    private async Task<Result<SkySighting>> SearchAsync(SkyLaunch launch, SkyLaunchUnclear unclear, CancellationToken cancellationToken)
    {
        var begun = _options.Time.GetTimestamp();
        long? quiet = null;
        for (var wait = _options.FirstPoll; ; wait = Longer(wait))
        {
            var found = await FindByClusterAsync(launch.ClusterName, launch.IsManaged, cancellationToken).ConfigureAwait(false);
            if (found.TryGet(out var sighting, out _) && sighting.IsFound)
            {
                return sighting;
            }

            quiet = found.IsOk && sighting!.IsNothing ? quiet ?? _options.Time.GetTimestamp() : null;
            if (quiet is { } since && _options.Time.GetElapsedTime(since) >= _options.LaunchSilence)
            {
                return sighting!;
            }

            if (quiet is null && _options.Time.GetElapsedTime(begun) >= _options.LaunchSearch)
            {
                return new Failure(CloudFailures.LaunchUnclear, $"The launch of {launch.ClusterName} got no clear answer ({unclear.Reason}), and looking for it did not settle it.") { Detail = found.IsOk ? null : found.Failure.Message };
            }

            await Task.Delay(wait, _options.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<Result<IReadOnlyList<SkyRequest>>> OwnRequestsAsync(string? cluster, CancellationToken cancellationToken)
    {
        var query = cluster is not null && Capabilities.FiltersRequestsByCluster ? "all_status=true&cluster_name=" + Uri.EscapeDataString(cluster) : "all_status=true&limit=500";
        return await _requests.StatusAsync(query, cancellationToken).ConfigureAwait(false);
    }

    private async Task<Result<SkySighting>> FindClusterAsync(string name, IReadOnlyList<SkyRequest> requests, CancellationToken cancellationToken)
    {
        var launch = requests.Where(request => request.Name is "sky.launch" && request.ClusterName == name).MaxBy(static request => request.CreatedAt ?? DateTimeOffset.MinValue);
        if (!(await StatusAsync([name], refresh: false, cancellationToken).ConfigureAwait(false)).TryGet(out var clusters, out var failure))
        {
            return failure;
        }

        var jobs = await QueueAsync(name, cancellationToken).ConfigureAwait(false);
        // The cluster that is not there, or not up, has no jobs: those are answers.
        return jobs.IsOk || jobs.Failure.Code == CloudFailures.ClusterMissing || jobs.Failure.Code == CloudFailures.ClusterNotUp
            ? new SkySighting { Request = launch, Cluster = clusters.FirstOrDefault(cluster => cluster.Name == name), Jobs = jobs.IsOk ? jobs.Value : [] }
            : jobs.Failure;
    }

    // The requests of managed launches name their controller's cluster: which one is ours shows only in the queue.
    private async Task<Result<SkySighting>> FindManagedAsync(string name, IReadOnlyList<SkyRequest> requests, CancellationToken cancellationToken)
    {
        var found = await ManagedJobsAsync(null, cancellationToken).ConfigureAwait(false);
        return found.Map(jobs => new SkySighting
        {
            ManagedJob = jobs.Where(job => job.Name == name).MaxBy(static job => job.Id),
            IsAmbiguous = requests.Any(static request => request.Name is "sky.jobs.launch" && !request.HasEnded),
        });
    }

    private TimeSpan Longer(TimeSpan wait) => wait * 2 < _options.LongestPoll ? wait * 2 : _options.LongestPoll;

    private static ImmutableArray<long> Jobs(JsonElement? value) => value is { ValueKind: JsonValueKind.Object } launched && launched.TryGetProperty("job_id", out var id) ? id.ValueKind switch
    {
        JsonValueKind.Number when id.TryGetInt64(out var number) => [number],
        JsonValueKind.Array => [.. id.EnumerateArray().Where(static item => item.ValueKind == JsonValueKind.Number).Select(static item => item.GetInt64())],
        _ => [],
    } : [];

    private static bool IsName(string name) => name.Length is > 0 and <= 35 && char.IsAsciiLetter(name[0]) && char.IsAsciiLetterOrDigit(name[^1]) && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
