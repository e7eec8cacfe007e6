using Slipway.Workers.Connections;

namespace Slipway.Workers.Pools;

/// <summary>A call of any worker of a pool.</summary>
/// <param name="Call">The call. Its time limit is that of the whole: the wait for a worker, the work, the way back, and a repetition. Null takes the pool's.</param>
public sealed record PoolCall(WorkerCall Call)
{
    /// <summary>
    /// Whether it does no harm to make the call twice. Only then is it repeated when its worker ended, at most once, and only when it had told nothing yet.
    /// </summary>
    public bool IsIdempotent { get; init; }

    /// <summary>The session to which it belongs; null for none.</summary>
    public PoolSession? Session { get; init; }
}

/// <summary>A session: calls that want the same worker, because it keeps something for them.</summary>
/// <param name="Id">The caller's name for it.</param>
/// <param name="Affinity">How much they want it; the same in all calls.</param>
public sealed record PoolSession(string Id, SessionAffinity Affinity);

/// <summary>How much the calls of a session want the same worker.</summary>
public enum SessionAffinity
{
    /// <summary>They go to it when it is free, and else to any.</summary>
    Hint,

    /// <summary>They wait for it. When it is gone they fail with <c>WRK0304</c> until the session is ended.</summary>
    StrictQueue,

    /// <summary>The same, but they fail at once with <c>WRK0305</c> while it is busy.</summary>
    StrictFailFast,
}

/// <summary>What a pool is doing.</summary>
/// <param name="Size">How many workers it is to have.</param>
/// <param name="Ready">How many it has: up, and free or busy.</param>
/// <param name="Busy">How many of these are busy.</param>
/// <param name="Queued">How many calls wait.</param>
/// <param name="Resting">How many places wait before they start another worker.</param>
/// <param name="Restarts">How many workers were started for others that ended.</param>
/// <param name="Recycled">How many workers were replaced that were well.</param>
/// <param name="Sessions">How many sessions are kept.</param>
/// <param name="IsOpen">Whether calls are refused for a while (<c>WRK0303</c>).</param>
public sealed record PoolStatistics(int Size, int Ready, int Busy, int Queued, int Resting, long Restarts, long Recycled, int Sessions, bool IsOpen);
