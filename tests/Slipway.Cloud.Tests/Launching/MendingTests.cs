using Slipway.Cloud.Backends;
using Slipway.Cloud.Launching;
using Slipway.Cloud.Money;
using Slipway.Core.Failures;
using Slipway.Runs.Jobs;
using Slipway.SkyPilotApi.Faults;

namespace Slipway.Cloud.Tests.Launching;

/// <summary>What the next verb makes of what an earlier process, or nobody, left behind.</summary>
public sealed class MendingTests
{
    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task What_had_arrived_when_its_process_died_is_taken_up_by_the_next()
    {
        await using var bench = await Bench.StartAsync();
        using var dying = new CancellationTokenSource();
        var open = new TaskCompletionSource();
        bench.Server.Faults.Next("/launch", Fault.Slow(open.Task));
        var posting = new TaskCompletionSource();
        using (var killed = bench.Desk(step => _ = step is LaunchStep.Posting && posting.TrySetResult()))
        {
            var launching = killed.LaunchAsync(Bench.Request("sleep 60"), dying.Token);
            await posting.Task.WaitAsync(TimeSpan.FromSeconds(20));
            await bench.Server.UntilJobIsAsync((await killed.Ledger.EntriesAsync(None)).Value.Single().Cluster, 1, "RUNNING").WaitAsync(TimeSpan.FromSeconds(20));
            await dying.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => launching);
            open.SetResult();
        }

        using var next = bench.Desk();
        var entry = (await next.Ledger.EntriesAsync(None)).Value.Single();

