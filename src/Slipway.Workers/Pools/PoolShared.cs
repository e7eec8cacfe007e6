using Slipway.Core.Failures;
using Slipway.Workers.Connections;

namespace Slipway.Workers.Pools;

/// <summary>What the places of a pool share.</summary>
internal sealed class PoolShared
{
    private readonly long _start;
    private long _lastNumber;
    private volatile Failure? _startFailure;

    /// <summary>Shares options and the way in which a worker is started.</summary>
    public PoolShared(PoolOptions options, Func<CancellationToken, Task<Result<WorkerConnection>>> open)
    {
        (Options, Open) = (options, open);
        _start = Time.GetTimestamp();
        Board = new PoolBoard(options, Now);
    }

    public PoolOptions Options { get; }

    /// <summary>Starts a worker.</summary>
    public Func<CancellationToken, Task<Result<WorkerConnection>>> Open { get; }

    /// <summary>Who is free and who waits.</summary>
    public PoolBoard Board { get; }

    /// <summary>Why the last start failed; null when it did not.</summary>
    public Failure? StartFailure
    {
        get => _startFailure;
        set => _startFailure = value;
    }

    public TimeProvider Time => Options.Worker.Time;

    /// <summary>The time since the pool was made, which no change of the wall clock moves.</summary>
    public TimeSpan Now() => Time.GetElapsedTime(_start);

    /// <summary>A number that no other worker of the pool has or had.</summary>
    public long NextNumber() => Interlocked.Increment(ref _lastNumber);
}
