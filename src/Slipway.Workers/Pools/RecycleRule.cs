namespace Slipway.Workers.Pools;

/// <summary>
/// When a worker is replaced that is well: never within a call, and never while it holds a strict session. Without limits, as by default, it is not;
/// workers that hold no state do well with 30 minutes and 10,000 calls.
/// </summary>
public sealed record RecycleRule
{
    /// <summary>The age at which a worker is replaced.</summary>
    public TimeSpan? MostAge { get; init; }

    /// <summary>The number of calls after which a worker is replaced.</summary>
    public long? MostCalls { get; init; }

    /// <summary>The bytes in memory, as its last answer to a ping told them, over which a worker is replaced.</summary>
    public long? MostBytes { get; init; }

    /// <summary>Whether a worker is due.</summary>
    internal bool IsDue(TimeSpan age, long calls, long bytes) => age >= MostAge || calls >= MostCalls || bytes > MostBytes;
}
