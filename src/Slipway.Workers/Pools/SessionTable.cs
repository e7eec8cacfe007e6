namespace Slipway.Workers.Pools;

/// <summary>How long sessions last, and how many there are.</summary>
public sealed record SessionRule
{
    /// <summary>The time after its last call at which a session is forgotten.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromSeconds(3600);

    /// <summary>How many there may be. The oldest hint makes room for another session; strict ones are never forgotten for that.</summary>
    public int Most { get; init; } = 10_000;
}

/// <summary>Where a session has its worker.</summary>
/// <param name="Worker">The number of the worker.</param>
/// <param name="IsStrict">Whether no other will do.</param>
/// <param name="IsLost">Whether that worker is gone.</param>
/// <param name="Used">When it was used last.</param>
internal sealed record SessionSeat(long Worker, bool IsStrict, bool IsLost, TimeSpan Used);

/// <summary>Which session has which worker. Pure; times are those of the clock of the pool; not safe to use concurrently.</summary>
internal sealed class SessionTable(SessionRule rule)
{
    private readonly Dictionary<string, SessionSeat> _seats = new(StringComparer.Ordinal);

    public int Count => _seats.Count;

    /// <summary>The seat of a session; null when it has none or its time is over.</summary>
    public SessionSeat? Find(string id, TimeSpan now) => _seats.TryGetValue(id, out var seat) && now - seat.Used < rule.Lifetime ? seat : null;

    /// <summary>Gives a session its seat, or notes that it is used; false when there is no room for another.</summary>
    public bool TrySeat(PoolSession session, long worker, TimeSpan now)
    {
        if (!_seats.ContainsKey(session.Id) && _seats.Count >= rule.Most && !MakeRoom(now))
        {
            return false;
        }

        _seats[session.Id] = new SessionSeat(worker, session.Affinity is not SessionAffinity.Hint, IsLost: false, now);
        return true;
    }

    /// <summary>Notes that a session is used still.</summary>
    public void Touch(string id, TimeSpan now)
    {
        if (_seats.TryGetValue(id, out var seat))
        {
            _seats[id] = seat with { Used = now };
        }
    }

    /// <summary>Notes that a worker is gone: hints are forgotten, strict sessions are lost.</summary>
    public void Lose(long worker)
    {
        foreach (var (id, seat) in _seats.Where(pair => pair.Value.Worker == worker).ToList())
        {
            if (seat.IsStrict)
            {
                _seats[id] = seat with { IsLost = true };
            }
            else
            {
                _seats.Remove(id);
            }
        }
    }

    /// <summary>Whether a worker holds what only it has.</summary>
    public bool HasStrict(long worker, TimeSpan now) => _seats.Values.Any(seat => seat.Worker == worker && seat.IsStrict && now - seat.Used < rule.Lifetime);

    /// <summary>Forgets a session.</summary>
    public void End(string id) => _seats.Remove(id);

    private bool MakeRoom(TimeSpan now)
    {
        foreach (var id in _seats.Where(pair => now - pair.Value.Used >= rule.Lifetime).Select(static pair => pair.Key).ToList())
        {
            _seats.Remove(id);
        }

        return _seats.Count < rule.Most
            || (_seats.Where(static pair => !pair.Value.IsStrict).OrderBy(static pair => pair.Value.Used).Select(static pair => pair.Key).FirstOrDefault() is { } oldest && _seats.Remove(oldest));
    }
}