        // Whatever the verb is about, who runs it is told what was mended on the way.
        Assert.True((await next.FetchAsync(RunId.New(TimeProvider.System.GetUtcNow()), null, None)).Failure.Code == CloudFailures.RunNotFound);
        Assert.Contains("taken up", Assert.Single(bench.Told).Text, StringComparison.Ordinal);
        Assert.Equal(LedgerState.Reserved, entry.State);
        Assert.Equal(entry.Cluster, Assert.Single(bench.Server.LiveClusters).Name);
        var view = Assert.Single((await next.ListAsync(false, None)).Value.Runs);
        Assert.Equal((BackendState.Running, entry.Run), (view.State, view.Run.ToString()));
        Assert.Single(bench.Server.Requests, static request => request.Path == "/launch");
        Assert.Empty((await next.StopAsync(view.Run, StopMode.Terminate, StopFetch.None, null, None)).Value.StillBills);
        Assert.Empty(bench.Server.LiveClusters);
    }

    [Fact]
    public async Task A_run_past_its_reserved_end_is_taken_down_and_settled()
    {
        await using var bench = await Bench.StartAsync();
        using var desk = bench.Desk();
        var launch = await bench.LaunchAsync(desk, Bench.Request("sleep 60"));
        await bench.Server.UntilJobIsAsync(launch.Name, 1, "RUNNING").WaitAsync(TimeSpan.FromSeconds(10));
        await desk.ReconcileAsync(None);
        bench.Time.Advance(launch.EndsBy - bench.Time.GetUtcNow() - TimeSpan.FromMinutes(1));
        await desk.ReconcileAsync(None);
        Assert.Single(bench.Server.LiveClusters);
        bench.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Contains("should have been gone", Assert.Single((await desk.ReconcileAsync(None)).Value.Repairs).Text, StringComparison.Ordinal);
        Assert.Empty(bench.Server.LiveClusters);
        var entry = (await desk.Ledger.EntriesAsync(None)).Value.Single();
        Assert.Equal(LedgerState.Settled, entry.State);
        Assert.Equal(Math.Round(bench.Server.SpendOf(launch.Name), 2), entry.Settled!.Value.Value, 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_machine_that_never_comes_to_work_is_taken_down_after_half_an_hour(bool isUp)
    {
        await using var bench = await Bench.StartAsync();
        bench.Server.Faults.Next("/launch", isUp ? Fault.SetupHang : Fault.ProvisionWaits(new TaskCompletionSource().Task));
        using var desk = bench.Desk();
        var launch = await bench.LaunchAsync(desk, Bench.Request("sleep 60"));
        await (isUp ? bench.Server.UntilJobIsAsync(launch.Name, 1, "SETTING_UP") : bench.Server.UntilClusterIsAsync(launch.Name, "INIT")).WaitAsync(TimeSpan.FromSeconds(10));
        bench.Time.Advance(TimeSpan.FromMinutes(29));
        Assert.Equal(isUp ? BackendState.Setup : BackendState.Provisioning, (await desk.StatusAsync(launch.Run, null, 0, None)).Value.State);
        bench.Time.Advance(TimeSpan.FromMinutes(2));
        var view = (await desk.StatusAsync(launch.Run, null, 0, None)).Value;
        Assert.Equal((BackendState.Failed, LedgerState.Settled), (view.State, view.Money));
        Assert.Empty(bench.Server.LiveClusters);
        Assert.Contains((await desk.LogsAsync(launch.Run, LogCursor.Start, 0, 10_000, None)).Value.Lines, static line => line.StartsWith("Provisioning", StringComparison.Ordinal));
        var paths = bench.Server.Requests.Select(static request => request.Path).ToList();
        Assert.True(paths.IndexOf("/provision_logs") < paths.IndexOf("/down"));
    }

    [Fact]
    public async Task Machines_that_no_ledger_knows_are_listed_and_go_only_by_a_persons_word()
    {
        await using var bench = await Bench.StartAsync();
        using var forgotten = bench.Desk(money: new MoneyFolder(bench.Combine("other-money")));
        var launch = await bench.LaunchAsync(forgotten, Bench.Request("sleep 60"));
        await bench.Server.UntilClusterIsAsync(launch.Name, "UP").WaitAsync(TimeSpan.FromSeconds(10));

        using var desk = bench.Desk();
        var orphan = Assert.Single((await desk.ListAsync(true, None)).Value.Orphans);
        Assert.Equal(launch.Name, orphan.Name);
        Assert.Equal(launch.Name, Assert.Single((await desk.ReconcileAsync(None)).Value.Orphans).Name);
        Assert.Equal(CloudFailures.ApprovalChannel, (await desk.DownOrphanAsync(launch.Name, "mcp", None)).Failure.Code);
        Assert.Equal(CloudFailures.RunNotFound, (await desk.DownOrphanAsync("slipway-other", null, None)).Failure.Code);
        using var stranger = bench.Desk(home: "strange");
        Assert.Empty((await stranger.ListAsync(true, None)).Value.Orphans);
        Assert.Single(bench.Server.LiveClusters);

        Assert.Equal("gone", (await desk.DownOrphanAsync(launch.Name, null, None)).Value.State);
        Assert.Empty(bench.Server.LiveClusters);
        Assert.Empty((await desk.ListAsync(true, None)).Value.Orphans);
    }

    [Fact]
    public async Task Ending_a_launch_that_is_under_way_rents_nothing_afterwards()
    {
        await using var bench = await Bench.StartAsync();
        var gate = new TaskCompletionSource();
        bench.Server.Faults.Next("/launch", Fault.ProvisionWaits(gate.Task));
        using var desk = bench.Desk();
        var launch = await bench.LaunchAsync(desk, Bench.Request("sleep 60"));
        await bench.Server.UntilClusterIsAsync(launch.Name, "INIT").WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Empty((await desk.StopAsync(launch.Run, StopMode.Terminate, StopFetch.None, null, None)).Value.StillBills);
        gate.SetResult();
        Assert.Contains(bench.Server.Requests, static request => request.Path == "/api/cancel");
        Assert.Empty(bench.Server.LiveClusters);
    }

    [Fact]
    public async Task With_a_PIN_only_a_signed_policy_plans_and_launches()
    {
        await using var bench = await Bench.StartAsync();
        using var desk = bench.Desk();
        var early = (await desk.PlanAsync(Bench.Request("sleep 60"), None)).Value.Status.Plan.Id;
        var key = ApprovalKey.Create(bench.Money, "a long sentence").Value;
        await RefusedAsync(desk, early);

        using (var signer = (await key.UnlockAsync(bench.Money, "a long sentence", bench.Time, None)).Value)
        {
            Assert.True(bench.Policy.Sign(signer).IsOk);
        }

        Assert.True((await desk.PlanAsync(Bench.Request("sleep 61"), None)).IsOk);
        Assert.True((await desk.BudgetAsync(None)).IsOk);
        await File.AppendAllTextAsync(bench.Policy.Path, "# one more line\n", None);
        await RefusedAsync(desk, early);
        Assert.False((await desk.CheckAsync(None)).Value.Lines.Single(static line => line.Name == "policy").IsOk);
        Assert.DoesNotContain(bench.Server.Requests, static request => request.Path == "/launch");
    }

    private static async Task RefusedAsync(CloudDesk desk, PlanId plan)
    {
        FailureCode[] codes =
        [
            (await desk.EstimateAsync(Bench.Request(), None)).Failure.Code, (await desk.PlanAsync(Bench.Request(), None)).Failure.Code, (await desk.LaunchAsync(plan, None)).Failure.Code,
            (await desk.LaunchAsync(Bench.Request(), None)).Failure.Code, (await desk.BudgetAsync(None)).Failure.Code,
        ];
        Assert.All(codes, static code => Assert.Equal(CloudFailures.SignatureInvalid, code));
    }
}
