namespace Slipway.Workers.Pools;

/// <summary>
/// The one time limit of a call, from which all inner ones follow: the worker has until 1,200 ms before the caller's (1,000 to carry the answer back
/// and 200 to notice), and never less than half of the caller's. A wait in the queue takes from the same budget.
/// </summary>
internal sealed class DeadlineBudget(TimeProvider time, TimeSpan? total)
{
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(1000 + 200);
    private readonly long _start = time.GetTimestamp();

    /// <summary>The caller's limit; null for none.</summary>
    public TimeSpan? Total => total;

    /// <summary>What is left of the caller's limit.</summary>
    public TimeSpan? Left => LeftOf(total);

    /// <summary>What is left of the worker's limit.</summary>
    public TimeSpan? InnerLeft => LeftOf(total is { } limit ? Inner(limit) : null);

    /// <summary>The worker's limit: 60 s of the caller's are 58.8 s of the worker's.</summary>
    public static TimeSpan Inner(TimeSpan total) => total - Margin > total / 2 ? total - Margin : total / 2;

    private TimeSpan? LeftOf(TimeSpan? limit)
    {
        var left = limit - time.GetElapsedTime(_start);
        return left < TimeSpan.Zero ? TimeSpan.Zero : left;
    }
}
