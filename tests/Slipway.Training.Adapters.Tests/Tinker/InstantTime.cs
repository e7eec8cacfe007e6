namespace Slipway.Training.Adapters.Tests.Tinker;

/// <summary>A clock whose waits end at once: it jumps to their ends, and remembers how long they were.</summary>
internal sealed class InstantTime : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<double> _waits = [];
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>The waits so far, in seconds.</summary>
    public IReadOnlyList<double> Waits
    {
        get
        {
            lock (_gate)
            {
                return [.. _waits];
            }
        }
    }

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime > TimeSpan.Zero)
        {
            lock (_gate)
            {
                _waits.Add(dueTime.TotalSeconds);
            }

            Interlocked.Add(ref _ticks, dueTime.Ticks);
        }

        if (dueTime >= TimeSpan.Zero)
        {
            ThreadPool.QueueUserWorkItem(_ => callback(state));
        }

        return new Done();
    }

    private sealed class Done : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => false;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
