using Slipway.TestKit;
using Slipway.Workers.Pools;

namespace Slipway.Workers.Tests.Pools;

/// <summary>The rules of pools, without processes.</summary>
public sealed class PoolRuleTests
{
    [Fact]
    public void Place_rests_after_three_restarts_in_five_seconds_and_longer_each_time()
    {
        var policy = new RestartPolicy(new RestartRule());
        double[] waits = [.. Enumerable.Range(0, 12).Select(step => policy.Next(Seconds(step * 0.1), Seconds(0.1)).TotalSeconds)];
        Assert.Equal([0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 4], waits);

        // Two seconds apart there are never three within five seconds but one: nobody rests.
        Assert.All(Enumerable.Range(0, 20), step => Assert.Equal(0, policy.Next(Seconds(100 + (step * 2)), Seconds(2)).TotalSeconds));

        // A worker that does not come up rests at once; one that lived long makes the rests short again; none is longer than a minute.
        Assert.Equal(8, policy.Next(Seconds(200), lived: null).TotalSeconds);
        Assert.Equal(0, policy.Next(Seconds(300), Seconds(61)).TotalSeconds);
        Assert.Equal([1, 2, 4, 8, 16, 32, 60, 60], Enumerable.Range(0, 8).Select(step => policy.Next(Seconds(400 + step), lived: null).TotalSeconds));
    }

    [Fact]
    public void Repetitions_wait_longer_while_workers_keep_ending()
    {
        var barrier = new CrashBarrier(new CrashRule());
        Assert.Equal([50, 100, 200, 200, 50], new[] { 0, 1, 2, 3, 64 }.Select(second => barrier.Note(Seconds(second)).TotalMilliseconds));
    }

    [Fact]
    public void Breaker_opens_after_five_bad_ends_and_tries_one_call_after_thirty_seconds()
    {
        var breaker = new CircuitBreaker(new BreakerRule());
        void End(CallVerdict verdict, double second) => breaker.Leave(breaker.Enter(Seconds(second)), verdict, Seconds(second));
        for (var i = 0; i < 4; i++)
        {
            End(CallVerdict.Bad, 0);
        }

        End(CallVerdict.None, 0);
        End(CallVerdict.Good, 0);
        for (var i = 0; i < 5; i++)
        {
            Assert.False(breaker.IsOpen);
            End(CallVerdict.Bad, 1);
        }

        Assert.True(breaker.IsOpen);
        Assert.Equal(Admission.Refused, breaker.Enter(Seconds(30.9)));
        Assert.Equal(Admission.Trial, breaker.Enter(Seconds(31)));
        Assert.Equal(Admission.Refused, breaker.Enter(Seconds(32)));
        breaker.Leave(Admission.Trial, CallVerdict.None, Seconds(33));
        Assert.Equal(Admission.Trial, breaker.Enter(Seconds(33)));
        breaker.Leave(Admission.Trial, CallVerdict.Bad, Seconds(34));
        breaker.Leave(Admission.Admitted, CallVerdict.Good, Seconds(35));
        Assert.Equal(Admission.Refused, breaker.Enter(Seconds(63)));
        Assert.Equal(Admission.Trial, breaker.Enter(Seconds(64)));
        breaker.Leave(Admission.Trial, CallVerdict.Good, Seconds(65));
        Assert.Equal((Admission.Admitted, false), (breaker.Enter(Seconds(65)), breaker.IsOpen));
    }

    [Fact]
    public void Inner_limits_follow_from_the_callers()
    {
        Assert.Equal([58.8, 8.8, 1.2, 0.5], new[] { 60, 10, 2.4, 1 }.Select(static total => Math.Round(DeadlineBudget.Inner(Seconds(total)).TotalSeconds, 6)));
        var time = new ManualTimeProvider();
        var (budget, none) = (new DeadlineBudget(time, Seconds(60)), new DeadlineBudget(time, total: null));
        time.Advance(Seconds(10));
        Assert.Equal((Seconds(50), Seconds(48.8)), (budget.Left, budget.InnerLeft));
        Assert.Equal((null, null), (none.Left, none.InnerLeft));
        time.Advance(Seconds(60));
        Assert.Equal((TimeSpan.Zero, TimeSpan.Zero), (budget.Left, budget.InnerLeft));
    }

    [Fact]
    public void Sessions_keep_their_seat_for_an_hour_and_strict_ones_are_lost_aloud()
    {
        var table = new SessionTable(new SessionRule { Most = 3 });
        var (hint, strict) = (new PoolSession("h", SessionAffinity.Hint), new PoolSession("s", SessionAffinity.StrictQueue));
        Assert.True(table.TrySeat(hint, 1, Seconds(0)) && table.TrySeat(strict, 1, Seconds(1)) && table.TrySeat(strict with { Id = "t" }, 2, Seconds(2)));
        Assert.Equal((true, false), (table.HasStrict(1, Seconds(3)), table.HasStrict(3, Seconds(3))));

        // The oldest hint makes room, a strict session never does.
        Assert.True(table.TrySeat(strict with { Id = "u" }, 2, Seconds(3)));
        Assert.Null(table.Find("h", Seconds(3)));
        Assert.False(table.TrySeat(hint, 1, Seconds(4)));
        table.Touch("s", Seconds(10));
        table.Lose(1);
        Assert.True(table.Find("s", Seconds(3609))!.IsLost);
        Assert.Null(table.Find("s", Seconds(3610)));
        Assert.False(table.Find("u", Seconds(3602))!.IsLost);
        Assert.Null(table.Find("u", Seconds(3603)));
        Assert.True(table.TrySeat(hint, 5, Seconds(4000)));
        Assert.Equal(1, table.Count);
        table.Lose(5);
        Assert.Equal(0, table.Count);
    }

    [Fact]
    public void Recycling_is_due_by_age_calls_or_memory_and_by_default_never()
    {
        var rule = new RecycleRule { MostAge = Seconds(60), MostCalls = 10, MostBytes = 1000 };
        Assert.Equal([false, true, true, true], new[] { rule.IsDue(Seconds(59), 9, 1000), rule.IsDue(Seconds(60), 0, 0), rule.IsDue(default, 10, 0), rule.IsDue(default, 0, 1001) });
        Assert.False(new RecycleRule().IsDue(TimeSpan.MaxValue, long.MaxValue, long.MaxValue));
    }

    private static TimeSpan Seconds(double value) => TimeSpan.FromSeconds(value);
}
