namespace Slipway.Workers.Pools;

/// <summary>When calls are refused for a while.</summary>
public sealed record BreakerRule
{
    /// <summary>How many calls in a row must end badly: with the end of their worker, or out of time. Failures that an operation tells of are none of these.</summary>
    public int Failures { get; init; } = 5;

    /// <summary>How long all calls are refused; then one is tried, and its end decides.</summary>
    public TimeSpan Rest { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>How a call ended, as a breaker sees it.</summary>
internal enum CallVerdict
{
    /// <summary>Says nothing of the workers: cancelled, or never sent.</summary>
    None,

    /// <summary>The worker is well.</summary>
    Good,

    /// <summary>The worker ended, or the time ran out.</summary>
    Bad,
}

/// <summary>What a breaker says to a call.</summary>
internal enum Admission
{
    Refused,
    Admitted,

    /// <summary>The one call after a rest whose end decides.</summary>
    Trial,
}

/// <summary>Refuses calls for a while after too many ended badly. Times are those of the clock of the pool.</summary>
internal sealed class CircuitBreaker(BreakerRule rule)
{
    private readonly Lock _lock = new();
    private int _failures;
    private TimeSpan? _opened;
    private bool _isTrying;

    /// <summary>Whether calls are refused, but for a trial.</summary>
    public bool IsOpen
    {
        get
        {
            lock (_lock)
            {
                return _opened is not null;
            }
        }
    }

    /// <summary>Asks for a call. What is admitted must be told the end of, by <see cref="Leave"/>.</summary>
    public Admission Enter(TimeSpan now)
    {
        lock (_lock)
        {
            if (_opened is not { } opened)
            {
                return Admission.Admitted;
            }

            if (_isTrying || now - opened < rule.Rest)
            {
                return Admission.Refused;
            }

            _isTrying = true;
            return Admission.Trial;
        }
    }

    /// <summary>Tells how a call ended.</summary>
    public void Leave(Admission admission, CallVerdict verdict, TimeSpan now)
    {
        lock (_lock)
        {
            if (admission is Admission.Trial)
            {
                _isTrying = false;
                _opened = verdict switch
                {
                    CallVerdict.Good => null,
                    CallVerdict.Bad => now,
                    _ => _opened,
                };
                _failures = 0;
            }
            else if (_opened is null && verdict is not CallVerdict.None)
            {
                // What began before the rest says nothing of what is after it.
                _failures = verdict is CallVerdict.Good ? 0 : _failures + 1;
                _opened = _failures >= rule.Failures ? now : null;
            }
        }
    }
}
