namespace Slipway.TestKit.Tests;

public sealed class ManualTimeProviderTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Advance_runs_timers_in_order_each_at_its_own_time()
    {
        var start = _time.GetUtcNow();
        var fired = new List<string>();
        using var late = Timer("late", 3, Timeout.InfiniteTimeSpan, fired, start);
        using var periodic = Timer("tick", 1, TimeSpan.FromSeconds(2), fired, start);

        _time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Empty(fired);
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(["tick@1", "late@3", "tick@3", "tick@5"], fired);
        Assert.Equal(start.AddSeconds(5.5), _time.GetUtcNow());
        Assert.Equal(1, _time.ActiveTimers);
    }

    [Fact]
    public void Wall_clock_set_backwards_moves_no_timer_and_no_duration()
    {
        var begun = _time.GetTimestamp();
        var fired = 0;
        using var timer = _time.CreateTimer(_ => fired++, null, TimeSpan.FromSeconds(10), Timeout.InfiniteTimeSpan);

        _time.SetUtcNow(_time.GetUtcNow().AddDays(-1));
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(0, fired);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(1, fired);
        Assert.Equal(TimeSpan.FromSeconds(10), _time.GetElapsedTime(begun));
    }

    [Fact]
    public void Changed_timer_fires_anew_and_disposed_timer_never()
    {
        var fired = 0;
        var timer = _time.CreateTimer(_ => fired++, null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        _time.Advance(TimeSpan.FromSeconds(1));
        timer.Change(TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        _time.Advance(TimeSpan.FromSeconds(1));
        timer.Change(TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        timer.Dispose();
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(2, fired);
        Assert.False(timer.Change(TimeSpan.Zero, TimeSpan.Zero));
    }

    [Fact]
    public async Task Delay_ends_when_the_clock_reaches_it()
    {
        var armed = _time.WaitForTimersAsync();
        var delay = Task.Delay(TimeSpan.FromMinutes(5), _time);
        await armed.WaitAsync(TimeSpan.FromSeconds(10));

        _time.Advance(TimeSpan.FromMinutes(4));
        Assert.False(delay.IsCompleted);
        _time.Advance(TimeSpan.FromMinutes(1));

        await delay.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void Cancellation_after_a_time_follows_the_clock()
    {
        using var source = new CancellationTokenSource(TimeSpan.FromSeconds(3), _time);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.False(source.IsCancellationRequested);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(source.IsCancellationRequested);
    }

    private ITimer Timer(string name, int due, TimeSpan period, List<string> fired, DateTimeOffset start) => _time.CreateTimer(
        _ => fired.Add($"{name}@{(_time.GetUtcNow() - start).TotalSeconds}"), null, TimeSpan.FromSeconds(due), period);
}
