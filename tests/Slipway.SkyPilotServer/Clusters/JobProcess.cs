using System.Diagnostics;
using System.Globalization;

namespace Slipway.SkyPilotApi.Clusters;

/// <summary>Runs a script of a job for real: with bash, in a session of its own, in the home of its cluster.</summary>
internal sealed class JobProcess(Job job, SkyPilotServerOptions options, JobLog log, Action<int?> led)
{
    // What a job leaves behind may hold its output open; a job is over when its script is.
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(2);

    /// <summary>Runs a script to its end.</summary>
    /// <returns>Its exit code; null when it was stopped.</returns>
    internal async Task<int?> RunAsync(string kind, string script)
    {
        var file = Path.Combine(job.Cluster.Home, ".sky", "sky_app", $"sky_{kind}_{job.Id}");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, script + "\n");
        using var process = new Process { StartInfo = Describe(file) };
        process.Start();
        var leader = process.Id;
        led(leader);
        try
        {
            process.StandardInput.Close();
            log.Prefix = kind is "setup" ? $"(setup pid={leader}) " : $"({job.Name}, pid={leader}) ";
            using var drained = new CancellationTokenSource();
            var copying = log.CopyAsync(process.StandardOutput.BaseStream, drained.Token);
            await WaitAsync(process, leader);
            drained.CancelAfter(Drain);
            await Task.WhenAny(copying, Task.Delay(Drain, CancellationToken.None));
            return job.Stop.IsCancellationRequested ? null : process.ExitCode;
        }
        finally
        {
            Session.Signal(leader, Session.Kill);
            led(null);
        }
    }

    private async Task WaitAsync(Process process, int leader)
    {
        try
        {
            await process.WaitForExitAsync(job.Stop.Token);
        }
        catch (OperationCanceledException)
        {
            Session.Signal(leader, Session.Terminate);
            using var patience = new CancellationTokenSource(options.KillAfter);
            try
            {
                await process.WaitForExitAsync(patience.Token);
                while (Session.IsAlive(leader))
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(20), patience.Token);
                }
            }
            catch (OperationCanceledException)
            {
                Session.Signal(leader, Session.Kill);
                await process.WaitForExitAsync(CancellationToken.None);
            }
        }
    }

    private ProcessStartInfo Describe(string file)
    {
        var home = job.Cluster.Home;
        var workdir = Path.Combine(home, "sky_workdir");
        var start = new ProcessStartInfo("setsid")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = Directory.Exists(workdir) ? workdir : home,
        };
        foreach (var argument in new[] { "bash", "-c", "exec bash \"$0\" 2>&1", file })
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Clear();
        foreach (var (name, value) in Variables(home).Concat(options.JobEnvironment).Concat(job.Task.Variables))
        {
            start.Environment[name] = value;
        }

        return start;
    }

    private Dictionary<string, string> Variables(string home) => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["HOME"] = home,
        ["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? "/usr/local/bin:/usr/bin:/bin",
        ["USER"] = "sky",
        ["LANG"] = "C.UTF-8",
        ["SKYPILOT_INTERNAL_JOB_ID"] = job.Id.ToString(CultureInfo.InvariantCulture),
        ["SKYPILOT_TASK_ID"] = $"sky-{job.Cluster.Name}-{job.Id}",
        ["SKYPILOT_NODE_RANK"] = "0",
        ["SKYPILOT_NODE_IPS"] = "127.0.0.1",
        ["SKYPILOT_NUM_NODES"] = job.Task.Nodes.ToString(CultureInfo.InvariantCulture),
        ["SKYPILOT_NUM_GPUS_PER_NODE"] = job.Cluster.Choice.Offer.Count.ToString(CultureInfo.InvariantCulture),
    };
}
