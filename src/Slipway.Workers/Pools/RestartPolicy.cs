namespace Slipway.Workers.Pools;

/// <summary>How often a place of a pool may start a worker anew before it rests.</summary>
public sealed record RestartRule
{
    /// <summary>How many restarts may follow each other within <see cref="Window"/>.</summary>
    public int Intensity { get; init; } = 3;

    /// <summary>The time in which they are counted.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The first rest; each further one is twice as long.</summary>
    public TimeSpan FirstRest { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest rest.</summary>
    public TimeSpan LongestRest { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A worker that lived so long makes the next rest a first one.</summary>
    public TimeSpan Settled { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>Says how long a place waits until it starts its next worker. Pure; not safe to use concurrently.</summary>
internal sealed class RestartPolicy(RestartRule rule)
{
    private readonly Queue<TimeSpan> _recent = [];
    private int _rests;

    /// <summary>The wait before the next start.</summary>
    /// <param name="now">The time of the clock of the pool.</param>
    /// <param name="lived">How long the worker lived; null when it did not come up, which is reason enough to rest.</param>
    public TimeSpan Next(TimeSpan now, TimeSpan? lived)
    {
        if (lived >= rule.Settled)
        {
            _rests = 0;
        }

        while (_recent.TryPeek(out var first) && now - first >= rule.Window)
        {
            _recent.Dequeue();
        }

        if (lived is not null && _recent.Count < rule.Intensity)
        {
            _recent.Enqueue(now);
            return TimeSpan.Zero;
        }

        _recent.Clear();
        var rest = rule.FirstRest * Math.Pow(2, Math.Min(_rests++, 30));
        return rest < rule.LongestRest ? rest : rule.LongestRest;
    }
}
