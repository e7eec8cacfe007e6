using Slipway.TestKit;
using Slipway.Workers.Connections;
using Slipway.Workers.Pools;
using Slipway.Workers.Tests.Support;

namespace Slipway.Workers.Tests.Pools;

/// <summary>What pools do when workers misbehave, and with time. The clock of most is moved by hand; the processes are real.</summary>
public sealed class LocalPoolTests(LocalPlace place) : PoolContract(place), IClassFixture<LocalPlace>
{
    private readonly ManualTimeProvider _time = new();

    private WorkerOptions Timed => WorkerPlace.Quick with { Time = _time };

    [Fact(Timeout = Limit)]
    public async Task Start_needs_one_worker_and_says_what_became_of_the_others()
    {
        // The first process that gets the folder comes up, the other one does not.
        var python = place.Folder.WriteFile("picky", $"#!/bin/sh\nmkdir '{place.Folder.Combine("taken")}' 2>/dev/null || {{ echo no room here >&2; exit 5; }}\nexec '{Pythons.Default.FullPath}' \"$@\"\n");
        File.SetUnixFileMode(python, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var reference = await place.PublishAsync(python);
        var pool = (await WorkerPool.OpenAsync(place.Host, reference, new PoolOptions { Worker = Timed with { Modules = [PoolWorld.Module] } }, default)).Ok();
        var failed = Assert.Single(pool.StartFailures);
        Assert.Equal((WorkerFailures.NotStarted, "no room here"), (failed.Code, failed.Detail));
        await using (var world = new PoolWorld(pool))
        {
            await world.UntilAsync(static now => now is { Ready: 1, Resting: 1 });

            // A call that nobody could take says what keeps the workers away.
            PoolWorld.Kill(await world.WhoAsync());
            await world.UntilAsync(static now => now is { Ready: 0, Resting: 2 });
            var call = PoolWorld.Call("who");
            var alone = world.Pool.CallAsync(call with { Call = call.Call with { Timeout = TimeSpan.FromSeconds(1) } }, default);
            _time.Advance(TimeSpan.FromSeconds(0.6));
            Assert.EndsWith("no room here", (await alone).Fails(WorkerFailures.QueueTimedOut).Detail);
            Directory.Delete(place.Folder.Combine("taken"));
            await world.UntilAsync(static now => now.Ready == 1, _time);
        }

        var none = (await WorkerPool.OpenAsync(place.Host, reference, new PoolOptions { Worker = Timed }, default)).Fails(WorkerFailures.NoWorkerReady);
        Assert.Equal("no room here", none.Detail);
        Assert.Contains("None of 2 workers came up", none.Message);
        (await WorkerPool.OpenAsync(place.Host, reference, new PoolOptions { Size = 0 }, default)).Fails(WorkerFailures.PoolSize);
    }

    [Fact(Timeout = Limit)]
    public async Task Full_queue_refuses_at_once_and_who_gives_up_leaves_it()
    {
        await using var world = await PoolWorld.OpenAsync(place, new PoolOptions { Size = 1, QueueLimit = 2 }, Timed);
        using var cancel = new CancellationTokenSource();
        var (running, _) = await world.BeginAsync(PoolWorld.Call("wait"), cancel.Token);
        using var leave = new CancellationTokenSource();
        var leaving = world.Pool.CallAsync(PoolWorld.Call("leave"), leave.Token);
        var staying = world.Pool.CallAsync(PoolWorld.Call("echo", ("number", 7)), default);
        Assert.Contains("2 calls wait for the 1 workers", (await world.Pool.CallAsync(PoolWorld.Call("echo"), default)).Fails(WorkerFailures.PoolSaturated).Message);
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        Assert.Equal((1, 1), (world.Pool.Statistics.Queued, world.Pool.Statistics.Busy));
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);

        // The one that left was never made: it would have ended the worker.
        Assert.Equal(7, (await staying).Ok().Values.GetProperty("number").GetInt32());
        Assert.Equal((0, 0L), (world.Pool.Statistics.Queued, world.Pool.Statistics.Restarts));
    }

