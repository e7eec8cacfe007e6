using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Workers.Connections;

namespace Slipway.Workers.Pools;

/// <summary>A place of a pool: it has one worker at a time, watches it, and starts another when it has ended, for as long as the pool lives.</summary>
/// <param name="pool">What the places of a pool share.</param>
internal sealed class PoolSlot(PoolShared pool)
{
    private readonly RestartPolicy _restarts = new(pool.Options.Restarts);
    private readonly TaskCompletionSource<Failure?> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _restarted;
    private long _recycled;
    private bool _isResting;

    /// <summary>How the first start went: null when the worker came up.</summary>
    public Task<Failure?> First => _first.Task;

    public long Restarted => Interlocked.Read(ref _restarted);

    public long Recycled => Interlocked.Read(ref _recycled);

    public bool IsResting => Volatile.Read(ref _isResting);

    /// <summary>Lives until the pool stops; then no process of it is left.</summary>
    public async Task LiveAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                var (lived, wasRetired) = await OneAsync(stop).ConfigureAwait(false);
                stop.ThrowIfCancellationRequested();
                if (wasRetired)
                {
                    Interlocked.Increment(ref _recycled);
                    continue;
                }

                await RestAsync(_restarts.Next(pool.Now(), lived), stop).ConfigureAwait(false);
                Interlocked.Increment(ref _restarted);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            _first.TrySetResult(new Failure(WorkerFailures.PoolClosed, "The pool was closed while its workers came up."));
        }
        catch (Exception defect)
        {
            // Who waits for the first start must not wait for ever.
            _first.TrySetException(defect);
            throw;
        }
    }

    private async Task RestAsync(TimeSpan rest, CancellationToken stop)
    {
        if (rest == TimeSpan.Zero)
        {
            return;
        }

        Volatile.Write(ref _isResting, value: true);
        await Task.Delay(rest, pool.Time, stop).ConfigureAwait(false);
        Volatile.Write(ref _isResting, value: false);
    }

    private async Task<(TimeSpan? Lived, bool WasRetired)> OneAsync(CancellationToken stop)
    {
        var opened = await pool.Open(stop).ConfigureAwait(false);
        if (!opened.TryGet(out var connection, out var failure))
        {
            pool.StartFailure = failure;
            _first.TrySetResult(failure);
            return (null, false);
        }

        pool.StartFailure = null;

        await using var closing = connection.ConfigureAwait(false);
        var worker = new PoolWorker(pool.NextNumber(), connection, pool.Now());
        pool.Board.Add(worker);
        _first.TrySetResult(null);
        try
        {
            using var life = CancellationTokenSource.CreateLinkedTokenSource(stop);
            var beating = BeatAsync(worker, life.Token);
            await Task.WhenAny(connection.Completion, worker.Retired, beating).ConfigureAwait(false);
            await life.CancelAsync().ConfigureAwait(false);
            await beating.ConfigureAwait(false);
            return (pool.Now() - worker.Started, worker.Retired.IsCompleted);
        }
        finally
        {
            pool.Board.Remove(worker);
        }
    }

    // Ends when the worker gave no sign of life, or when it is told to.
    private async Task BeatAsync(PoolWorker worker, CancellationToken end)
    {
        try
        {
            while (!worker.IsDead)
            {
                await Task.Delay(pool.Options.Heartbeat.Interval, pool.Time, end).ConfigureAwait(false);
                if (!await PingAsync(worker, end).ConfigureAwait(false))
                {
                    return;
                }

                pool.Board.RetireIfDue(worker);
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // Whoever cancelled knows why.
        }
    }

    // A ping that is not answered is not sent again: it waits where the next one would.
    private async Task<bool> PingAsync(PoolWorker worker, CancellationToken end)
    {
        var rule = pool.Options.Heartbeat;
        var pinging = worker.Connection.CallAsync(new WorkerCall("ping"), CancellationToken.None);
        for (var missed = 0; missed < rule.MostMissed;)
        {
            try
            {
                var answered = await pinging.WaitAsync(rule.Timeout, pool.Time, end).ConfigureAwait(false);
                if (answered.TryGet(out var answer, out _) && answer.Values.TryGetProperty("memory_bytes", out var bytes)
                    && bytes.ValueKind is JsonValueKind.Number && bytes.TryGetInt64(out var weight))
                {
                    worker.Weigh(weight);
                }

                return answered.IsOk;
            }
            catch (TimeoutException)
            {
                missed = worker.HasLimit ? 0 : missed + 1;
            }
        }

        worker.Connection.Abort($"The worker was ended, because it answered no ping for {(rule.Timeout * rule.MostMissed).TotalSeconds:0.###} s.");
        return false;
    }
}
