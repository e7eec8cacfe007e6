using Slipway.Cloud.Backends;
using Slipway.Cloud.Launching;
using Slipway.Cloud.Money;
using Slipway.Runs.Jobs;
using Slipway.SkyPilotApi.Faults;

namespace Slipway.Cloud.Tests.Launching;

public sealed class DeskTests
{
    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task A_run_is_planned_launched_looked_at_fetched_and_ended_and_nothing_bills()
    {
        await using var bench = await Bench.StartAsync();
        using var desk = bench.Desk();
        var answer = (await desk.LaunchAsync(Bench.Request(), None)).Value;
        Assert.Contains("max_hourly_cost", answer.Plan!.Yaml, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", answer.Plan.Yaml, StringComparison.Ordinal);
        var launch = answer.Launch!;
        var cluster = launch.Name;
        Assert.Equal($"slipway-{launch.Run}", cluster);
        await bench.Server.UntilJobIsAsync(cluster, 1, "SUCCEEDED", "FAILED").WaitAsync(TimeSpan.FromSeconds(20));
        var view = (await desk.StatusAsync(launch.Run, null, 5, None)).Value;
        Assert.Equal(BackendState.Succeeded, view.State);
        Assert.Empty(view.Notes);
        Assert.Contains(view.LastLines, line => line.Contains("hello", StringComparison.Ordinal));
        Assert.True(view.Guards.Guards.Single(guard => guard.Name == "autostop").InForce);
        Assert.NotEmpty(view.StillBills);
        Assert.Equal(answer.Plan.Status.Plan.Id.ToString(), (await desk.Ledger.EntriesAsync(None)).Value.Single().Plan);

        var stopped = (await desk.StopAsync(launch.Run, StopMode.Finish, StopFetch.Results, bench.Combine("results"), None)).Value;
        Assert.Contains(stopped.Fetched!.Files, file => file.Path == "results/params.json" && file.Bytes == 3);
        Assert.Empty(stopped.StillBills);
        Assert.Empty(bench.Server.LiveClusters);
        Assert.Equal(LedgerState.Settled, (await desk.Ledger.EntriesAsync(None)).Value.Single().State);
        Assert.Empty(bench.Server.Violations);
    }

    [Theory]
    [InlineData(LaunchStep.Reserved, LedgerState.Released)]
    [InlineData(LaunchStep.Recorded, LedgerState.Released)]
    [InlineData(LaunchStep.Packaged, LedgerState.Released)]
    [InlineData(LaunchStep.Uploaded, LedgerState.Released)]
    [InlineData(LaunchStep.Posting, LedgerState.Released)]
    [InlineData(LaunchStep.Posted, LedgerState.Reserved)]
    public async Task Whatever_step_a_launch_is_killed_after_the_next_verb_mends_it(LaunchStep last, LedgerState expected)
    {
        await using var bench = await Bench.StartAsync();
        using (var killed = bench.Desk(step => _ = step == last ? throw new KilledException() : step))
        {
            await Assert.ThrowsAsync<KilledException>(() => killed.LaunchAsync(Bench.Request("sleep 60"), None));
        }

        using var next = bench.Desk();
        if (last is LaunchStep.Posted)
        {
            await bench.Server.UntilJobIsAsync((await next.Ledger.EntriesAsync(None)).Value.Single().Cluster, 1, "RUNNING").WaitAsync(TimeSpan.FromSeconds(10));
        }

        // Longer than anything of a launch could go unseen.
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.DoesNotContain((await next.ReconcileAsync(None)).Value.Repairs, static repair => repair.IsProblem);
        var entry = (await next.Ledger.EntriesAsync(None)).Value.Single();
        Assert.Equal(expected, entry.State);
        Assert.Equal(expected is LedgerState.Reserved ? 1 : 0, bench.Server.Requests.Count(static request => request.Path == "/launch"));
        if (expected is LedgerState.Reserved)
        {
            var stopped = (await next.StopAsync(RunId.Parse(entry.Run)!.Value, StopMode.Terminate, StopFetch.None, null, None)).Value;
            Assert.Empty(stopped.StillBills);
        }

        Assert.Empty(bench.Server.LiveClusters);
        Assert.Empty((await next.ListAsync(false, None)).Value.Runs);
    }

    [Theory]
    [InlineData("before")]
    [InlineData("after")]
    [InlineData("restart")]
    [InlineData("503")]
    public async Task An_unclear_answer_makes_one_cluster(string how)
    {
        await using var bench = await Bench.StartAsync();
        bench.Server.Faults.Next("/launch", how switch { "before" => Fault.DropBeforeAccept, "after" => Fault.DropAfterAccept, "restart" => Fault.RestartForgetting, _ => Fault.Status503(1) });
        using var desk = bench.Desk();
        var launch = (await desk.LaunchAsync(Bench.Request("sleep 60"), None)).Value.Launch!;
        Assert.Equal(how is "after" or "restart", launch.IsAdopted);
        await bench.Server.UntilClusterIsAsync(launch.Name, "UP").WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Single(bench.Server.LiveClusters);
    }

    [Fact]
    public async Task A_plan_that_is_launched_twice_is_one_run()
    {
        await using var bench = await Bench.StartAsync();
        using var desk = bench.Desk();
        var plan = (await desk.PlanAsync(Bench.Request("sleep 60"), None)).Value.Status.Plan.Id;
        var first = (await desk.LaunchAsync(plan, None)).Value;
        using var other = bench.Desk();
        Assert.Equal(first.Run, (await other.LaunchAsync(plan, None)).Value.Run);
        Assert.Single(bench.Server.Requests, static request => request.Path == "/launch");
    }

    [Fact]
    public async Task No_capacity_costs_nothing_and_a_machine_that_never_came_up_is_taken_down()
    {
        await using var bench = await Bench.StartAsync();
        bench.Server.Faults.Next("/launch", Fault.NoCapacity, Fault.ProvisionFails);
        using var desk = bench.Desk();
        var none = (await desk.LaunchAsync(Bench.Request(), None)).Value.Launch!;
        var view = (await desk.StatusAsync(none.Run, TimeSpan.FromSeconds(5), 0, None)).Value;
        Assert.Equal((BackendState.Failed, LedgerState.Released), (view.State, view.Money));

        var broken = (await desk.LaunchAsync(Bench.Request("echo other"), None)).Value.Launch!;
        Assert.Equal(BackendState.Failed, (await desk.StatusAsync(broken.Run, TimeSpan.FromSeconds(5), 0, None)).Value.State);
        await desk.ReconcileAsync(None);
        Assert.Empty(bench.Server.LiveClusters);
        Assert.Equal(LedgerState.Settled, (await desk.StatusAsync(broken.Run, null, 0, None)).Value.Money);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_autostop_that_does_not_hold_is_set_again_and_then_the_machine_goes(bool again)
    {
        await using var bench = await Bench.StartAsync();
        bench.Server.Faults.Next("/launch", Fault.AutostopIgnored);
        bench.Server.Faults.Next("/autostop", again ? [Fault.AutostopIgnored] : []);
        using var desk = bench.Desk();
        var launch = (await desk.LaunchAsync(Bench.Request("sleep 60"), None)).Value.Launch!;
        await bench.Server.UntilJobIsAsync(launch.Name, 1, "RUNNING").WaitAsync(TimeSpan.FromSeconds(10));
        var view = (await desk.StatusAsync(launch.Run, null, 0, None)).Value;
        Assert.Equal(again ? BackendState.Failed : BackendState.Running, view.State);
        Assert.Equal(again, view.Notes.Any(static note => note.Contains("not in force", StringComparison.Ordinal)));
        Assert.Equal(again ? 0 : 1, bench.Server.LiveClusters.Count);
    }

    [Fact]
    public async Task A_machine_that_stays_after_it_was_told_to_go_is_said_to_bill()
    {
        await using var bench = await Bench.StartAsync();
        bench.Server.Faults.Next("/down", Fault.DownLeavesCluster);
        using var desk = bench.Desk();
        var launch = (await desk.LaunchAsync(Bench.Request("sleep 60"), None)).Value.Launch!;
        await bench.Server.UntilJobIsAsync(launch.Name, 1, "RUNNING").WaitAsync(TimeSpan.FromSeconds(10));
        var stopped = (await desk.StopAsync(launch.Run, StopMode.Cancel, StopFetch.None, null, None)).Value;
        Assert.Contains(launch.Name, Assert.Single(stopped.StillBills), StringComparison.Ordinal);
        Assert.Empty((await desk.StopAsync(launch.Run, StopMode.Terminate, StopFetch.None, null, None)).Value.StillBills);
        Assert.Empty(bench.Server.LiveClusters);
    }

    private sealed class KilledException : Exception;
}
