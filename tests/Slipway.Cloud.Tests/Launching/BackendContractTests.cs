using System.Globalization;
using Slipway.Cloud.Backends;
using Slipway.Cloud.Launching;
using Slipway.TestKit;

namespace Slipway.Cloud.Tests.Launching;

/// <summary>What holds for a run wherever it is: on this machine, on a host by a real sshd, on a machine that a server rents.</summary>
public sealed class BackendContractTests
{
    private static readonly BackendState[] Order = [BackendState.Queued, BackendState.Provisioning, BackendState.Setup, BackendState.Running, BackendState.Succeeded];

    private static CancellationToken None => CancellationToken.None;

    [Theory]
    [InlineData("local")]
    [InlineData("skypilot")]
    public Task A_package_runs_to_its_end_with_the_same_results(string backend) => RunsAsync(backend);

    [RequiresFact(Capability.Sshd)]
    public Task A_package_runs_to_its_end_with_the_same_results_by_ssh() => RunsAsync("ssh");

    [Theory]
    [InlineData("local")]
    [InlineData("skypilot")]
    public Task A_cancelled_run_leaves_no_process(string backend) => CancelsAsync(backend);

    [RequiresFact(Capability.Sshd)]
    public Task A_cancelled_run_leaves_no_process_by_ssh() => CancelsAsync("ssh");

    private static async Task RunsAsync(string backend)
    {
        await using var bench = await Bench.StartAsync(withSsh: backend is "ssh");
        using var desk = bench.Desk();
        var launch = await bench.LaunchAsync(desk, Bench.Request("for i in 1 2 3 4 5 6; do echo \"line $i é\"; done; echo warned >&2; mkdir -p \"$out\"; cp params.json \"$out/\"", backend));
        var (view, seen) = await Bench.EndOfAsync(desk, launch.Run);
        Assert.Equal(BackendState.Succeeded, view.State);
        Assert.Equal(seen.Select(static state => Array.IndexOf(Order, state)).Order(), seen.Select(static state => Array.IndexOf(Order, state)));
        Assert.Empty(view.Notes);

        var lines = new List<string>();
        var page = (await desk.LogsAsync(launch.Run, LogCursor.Start, 0, 40, None)).Value;
        for (lines.AddRange(page.Lines); page.Truncated; lines.AddRange(page.Lines))
        {
            page = (await desk.LogsAsync(launch.Run, LogCursor.Parse(page.Next.ToString()), 0, 40, None)).Value;
        }

        string[] expected = [.. Enumerable.Range(1, 6).Select(static i => string.Create(CultureInfo.InvariantCulture, $"line {i} é")), "warned"];
        Assert.Equal(expected, lines.Select(line => Array.Find(expected, one => line.EndsWith(one, StringComparison.Ordinal))).OfType<string>(), StringComparer.Ordinal);
        Assert.Empty((await desk.LogsAsync(launch.Run, page.Next, 0, 40, None)).Value.Lines);
        Assert.EndsWith("warned", (await desk.LogsAsync(launch.Run, null, 1, 1, None)).Value.Lines.Single(), StringComparison.Ordinal);

        var stopped = (await desk.StopAsync(launch.Run, StopMode.Finish, StopFetch.Results, bench.Combine("results"), None)).Value;
        var late = stopped.Fetched ?? (await desk.FetchAsync(launch.Run, bench.Combine("results"), None)).Value;
        Assert.Contains(late.Files, static file => file is { Path: "results/params.json", Bytes: 3 });
        Assert.Contains(late.Files, static file => file.Path is "logs/run.log");
        Assert.Equal("{}\n", await File.ReadAllTextAsync(bench.Combine("results/results/params.json"), None));
        Assert.Empty(stopped.StillBills);
        Assert.Empty(bench.Server.LiveClusters);
        Assert.Empty(bench.Server.Violations);
    }

    private static async Task CancelsAsync(string backend)
    {
        await using var bench = await Bench.StartAsync(withSsh: backend is "ssh");
        using var desk = bench.Desk();
        var pipe = await bench.PipeAsync("pids");
        var launch = await bench.LaunchAsync(desk, Bench.Request($"sleep 987 & echo $! $$ > {pipe}; wait", backend));
        var processes = (await Bench.HeardAsync(pipe)).Split(' ', StringSplitOptions.TrimEntries).Select(static text => int.Parse(text, CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(2, processes.Count);
        var stopped = (await desk.StopAsync(launch.Run, StopMode.Cancel, StopFetch.Logs, null, None)).Value;
        Assert.Equal(BackendState.Cancelled, stopped.State);
        Assert.Empty(stopped.StillBills);
        foreach (var process in processes)
        {
            await LiveProcesses.WaitForEndAsync(process, TimeSpan.FromSeconds(5));
        }

        Assert.Empty(bench.Server.LiveClusters);
        Assert.Empty((await desk.ListAsync(false, None)).Value.Runs);
    }
}