    [Fact(Timeout = Limit)]
    public async Task Late_call_is_told_in_time_and_its_answer_goes_to_nobody_else()
    {
        await using var world = await PoolWorld.OpenAsync(place, new PoolOptions { Size = 1 }, Timed with { Grace = TimeSpan.FromHours(1) });
        var call = PoolWorld.Call("hold", ("seconds", 0.7));
        var (running, process) = await world.BeginAsync(call with { Call = call.Call with { Timeout = TimeSpan.FromSeconds(10) } });
        var queued = PoolWorld.Call("echo", ("number", 8));
        var late = world.Pool.CallAsync(queued with { Call = queued.Call with { Timeout = TimeSpan.FromSeconds(4) } }, default);
        var next = world.Pool.CallAsync(queued, default);

        // The inner limits: 2.8 s of 4 in the queue, and 8.8 s of 10 at work, where the worker keeps its lock and cannot hear that it should end.
        _time.Advance(TimeSpan.FromSeconds(2.7));
        Assert.Equal(2, world.Pool.Statistics.Queued);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Contains("within 4 s", (await late).Fails(WorkerFailures.QueueTimedOut).Message);
        _time.Advance(TimeSpan.FromSeconds(7.2));
        Assert.Contains("longer than 10 s", (await running).Fails(WorkerFailures.TimedOut).Message);
        Assert.Equal((1, 1), (world.Pool.Statistics.Busy, world.Pool.Statistics.Queued));
        Assert.Equal(8, (await next).Ok().Values.GetProperty("number").GetInt32());
        Assert.Equal(process, await world.WhoAsync());
    }

    [Fact(Timeout = Limit)]
    public async Task Call_that_hangs_ends_with_its_limit_and_garbage_with_its_worker_and_both_are_replaced()
    {
        await using var world = await PoolWorld.OpenAsync(place, new PoolOptions());
        var hang = PoolWorld.Call("hang");
        var hanging = world.Pool.CallAsync(hang with { Call = hang.Call with { Timeout = TimeSpan.FromSeconds(1) } }, default);
        var garbage = world.Pool.CallAsync(PoolWorld.Call("garbage", ("bytes", "ffffffffffffffffffffffff")), default);
        (await garbage).Fails(WorkerFailures.Garbage);
        (await hanging).Fails(WorkerFailures.TimedOut);
        await world.UntilAsync(static now => now is { Ready: 2, Restarts: 2 });
        (await world.Pool.CallAsync(PoolWorld.Call("chatter", ("lines", 2000)), default)).Ok();
        (await world.Pool.CallAsync(PoolWorld.Call("fail", ("how", "any")), default)).Fails(WorkerFailures.OperationFailed);
        Assert.Equal(2, world.Pool.Statistics.Restarts);
    }

