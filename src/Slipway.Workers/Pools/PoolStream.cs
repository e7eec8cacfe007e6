using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Slipway.Core.Failures;
using Slipway.Workers.Connections;

namespace Slipway.Workers.Pools;

/// <summary>
/// One item of a stream: an event, or the end, which is always the last item. At most 100 events wait for a slow reader; then the oldest are
/// dropped, so that neither memory grows nor the worker's other answers wait. The gaps show in the numbers, and the end counts them.
/// </summary>
/// <param name="Number">The number of the event, from 0; at the end the number of all events.</param>
public sealed record PoolStreamItem(long Number)
{
    /// <summary>What was told; null at the end.</summary>
    public WorkerEvent? Event { get; init; }

    /// <summary>How the call ended; null before the end.</summary>
    public Result<WorkerAnswer>? End { get; init; }

    /// <summary>At the end: how many events were dropped.</summary>
    public long Dropped { get; init; }
}

/// <summary>Turns a call and what it tells into a stream.</summary>
internal static class PoolStream
{
    /// <summary>How many events wait for the reader.</summary>
    public const int Most = 100;

    /// <summary>Makes the call when it is read; a reader that stops cancels it.</summary>
    public static async IAsyncEnumerable<PoolStreamItem> ReadAsync(PoolCaller caller, PoolCall call, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long count = 0, dropped = 0;
        var events = Channel.CreateBounded<PoolStreamItem>(
            new BoundedChannelOptions(Most) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true }, _ => Interlocked.Increment(ref dropped));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var told = call with { Call = call.Call with { Progress = item => events.Writer.TryWrite(new PoolStreamItem(count++) { Event = item }) } };
        var running = RunAsync(caller, told, events.Writer, stop.Token);
        try
        {
            await foreach (var item in events.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            {
                yield return item;
            }

            yield return new PoolStreamItem(count) { End = await running.ConfigureAwait(false), Dropped = Interlocked.Read(ref dropped) };
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task<Result<WorkerAnswer>> RunAsync(PoolCaller caller, PoolCall call, ChannelWriter<PoolStreamItem> events, CancellationToken cancellationToken)
    {
        try
        {
            return await caller.CallAsync(call, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            events.Complete();
        }
    }
}
