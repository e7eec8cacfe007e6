using System.Text.Json.Nodes;
using Slipway.Machines;
using Slipway.TestKit;
using Slipway.Workers.Connections;
using Slipway.Workers.Pools;
using Slipway.Workers.Tests.Support;

namespace Slipway.Workers.Tests.Pools;

/// <summary>What holds for a pool wherever its workers run.</summary>
public abstract class PoolContract(WorkerPlace place)
{
    private protected const int Limit = 60_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Fact(Timeout = Limit)]
    public async Task Many_callers_share_few_workers_and_each_gets_its_own_answer()
    {
        await using var world = await PoolWorld.OpenAsync(place, new PoolOptions());
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(number => world.Pool.CallAsync(PoolWorld.Call("echo", ("number", number)), default)));
        Assert.Equal(Enumerable.Range(0, 200), answers.Select(static answer => answer.Ok().Values.GetProperty("number").GetInt32()));
        Assert.Equal(new PoolStatistics(2, 2, 0, 0, 0, 0, 0, 0, IsOpen: false), world.Pool.Statistics);
        var seen = (await world.Pool.CallAsync(PoolWorld.Call("who"), default)).Ok().Values.GetProperty("threads");
        Assert.Equal("[\"1\",\"1\"]", seen.GetRawText().Replace(" ", string.Empty, StringComparison.Ordinal));
    }

    [Fact(Timeout = Limit)]
    public async Task Worker_that_is_killed_is_replaced_and_its_call_repeated_only_where_it_may_be()
    {
        await using var world = await PoolWorld.OpenAsync(place, new PoolOptions());
        var (running, process) = await world.BeginAsync(PoolWorld.Call("wait"));
        PoolWorld.Kill(process);
        Assert.Matches("signal 9|exit code 137", (await running).Fails(WorkerFailures.Died).Message);

        var mark = place.Folder.Combine(Guid.NewGuid().ToString("N"));
        (await world.Pool.CallAsync(PoolWorld.Call("once", ("mark", mark)), default)).Fails(WorkerFailures.Died);
        (await world.Pool.CallAsync(PoolWorld.Call("once", ("mark", mark + "2")) with { IsIdempotent = true }, default)).Ok();
        (await world.Pool.CallAsync(PoolWorld.Call("once", ("mark", mark + "3"), ("tells", true)) with { IsIdempotent = true }, default)).Fails(WorkerFailures.Died);

        // At most once: a call that ends every worker ends two.
        await world.UntilAsync(static now => now.Ready == 2);
        var before = world.Pool.Statistics.Restarts;
        (await world.Pool.CallAsync(PoolWorld.Call("kill") with { IsIdempotent = true }, default)).Fails(WorkerFailures.Died);
        await world.UntilAsync(now => now.Ready == 2 && now.Restarts == before + 2);
        await world.WhoAsync();
    }

    [Fact(Timeout = Limit)]
    public async Task Closing_leaves_no_process_whatever_they_do()
    {
        var world = await PoolWorld.OpenAsync(place, new PoolOptions { Size = 3 });
        var (hanging, child) = await HangAsync(world);
        var (waiting, process) = await world.BeginAsync(PoolWorld.Call("wait"));
        var idle = await world.WhoAsync();
        var (blocked, holder) = await world.BeginAsync(PoolWorld.Call("hold", ("seconds", 30)));
        var queued = world.Pool.CallAsync(PoolWorld.Call("who"), default);
        await world.DisposeAsync();
        (await hanging).Fails(WorkerFailures.Closed);
        (await waiting).Fails(WorkerFailures.Closed);
        (await blocked).Fails(WorkerFailures.Closed);
        (await queued).Fails(WorkerFailures.PoolClosed);
        (await world.Pool.CallAsync(PoolWorld.Call("who"), default)).Fails(WorkerFailures.PoolClosed);
        foreach (var id in (int[])[child, process, idle, holder])
        {
            await LiveProcesses.WaitForEndAsync(id, Patience);
        }

        await world.DisposeAsync();
    }

    private static async Task<(Task<Slipway.Core.Failures.Result<WorkerAnswer>> Running, int Child)> HangAsync(PoolWorld world)
    {
        var child = new TaskCompletionSource<int>();
        var running = world.Pool.CallAsync(new PoolCall(new WorkerCall("hang") { Progress = told => child.TrySetResult(told.Data.GetProperty("child").GetInt32()) }), default);
        return (running, await child.Task.WaitAsync(Patience));
    }
}

public sealed class SshPoolTests(SshPlace place) : PoolContract(place), IClassFixture<SshPlace>
{
    [Fact(Timeout = Limit)]
    public async Task Pool_leaves_the_connection_of_a_host_some_room()
    {
        var environment = (await WorkerEnvironment.FindAsync(place.Host, await place.PublishAsync(Pythons.Default.FullPath), default)).Ok();
        Assert.Contains("1 to 6 workers, not 7", (await WorkerPool.OpenAsync(place.Host, environment, new PoolOptions { Size = 7 }, default)).Fails(WorkerFailures.PoolSize).Message);
    }
}