    [Fact(Timeout = Limit)]
    public async Task Heartbeat_spares_a_call_with_a_limit_that_keeps_Pythons_lock_and_ends_one_without()
    {
        await using var world = await PoolWorld.OpenAsync(place, new PoolOptions { Size = 1, CallTimeout = null }, Timed);
        var call = PoolWorld.Call("hold", ("seconds", 0.8));
        var (limited, process) = await world.BeginAsync(call with { Call = call.Call with { Timeout = TimeSpan.FromHours(1) } });
        for (var second = 0; second < 100; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        (await limited).Ok();
        var (endless, same) = await world.BeginAsync(PoolWorld.Call("hold", ("seconds", 30)));
        Assert.Equal(process, same);
        Assert.Contains("answered no ping for 30 s", (await PoolWorld.AdvanceAsync(_time, endless)).Fails(WorkerFailures.Died).Message);
        await LiveProcesses.WaitForEndAsync(process, TimeSpan.FromSeconds(10));
        await world.UntilAsync(static now => now is { Ready: 1, Restarts: 1 }, _time);
        Assert.NotEqual(process, await world.WhoAsync());
    }

    [Fact(Timeout = Limit)]
    public async Task Workers_are_replaced_after_calls_age_or_memory_but_not_with_a_strict_session()
    {
        var options = new PoolOptions { Size = 1, Recycling = new RecycleRule { MostCalls = 2, MostAge = TimeSpan.FromMinutes(5), MostBytes = 200_000_000 } };
        await using var world = await PoolWorld.OpenAsync(place, options, Timed);
        int[] processes = [await world.WhoAsync(), await world.WhoAsync(), await world.WhoAsync()];
        Assert.Equal((true, false), (processes[0] == processes[1], processes[0] == processes[2]));
        await LiveProcesses.WaitForEndAsync(processes[0], TimeSpan.FromSeconds(10));

        // The rest is seen at the next ping.
        await world.UntilAsync(static now => now.Recycled == 2, _time, step: 2);
        await world.UntilAsync(static now => now is { Ready: 1 });
        (await world.Pool.CallAsync(PoolWorld.Call("grow", ("bytes", 250_000_000)), default)).Ok();
        await world.UntilAsync(static now => now is { Recycled: 3, Ready: 1 }, _time, step: 2);
        var session = new PoolSession("kept", SessionAffinity.StrictQueue);
        var kept = await world.WhoAsync(session);
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => world.WhoAsync(session))), process => Assert.Equal(kept, process));
        Assert.Equal((3L, 0L), (world.Pool.Statistics.Recycled, world.Pool.Statistics.Restarts));
        world.Pool.EndSession("kept");
        await world.UntilAsync(static now => now.Recycled == 4);
    }

    [Fact(Timeout = Limit)]
    public async Task Sessions_find_their_worker_and_strict_ones_never_another()
    {
        await using var world = await PoolWorld.OpenAsync(place, new PoolOptions());
        var (queue, fast, hint) = (new PoolSession("q", SessionAffinity.StrictQueue), new PoolSession("f", SessionAffinity.StrictFailFast), new PoolSession("h", SessionAffinity.Hint));
        using var cancel = new CancellationTokenSource();
        var (running, process) = await world.BeginAsync(PoolWorld.Call("wait") with { Session = fast }, cancel.Token);
        (await world.Pool.CallAsync(PoolWorld.Call("who") with { Session = fast }, default)).Fails(WorkerFailures.SessionBusy);
        var other = await world.WhoAsync(queue);
        Assert.All(new[] { await world.WhoAsync(queue), await world.WhoAsync(hint), await world.WhoAsync() }, seen => Assert.Equal(other, seen));
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal((process, other), (await world.WhoAsync(fast), await world.WhoAsync(hint)));

        // What waits for its worker is told when it ends.
        var (blocking, busy) = await world.BeginAsync(PoolWorld.Call("wait") with { Session = queue });
        Assert.Equal(other, busy);
        var waiting = world.Pool.CallAsync(PoolWorld.Call("who") with { Session = queue }, default);
        Assert.Equal(process, await world.WhoAsync(hint));
        PoolWorld.Kill(other);
        (await blocking).Fails(WorkerFailures.Died);
        Assert.Contains("session q", (await waiting).Fails(WorkerFailures.SessionLost).Message);
        (await world.Pool.CallAsync(PoolWorld.Call("who") with { Session = queue, IsIdempotent = true }, default)).Fails(WorkerFailures.SessionLost);
        await world.UntilAsync(static now => now.Ready == 2);
        (await world.Pool.CallAsync(PoolWorld.Call("who") with { Session = queue }, default)).Fails(WorkerFailures.SessionLost);
        world.Pool.EndSession("q");
        Assert.NotEqual(other, await world.WhoAsync(queue));
    }

    [Fact(Timeout = Limit)]
    public async Task Breaker_refuses_after_five_deaths_and_restarts_rest()
    {
        await using var world = await PoolWorld.OpenAsync(place, new PoolOptions { Size = 1, CallTimeout = TimeSpan.FromHours(1) }, Timed);
        for (var i = 0; i < 5; i++)
        {
            (await PoolWorld.AdvanceAsync(_time, world.Pool.CallAsync(PoolWorld.Call("kill"), default), step: i < 3 ? 0.01 : 0.2)).Fails(WorkerFailures.Died);
            Assert.Equal(i == 4, world.Pool.Statistics.IsOpen);
            if (i == 3)
            {
                await world.UntilAsync(static now => now is { Resting: 1, Restarts: 3 });
            }
        }

        (await world.Pool.CallAsync(PoolWorld.Call("who"), default)).Fails(WorkerFailures.CircuitOpen);
        await world.UntilAsync(static now => now is { Ready: 1, Restarts: 5 }, _time, step: 0.1);
        _time.Advance(TimeSpan.FromSeconds(30));
        await world.WhoAsync();
        Assert.False(world.Pool.Statistics.IsOpen);
    }

    [Fact(Timeout = Limit)]
    public async Task Stream_always_ends_with_the_end_and_a_slow_reader_loses_the_oldest_events_aloud()
    {
        await using var world = await PoolWorld.OpenAsync(place, new PoolOptions { Size = 1 });
        var numbers = new List<long>();
        PoolStreamItem? end = null;
        await foreach (var item in world.Pool.StreamAsync(PoolWorld.Call("steps", ("count", 250)), default))
        {
            if (item.End is not null)
            {
                end = item;
                continue;
            }

            numbers.Add(item.Number);
            Assert.Equal(item.Number, item.Event!.Data.GetProperty("step").GetInt64());
            await world.UntilAsync(static now => now.Busy == 0);
        }

        end!.End!.Ok();
        Assert.Equal((250L, 250L), (end.Number, numbers.Count + end.Dropped));
        Assert.InRange(numbers.Count, 100, 102);
        Assert.Equal((Enumerable.Range(150, 100).Select(static number => (long)number)), numbers[^100..]);

        await foreach (var item in world.Pool.StreamAsync(PoolWorld.Call("kill"), default))
        {
            item.End!.Fails(WorkerFailures.Died);
        }

        // Who stops reading cancels the call.
        await foreach (var item in world.Pool.StreamAsync(PoolWorld.Call("wait"), default))
        {
            Assert.Equal("begun", item.Event!.Name);
            break;
        }

        Assert.Equal((0, 1L), (world.Pool.Statistics.Busy, world.Pool.Statistics.Restarts));
    }
}
