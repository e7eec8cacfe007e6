using Slipway.Runs.Jobs;

namespace Slipway.Cloud.Money;

/// <summary>Money that is asked for, before the first call to a cloud.</summary>
/// <param name="Run">The run.</param>
/// <param name="Plan">Its plan.</param>
/// <param name="Backend">Who rents.</param>
/// <param name="Cluster">The name that the machines will have: with it a launch whose answer was lost is found again.</param>
/// <param name="Ceiling">What is reserved; null where nobody bills.</param>
/// <param name="Hourly">Dollars an hour of all machines; null where nobody bills.</param>
/// <param name="Extras">What does not grow with the hours.</param>
/// <param name="Longest">After how much time the machines are gone at the latest.</param>
public sealed record ReservationRequest(RunId Run, PlanId Plan, string Backend, string Cluster, Usd? Ceiling, Usd? Hourly, Usd Extras, TimeSpan Longest);

/// <summary>How far a run's money is.</summary>
public enum LedgerState
{
    /// <summary>Reserved: the run may still cost up to its ceiling.</summary>
    Reserved,

    /// <summary>Settled at what it cost, or at the ceiling where nobody knows.</summary>
    Settled,

    /// <summary>Given back: nothing was ever rented.</summary>
    Released,
}

/// <summary>What is known of a run's end. Times are the cloud's own, not ours.</summary>
/// <param name="Run">The run.</param>
/// <param name="Evidence">Where this comes from, for people.</param>
/// <param name="StartedAt">When billing began.</param>
/// <param name="EndedAt">When it ended.</param>
/// <param name="Reported">What the cloud says it cost; 0 counts as not known.</param>
public sealed record Settlement(RunId Run, string Evidence, DateTimeOffset? StartedAt = null, DateTimeOffset? EndedAt = null, Usd? Reported = null);

/// <summary>The entry of one run.</summary>
/// <param name="Run">The run.</param>
/// <param name="Plan">Its plan's id.</param>
/// <param name="Backend">Who rents.</param>
/// <param name="Cluster">The machines' name.</param>
/// <param name="Ceiling">What was reserved; null where nobody bills.</param>
/// <param name="Hourly">Dollars an hour of all machines.</param>
/// <param name="Extras">What does not grow with the hours.</param>
/// <param name="ReservedAt">When.</param>
/// <param name="EndsBy">When the machines must be gone.</param>
public sealed record LedgerEntry(
    string Run, string Plan, string Backend, string Cluster, Usd? Ceiling, Usd? Hourly, Usd Extras, DateTimeOffset ReservedAt, DateTimeOffset EndsBy)
{
    /// <summary>How far it is.</summary>
    public LedgerState State { get; init; }

    /// <summary>What was settled; null before.</summary>
    public Usd? Settled { get; init; }

    /// <summary>When the run ended, in the settlement's words.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Why it was settled so, or given back.</summary>
    public string? Evidence { get; init; }

    /// <summary>
    /// What a settlement comes to, rounded up to the cent: the larger of what the cloud reports and what its times make of the price; the ceiling when neither is known. It may be more than the
    /// ceiling: the ledger tells what happened.
    /// </summary>
    public Usd AmountOf(Settlement settlement)
    {
        Usd? timed = settlement.StartedAt is { } start && settlement.EndedAt is { } end && end >= start && Hourly is { } hourly ? hourly.For(end - start) + Extras : null;
        Usd? reported = settlement.Reported is { IsZero: false } known ? known : null;
        var amount = timed is null || reported > timed ? reported ?? Ceiling ?? Usd.Zero : timed.Value;
        return (amount.Value > Usd.Most ? Usd.Of(Usd.Most).Value : amount).CeilingToCent();
    }
}

/// <summary>Where the budget stands. Periods are UTC; what is reserved counts in full in every period that it is open in.</summary>
/// <param name="Limits">The limits.</param>
/// <param name="Day">The day.</param>
/// <param name="SpentToday">Settled for today.</param>
/// <param name="SpentThisMonth">Settled for this month.</param>
/// <param name="Reserved">Reserved for runs that are open.</param>
/// <param name="OpenRuns">How many are open, unpriced ones included.</param>
public sealed record BudgetView(SpendLimits Limits, DateOnly Day, Usd SpentToday, Usd SpentThisMonth, Usd Reserved, int OpenRuns)
{
    /// <summary>The month, as <c>2026-11</c>.</summary>
    public string Month => $"{Day.Year:0000}-{Day.Month:00}";

    /// <summary>What is left for today.</summary>
    public Usd AvailableToday => Limits.Daily - (SpentToday + Reserved);

    /// <summary>What is left for this month.</summary>
    public Usd AvailableThisMonth => Limits.Monthly - (SpentThisMonth + Reserved);

    /// <summary>The highest ceiling that a new run may have.</summary>
    public Usd Available => Least(Limits.PerRun, Least(AvailableToday, AvailableThisMonth));

    private static Usd Least(Usd one, Usd other) => one < other ? one : other;
}
