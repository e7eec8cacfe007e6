using Slipway.Core.Failures;
using Slipway.Workers.Connections;

namespace Slipway.Workers.Pools;

/// <summary>Makes the calls of a pool: takes a worker, keeps the time, and repeats what may be repeated.</summary>
internal sealed class PoolCaller(PoolShared pool)
{
    private readonly CircuitBreaker _breaker = new(pool.Options.Breaker);
    private readonly CrashBarrier _barrier = new(pool.Options.Crashes);

    /// <summary>Whether calls are refused for a while.</summary>
    public bool IsOpen => _breaker.IsOpen;

    /// <summary>Makes a call, within its budget.</summary>
    public async Task<Result<WorkerAnswer>> CallAsync(PoolCall call, CancellationToken cancellationToken)
    {
        var budget = new DeadlineBudget(pool.Time, call.Call.Timeout ?? pool.Options.CallTimeout);
        var ended = await TryAsync(call, budget, cancellationToken).ConfigureAwait(false);

        // What a strict session had is gone with its worker: there is nothing to repeat it on.
        var isStrict = call.Session is { Affinity: not SessionAffinity.Hint };
        if (ended.Crash is not { } wait || !call.IsIdempotent || isStrict || ended.HasTold || budget.InnerLeft <= wait)
        {
            return ended.Result;
        }

        await Task.Delay(wait, pool.Time, cancellationToken).ConfigureAwait(false);
        return (await TryAsync(call, budget, cancellationToken).ConfigureAwait(false)).Result;
    }

    private async Task<Attempt> TryAsync(PoolCall call, DeadlineBudget budget, CancellationToken cancellationToken)
    {
        var admission = _breaker.Enter(pool.Now());
        if (admission is Admission.Refused)
        {
            return new Attempt(new Failure(WorkerFailures.CircuitOpen, $"The pool takes no calls: {pool.Options.Breaker.Failures} in a row took their worker with them or ran out of time."));
        }

        var isRunning = false;
        try
        {
            var taken = await TakeAsync(call.Session, budget, cancellationToken).ConfigureAwait(false);
            if (!taken.TryGet(out var worker, out var failure))
            {
                return new Attempt(failure);
            }

            isRunning = true;
            var telling = new Telling(call.Call.Progress);
            var running = RunAsync(worker, call, budget, telling, admission, cancellationToken);
            return await InTimeAsync(running, call, budget, telling).ConfigureAwait(false);
        }
        finally
        {
            if (!isRunning)
            {
                _breaker.Leave(admission, CallVerdict.None, pool.Now());
            }
        }
    }

    private async Task<Result<PoolWorker>> TakeAsync(PoolSession? session, DeadlineBudget budget, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!pool.Board.Enter(session).TryGet(out var waiter, out var failure))
            {
                return failure;
            }

            try
            {
                var taken = await waiter.Worker.WaitAsync(budget.InnerLeft ?? Timeout.InfiniteTimeSpan, pool.Time, cancellationToken).ConfigureAwait(false);
                if (!taken.TryGet(out var worker, out _) || !worker.IsDead)
                {
                    return taken;
                }

                // It ended while it was free. Nothing was sent to it: another one is as good, but for a strict session, which is told.
                pool.Board.Remove(worker);
            }
            catch (TimeoutException)
            {
                pool.Board.Leave(waiter);
                return new Failure(WorkerFailures.QueueTimedOut, $"No worker became free within {budget.Total!.Value.TotalSeconds:0.###} s.")
                {
                    Detail = pool.StartFailure is { } start ? $"The last start of one failed: {start.Message}\n{start.Detail}".TrimEnd() : null,
                };
            }
            catch (OperationCanceledException)
            {
                pool.Board.Leave(waiter);
                throw;
            }
        }
    }

    // The caller is told in time also where the worker is not: it stays busy until nothing of the call runs any more.
    private async Task<Attempt> InTimeAsync(Task<Attempt> running, PoolCall call, DeadlineBudget budget, Telling telling)
    {
        try
        {
            return await running.WaitAsync(budget.Left ?? Timeout.InfiniteTimeSpan, pool.Time, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            telling.Stop();
            return new Attempt(new Failure(WorkerFailures.TimedOut, $"{call.Call.Operation} took longer than {budget.Total!.Value.TotalSeconds:0.###} s."));
        }
    }

    private async Task<Attempt> RunAsync(PoolWorker worker, PoolCall call, DeadlineBudget budget, Telling telling, Admission admission, CancellationToken cancellationToken)
    {
        var verdict = CallVerdict.None;
        try
        {
            var limit = budget.InnerLeft;
            worker.Begin(limit is not null);
            var result = await worker.Connection.CallAsync(call.Call with { Timeout = limit, Progress = telling.Tell }, cancellationToken).ConfigureAwait(false);
            var hasTimedOut = !result.IsOk && result.Failure.Code == WorkerFailures.TimedOut;
            verdict = worker.IsDead || hasTimedOut ? CallVerdict.Bad : CallVerdict.Good;
            return result.IsOk || hasTimedOut || !worker.IsDead
                ? new Attempt(result)
                : new Attempt(result) { Crash = _barrier.Note(pool.Now()), HasTold = telling.HasTold };
        }
        finally
        {
            worker.End();
            _breaker.Leave(admission, verdict, pool.Now());
            Release(worker, call.Session);
        }
    }

    private void Release(PoolWorker worker, PoolSession? session)
    {
        if (worker.IsDead)
        {
            // Before the caller is told: what it calls next must not find the session where it was.
            pool.Board.Remove(worker);
        }
        else
        {
            pool.Board.Release(worker, session);
        }
    }

    private sealed record Attempt(Result<WorkerAnswer> Result)
    {
        /// <summary>How long a repetition waits; null where the worker did not end.</summary>
        public TimeSpan? Crash { get; init; }

        public bool HasTold { get; init; }
    }

    /// <summary>Passes on what a call tells, until nobody waits for it any more.</summary>
    private sealed class Telling(Action<WorkerEvent>? progress)
    {
        private volatile bool _isOver;
        private volatile bool _hasTold;

        public bool HasTold => _hasTold;

        public void Stop() => _isOver = true;

        public void Tell(WorkerEvent told)
        {
            if (!_isOver)
            {
                _hasTold = true;
                progress?.Invoke(told);
            }
        }
    }
}
