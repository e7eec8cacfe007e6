namespace Slipway.Machines.Tests.Support;

/// <summary>A clock that a test moves; timers fire inside <see cref="Advance"/>.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<ManualTimer> _timers = [];
    private readonly List<(TimeSpan Due, TaskCompletionSource Made)> _expected = [];
    private TimeSpan _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _now.Ticks;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + _now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(() => callback(state), _now + dueTime);
        lock (_gate)
        {
            _timers.Add(timer);
            foreach (var (due, made) in _expected.Where(e => e.Due == dueTime))
            {
                made.TrySetResult();
            }
        }

        return timer;
    }

    /// <summary>When a timer with this delay has been made.</summary>
    public Task TimerAsync(TimeSpan due)
    {
        var made = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _expected.Add((due, made));
            if (_timers.Exists(t => t.Due == _now + due))
            {
                made.TrySetResult();
            }
        }

        return made.Task;
    }

    public void Advance(TimeSpan by)
    {
        List<ManualTimer> due;
        lock (_gate)
        {
            _now += by;
            due = _timers.FindAll(t => t.Due <= _now);
            _timers.RemoveAll(t => t.Due <= _now);
        }

        due.ForEach(static t => t.Fire());
    }

    private sealed class ManualTimer(Action fire, TimeSpan due) : ITimer
    {
        private bool _disposed;

        public TimeSpan Due => due;

        public void Fire()
        {
            if (!_disposed)
            {
                fire();
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => false;

        public void Dispose() => _disposed = true;

        public ValueTask DisposeAsync()
        {
            _disposed = true;
            return ValueTask.CompletedTask;
        }
    }
}
