using System.Collections.Immutable;

namespace Slipway.Workers.Pools;

/// <summary>How calls are repeated whose worker ended: only those that may be, and at most once.</summary>
public sealed record CrashRule
{
    /// <summary>The waits before the repetition: the first after the first end of a worker within <see cref="Taint"/>, and so on; the last holds for all further ones.</summary>
    public ImmutableArray<TimeSpan> Waits { get; init; } = [TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(200)];

    /// <summary>How long the end of a worker makes the next waits longer.</summary>
    public TimeSpan Taint { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>Counts the ends of workers, and says how long a call waits that is to be repeated.</summary>
internal sealed class CrashBarrier(CrashRule rule)
{
    private readonly Lock _lock = new();
    private readonly Queue<TimeSpan> _recent = [];

    /// <summary>Notes an end at a time of the clock of the pool; gives the wait.</summary>
    public TimeSpan Note(TimeSpan now)
    {
        lock (_lock)
        {
            while (_recent.TryPeek(out var first) && now - first >= rule.Taint)
            {
                _recent.Dequeue();
            }

            if (_recent.Count == rule.Waits.Length)
            {
                _recent.Dequeue();
            }

            _recent.Enqueue(now);
            return rule.Waits[_recent.Count - 1];
        }
    }
}
