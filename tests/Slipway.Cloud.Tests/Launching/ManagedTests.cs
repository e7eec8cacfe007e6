using Slipway.Cloud.Backends;
using Slipway.Cloud.Launching;
using Slipway.Cloud.Money;

namespace Slipway.Cloud.Tests.Launching;

/// <summary>Spot runs of more than half an hour, which the server takes up again when their machine is taken away.</summary>
public sealed class ManagedTests
{
    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task A_lost_machine_is_got_anew_the_bucket_keeps_what_it_was_given_and_the_time_is_paid()
    {
        await using var bench = await Bench.StartAsync();
        using var desk = bench.Desk();
        var pipe = await bench.PipeAsync("begun");
        var script = $"d=$SLIPWAY_CHECKPOINTS; if [ -e \"$d/step\" ]; then echo resumed from $(cat \"$d/step\"); else mkdir -p \"$d\"; echo 7 > \"$d/step\"; echo begun > {pipe}; sleep 987; fi";
        var launch = await bench.LaunchAsync(desk, Spot(script) with { MaxRuntime = TimeSpan.FromMinutes(90), Bucket = "s3://shelf/runs" });
        Assert.Equal("begun\n", await Bench.HeardAsync(pipe));
        Assert.Equal(BackendState.Running, (await desk.StatusAsync(launch.Run, null, 0, None)).Value.State);
        bench.Time.Advance(TimeSpan.FromMinutes(20));
        Assert.InRange((await desk.StatusAsync(launch.Run, null, 0, None)).Value.SpentSoFar!.Value.Value, 0.40m, 0.43m);

        await bench.Server.PreemptAsync($"{launch.Name}-1");
        var (view, _) = await Bench.EndOfAsync(desk, launch.Run);
        Assert.Equal((BackendState.Succeeded, 1), (view.State, view.Recoveries));
        Assert.Contains(view.LastLines, static line => line.EndsWith("resumed from 7", StringComparison.Ordinal));
        var entry = (await desk.Ledger.EntriesAsync(None)).Value.Single();
        Assert.Equal(LedgerState.Settled, entry.State);
        Assert.InRange(entry.Settled!.Value.Value, 0.40m, 0.50m);

        var stopped = (await desk.StopAsync(launch.Run, StopMode.Finish, StopFetch.Results, bench.Combine("results"), None)).Value;
        Assert.Equal("logs/run.log", Assert.Single(stopped.Fetched!.Files).Path);
        Assert.Contains("bucket", Assert.Single(stopped.Fetched.Notes), StringComparison.Ordinal);
        Assert.Empty(bench.Server.LiveClusters);
        Assert.Empty(bench.Server.Violations);
    }

    [Fact]
    public async Task A_managed_run_is_cancelled_and_nothing_of_it_bills()
    {
        await using var bench = await Bench.StartAsync();
        using var desk = bench.Desk();
        var pipe = await bench.PipeAsync("begun");
        var request = Spot($"echo begun > {pipe}; sleep 987");
        Assert.True((await desk.PlanAsync(request, None)).Value.Estimate.IsManaged);
        var launch = await bench.LaunchAsync(desk, request);
        await Bench.HeardAsync(pipe);
        Assert.Contains(bench.Server.Requests, static request => request.Path == "/jobs/launch");
        var stopped = (await desk.StopAsync(launch.Run, StopMode.Cancel, StopFetch.None, null, None)).Value;
        Assert.Equal(BackendState.Cancelled, stopped.State);
        Assert.Empty(stopped.StillBills);
        Assert.Empty(bench.Server.LiveClusters);
    }

    [Fact]
    public async Task A_long_spot_run_without_a_bucket_is_refused()
    {
        await using var bench = await Bench.StartAsync();
        using var desk = bench.Desk();
        var refused = await desk.EstimateAsync(Spot("true") with { MaxRuntime = TimeSpan.FromMinutes(90) }, None);
        Assert.Equal(CloudFailures.RequestInvalid, refused.Failure.Code);
        Assert.Equal(CloudFailures.RequestInvalid, (await desk.EstimateAsync(Bench.Request("true", "local") with { Bucket = "s3://shelf/runs" }, None)).Failure.Code);
    }

    private static RentalRequest Spot(string script) => Bench.Request(script) with { Gpu = "H100", Spot = true, MaxRuntime = TimeSpan.FromMinutes(45) };
}
