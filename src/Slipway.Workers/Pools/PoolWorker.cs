using Slipway.Workers.Connections;

namespace Slipway.Workers.Pools;

/// <summary>One worker of a pool, from its start to its end; what replaces it is another one.</summary>
internal sealed class PoolWorker(long number, WorkerConnection connection, TimeSpan started)
{
    private readonly TaskCompletionSource _retired = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _calls;
    private long _bytes;
    private bool _hasLimit;

    public long Number => number;

    public WorkerConnection Connection => connection;

    public TimeSpan Started => started;

    public bool IsDead => connection.Failure is not null;

    /// <summary>Whether what runs now ends by a time limit of its own.</summary>
    public bool HasLimit => Volatile.Read(ref _hasLimit);

    /// <summary>Ends when the worker is to be replaced though it is well.</summary>
    public Task Retired => _retired.Task;

    public void Begin(bool hasLimit)
    {
        Interlocked.Increment(ref _calls);
        Volatile.Write(ref _hasLimit, hasLimit);
    }

    public void End() => Volatile.Write(ref _hasLimit, value: false);

    public void Weigh(long bytes) => Volatile.Write(ref _bytes, bytes);

    public bool IsDue(RecycleRule rule, TimeSpan now) => rule.IsDue(now - started, Volatile.Read(ref _calls), Volatile.Read(ref _bytes));

    public void Retire() => _retired.TrySetResult();
}
