using Slipway.Workers.Connections;

namespace Slipway.Workers.Pools;

/// <summary>How a pool is made and treated.</summary>
public sealed record PoolOptions
{
    /// <summary>The most workers on a host over SSH: each is a session of the one connection, of which a machine has eight, and two stay for everything else.</summary>
    public const int MostOverSsh = 6;

    /// <summary>The most workers on this machine.</summary>
    public const int MostHere = 256;

    /// <summary>How its workers are started. Its clock is the clock of the pool.</summary>
    public WorkerOptions Worker { get; init; } = WorkerOptions.Default;

    /// <summary>How many workers there are.</summary>
    public int Size { get; init; } = 2;

    /// <summary>How many calls may wait; one more fails at once with <c>WRK0301</c>.</summary>
    public int QueueLimit { get; init; } = 1000;

    /// <summary>The time of a call that names none, its wait included; null for no limit.</summary>
    public TimeSpan? CallTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How many threads the numerical libraries of one worker take, told by the variables of OpenMP, MKL, OpenBLAS and NumExpr; null leaves it to them.
    /// The caller's own variables win.
    /// </summary>
    public int? ThreadsPerWorker { get; init; } = 1;

    /// <summary>How workers show that they live.</summary>
    public HeartbeatRule Heartbeat { get; init; } = new();

    /// <summary>How workers that ended are replaced.</summary>
    public RestartRule Restarts { get; init; } = new();

    /// <summary>How calls are repeated whose worker ended.</summary>
    public CrashRule Crashes { get; init; } = new();

    /// <summary>When calls are refused for a while.</summary>
    public BreakerRule Breaker { get; init; } = new();

    /// <summary>When workers are replaced that are well.</summary>
    public RecycleRule Recycling { get; init; } = new();

    /// <summary>How long sessions last, and how many there are.</summary>
    public SessionRule Sessions { get; init; } = new();
}

/// <summary>
/// How workers show that they live. A ping is answered while an operation runs, except where the operation keeps Python's lock; so pings that are
/// missed during a call with a time limit do not count (its limit ends it), and those during a call without one do.
/// </summary>
public sealed record HeartbeatRule
{
    /// <summary>The time from one answer to the next ping.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long an answer may take until it counts as missed once.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many may be missed in a row until the worker is ended and replaced.</summary>
    public int MostMissed { get; init; } = 3;
}
