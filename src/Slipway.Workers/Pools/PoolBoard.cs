using Slipway.Core.Failures;

namespace Slipway.Workers.Pools;

/// <summary>A call that asks for a worker.</summary>
internal sealed class Waiter(PoolSession? session)
{
    private readonly TaskCompletionSource<Result<PoolWorker>> _worker = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public PoolSession? Session => session;

    /// <summary>The worker, which is the call's alone until it is released; or why there will be none.</summary>
    public Task<Result<PoolWorker>> Worker => _worker.Task;

    public void Settle(Result<PoolWorker> worker) => _worker.SetResult(worker);
}

/// <summary>Brings calls and workers together: who is free, who waits, and which session sits where. Safe to use concurrently.</summary>
/// <param name="options">The options of the pool.</param>
/// <param name="now">The clock of the pool.</param>
internal sealed class PoolBoard(PoolOptions options, Func<TimeSpan> now)
{
    private readonly Lock _lock = new();
    private readonly List<PoolWorker> _free = [];
    private readonly HashSet<PoolWorker> _busy = [];
    private readonly LinkedList<Waiter> _queue = [];
    private readonly SessionTable _sessions = new(options.Sessions);
    private Failure? _closed;

    /// <summary>Asks for a worker: it is had at once or waited for; a failure when there is nothing to wait for.</summary>
    public Result<Waiter> Enter(PoolSession? session)
    {
        lock (_lock)
        {
            var seat = session is null ? null : _sessions.Find(session.Id, now());
            if ((_closed ?? Lost(session, seat)) is { } failure)
            {
                return failure;
            }

            var waiter = new Waiter(session);
            var seated = seat is null ? null : _free.Find(worker => worker.Number == seat.Worker);
            if ((seated ?? (seat is { IsStrict: true } ? null : _free.FirstOrDefault())) is { } worker)
            {
                if (Hand(worker, waiter))
                {
                    _free.Remove(worker);
                }

                return waiter;
            }

            if (seat is not null && session is { Affinity: SessionAffinity.StrictFailFast })
            {
                return new Failure(WorkerFailures.SessionBusy, $"The worker of the session {session.Id} is busy.");
            }

            if (_queue.Count >= options.QueueLimit)
            {
                return new Failure(WorkerFailures.PoolSaturated, $"{_queue.Count} calls wait for the {options.Size} workers of the pool already.");
            }

            _queue.AddLast(waiter);
            return waiter;
        }
    }

    /// <summary>Gives up waiting. A worker that came at the same moment goes to the next call.</summary>
    public void Leave(Waiter waiter)
    {
        lock (_lock)
        {
            if (_queue.Remove(waiter) || !waiter.Worker.IsCompletedSuccessfully || !waiter.Worker.Result.IsOk)
            {
                return;
            }

            Free(waiter.Worker.Result.Value);
        }
    }

    /// <summary>Takes in a worker that came up.</summary>
    public void Add(PoolWorker worker)
    {
        lock (_lock)
        {
            _busy.Add(worker);
            Free(worker);
        }
    }

    /// <summary>Gives a worker back after a call.</summary>
    public void Release(PoolWorker worker, PoolSession? session)
    {
        lock (_lock)
        {
            if (session is not null)
            {
                _sessions.Touch(session.Id, now());
            }

            Free(worker);
        }
    }

    /// <summary>Takes out a worker that has ended, with the sessions that were its.</summary>
    public void Remove(PoolWorker worker)
    {
        lock (_lock)
        {
            _free.Remove(worker);
            _busy.Remove(worker);
            _sessions.Lose(worker.Number);
            foreach (var waiter in _queue.Where(static waiter => waiter.Session is not null).ToList())
            {
                if (Lost(waiter.Session, _sessions.Find(waiter.Session!.Id, now())) is { } failure)
                {
                    _queue.Remove(waiter);
                    waiter.Settle(failure);
                }
            }
        }
    }

    /// <summary>Retires a worker that is due and free.</summary>
    public void RetireIfDue(PoolWorker worker)
    {
        lock (_lock)
        {
            if (_free.Contains(worker) && IsDue(worker))
            {
                _free.Remove(worker);
                worker.Retire();
            }
        }
    }

    /// <summary>Forgets a session.</summary>
    public void End(string session)
    {
        lock (_lock)
        {
            _sessions.End(session);

            // Who waited for its worker may take any now.
            foreach (var worker in _free.ToList())
            {
                _free.Remove(worker);
                _busy.Add(worker);
                Free(worker);
            }
        }
    }

    /// <summary>Fails whoever waits and whoever will come.</summary>
    public void Close(Failure failure)
    {
        lock (_lock)
        {
            _closed ??= failure;
            foreach (var waiter in _queue)
            {
                waiter.Settle(failure);
            }

            _queue.Clear();
        }
    }

    /// <summary>How many workers are free and busy, calls wait and sessions are kept.</summary>
    public (int Free, int Busy, int Queued, int Sessions) Count()
    {
        lock (_lock)
        {
            return (_free.Count, _busy.Count, _queue.Count, _sessions.Count);
        }
    }

    private static Failure? Lost(PoolSession? session, SessionSeat? seat) => seat is { IsLost: true }
        ? new Failure(WorkerFailures.SessionLost, $"The worker that held the session {session!.Id} is gone.")
        : null;

    // Between two calls a worker is free for a moment, also where calls wait: then it may be retired.
    private void Free(PoolWorker worker)
    {
        if (!_busy.Remove(worker) || worker.IsDead)
        {
            return;
        }

        if (IsDue(worker))
        {
            worker.Retire();
            return;
        }

        while (_queue.FirstOrDefault(waiter => Fits(waiter, worker)) is { } next)
        {
            _queue.Remove(next);
            if (Hand(worker, next))
            {
                return;
            }
        }

        _free.Add(worker);
    }

    private bool IsDue(PoolWorker worker) => worker.IsDue(options.Recycling, now()) && !_sessions.HasStrict(worker.Number, now());

    private bool Fits(Waiter waiter, PoolWorker worker) =>
        waiter.Session is not { } session || _sessions.Find(session.Id, now()) is not { IsStrict: true } seat || seat.Worker == worker.Number;

    private bool Hand(PoolWorker worker, Waiter waiter)
    {
        if (waiter.Session is { } session && !_sessions.TrySeat(session, worker.Number, now()))
        {
            waiter.Settle(new Failure(WorkerFailures.SessionsFull, $"The pool holds {options.Sessions.Most} sessions, and none may be forgotten for {session.Id}."));
            return false;
        }

        _busy.Add(worker);
        waiter.Settle(worker);
        return true;
    }
}
