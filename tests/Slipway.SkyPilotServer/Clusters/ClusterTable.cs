using Slipway.SkyPilotApi.Catalogue;
using Slipway.SkyPilotApi.Tasks;
using Slipway.TestKit;

namespace Slipway.SkyPilotApi.Clusters;

/// <summary>All clusters, live and gone. May be used from any thread.</summary>
internal sealed class ClusterTable(SkyPilotServerOptions options)
{
    private readonly Lock _gate = new();
    private readonly List<Cluster> _clusters = [];
    private readonly List<(Func<bool> Holds, TaskCompletionSource Reached)> _watchers = [];

    /// <summary>All that ever were, in the order of their launches.</summary>
    internal IReadOnlyList<Cluster> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _clusters];
            }
        }
    }

    internal IReadOnlyList<Cluster> Live => [.. All.Where(static cluster => !cluster.IsGone)];

    private DateTimeOffset Now => options.Clock.GetUtcNow();

    internal Cluster? Find(string name) => Live.LastOrDefault(cluster => string.Equals(cluster.Name, name, StringComparison.Ordinal));

    /// <summary>Finds a live cluster.</summary>
    /// <exception cref="SkyError">There is none.</exception>
    internal Cluster Need(string name, bool isColoured = true) => Find(name) ?? throw SkyError.NoCluster(name, isColoured);

    /// <summary>Rents a machine: it bills from here on.</summary>
    internal Cluster Rent(string name, Choice choice, SkyTask task, (string Hash, string Name) user, bool isManaged)
    {
        var home = Directory.CreateDirectory(Path.Combine(options.Folder, "clusters", name)).FullName;
        var cluster = new Cluster(name, home, choice, task.Nodes, user.Hash, user.Name, Now) { Labels = task.Labels, IsManaged = isManaged, ChangedAt = Now };
        cluster.ProvisionLog.Append($"Provisioning {name} on {Optimizer.Display(choice.Offer.Cloud)} ({choice.Offer.Region})\n");
        Change(() => _clusters.Add(cluster));
        return cluster;
    }

    internal void MarkUp(Cluster cluster)
    {
        cluster.ProvisionLog.Append("Cluster is up.\n");
        Change(() =>
        {
            (cluster.Status, cluster.EverUp, cluster.LastEvent, cluster.ChangedAt) = ("UP", true, "Cluster is UP.", Now);
            Rearm(cluster);
        });
    }

    internal void SetAutostop(Cluster cluster, Autostop autostop) => Change(() =>
    {
        cluster.Autostop = autostop;
        Rearm(cluster);
    });

    internal Job Submit(Cluster cluster, SkyTask task, (string Hash, string Name) user, bool isToHang)
    {
        lock (_gate)
        {
            var before = Task.WhenAll(cluster.Jobs.Select(static other => other.Ended));
            var job = new Job(cluster.Jobs.Count + 1, task, cluster, user.Hash, user.Name, Now) { IsToHang = isToHang };
            cluster.Jobs.Add(job);
            var driver = new JobDriver(options, OnChanged);
            job.Ended = Task.Run(() => driver.RunAsync(job, before));
            Rearm(cluster);
            return job;
        }
    }

    /// <summary>Stops jobs with TERM, and KILL for what does not end.</summary>
    internal static async Task CancelAsync(IEnumerable<Job> jobs)
    {
        foreach (var job in jobs.Where(static job => !job.IsEnded).ToList())
        {
            await job.Stop.CancelAsync();
            await job.Ended;
        }
    }

    /// <summary>Gives the machine back: kills what runs, and removes its directory.</summary>
    internal async Task DownAsync(Cluster cluster)
    {
        await KillJobsAsync(cluster);
        Remove(cluster);
    }

    /// <summary>Stops the machine: its disk and its directory stay.</summary>
    internal async Task StopAsync(Cluster cluster)
    {
        await KillJobsAsync(cluster);
        Stop(cluster);
    }

    internal void Start(Cluster cluster) => Change(() =>
    {
        cluster.ResumeBilling(Now);
        (cluster.Status, cluster.LastEvent, cluster.ChangedAt) = ("UP", "Cluster started.", Now);
        Rearm(cluster);
    });

    /// <summary>It was idle for long enough. Machines whose jobs are to be waited for end only when there is none.</summary>
    internal async Task AutostopAsync(Cluster cluster)
    {
        Change(() => (cluster.Status, cluster.LastEvent, cluster.ChangedAt) = ("AUTOSTOPPING", "Cluster is autostopping.", Now));
        if (options.AutostopTakes > TimeSpan.Zero)
        {
            await Task.Delay(options.AutostopTakes, options.Clock);
        }

        if (cluster.Jobs.Exists(static job => !job.IsEnded))
        {
            await KillJobsAsync(cluster);
        }

        if (cluster.Autostop.Down)
        {
            Remove(cluster);
        }
        else
        {
            Stop(cluster);
        }
    }

    /// <summary>Completes when something holds; it is asked again after every change of a cluster or job.</summary>
    internal Task UntilAsync(Func<bool> holds)
    {
        lock (_gate)
        {
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _watchers.Add((holds, reached));
            Wake();
            return reached.Task;
        }
    }

    private static async Task KillJobsAsync(Cluster cluster)
    {
        foreach (var job in cluster.Jobs.Where(static job => !job.IsEnded).ToList())
        {
            await job.Stop.CancelAsync();
            if (job.ProcessId is { } leader)
            {
                Session.Signal(leader, Session.Kill);
            }

            await job.Ended;
        }
    }

    private void Remove(Cluster cluster)
    {
        // The directory goes first: a cluster that is not listed any more has left nothing.
        TempFolder.DeleteTree(cluster.Home);
        Change(() =>
        {
            cluster.StopBilling(Now);
            cluster.IsGone = true;
            cluster.IdleTimer?.Dispose();
        });
    }

    private void Stop(Cluster cluster) => Change(() =>
    {
        cluster.StopBilling(Now);
        (cluster.Status, cluster.LastEvent, cluster.ChangedAt, cluster.Autostop) = ("STOPPED", "Cluster stopped.", Now, Autostop.None);
        cluster.IdleTimer?.Dispose();
    });

    private void OnChanged(Job job, string status) => Change(() =>
    {
        job.Status = status;
        if (status is "RUNNING")
        {
            job.StartedAt = Now;
        }
        else if (job.IsEnded)
        {
            job.EndedAt = Now;
            Rearm(job.Cluster);
        }
    });

    /// <summary>Sets the timer of a cluster that is idle, and takes it away from one that is not.</summary>
    private void Rearm(Cluster cluster)
    {
        cluster.IdleTimer?.Dispose();
        cluster.IdleTimer = null;
        var waits = cluster.Autostop.WaitFor is not "none" && cluster.Jobs.Exists(static job => !job.IsEnded);
        if (cluster is { IsGone: false, Status: "UP", Autostop.IdleMinutes: > 0 } && !waits)
        {
            cluster.IdleTimer = options.Clock.CreateTimer(_ => _ = AutostopAsync(cluster), state: null, TimeSpan.FromMinutes(cluster.Autostop.IdleMinutes), Timeout.InfiniteTimeSpan);
        }
    }

    private void Change(Action change)
    {
        lock (_gate)
        {
            change();
            Wake();
        }
    }

    private void Wake()
    {
        foreach (var watcher in _watchers.Where(static watcher => watcher.Holds()).ToList())
        {
            _watchers.Remove(watcher);
            watcher.Reached.SetResult();
        }
    }
}
