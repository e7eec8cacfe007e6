using Slipway.Cloud.Money;
using Slipway.Cloud.Offers;
using Slipway.Core.Failures;

namespace Slipway.Cloud.Cost;

/// <summary>What a launch reserves at the price of its day; null where nobody bills.</summary>
/// <param name="Ceiling">The ceiling.</param>
/// <param name="Hourly">Dollars an hour of all machines.</param>
public sealed record ReservedAmounts(Usd? Ceiling, Usd? Hourly);

/// <summary>Whether a price may be decided on: known, young enough, and near to the one that was shown.</summary>
public static class PriceCheck
{
    /// <summary>The price of one machine for an hour.</summary>
    /// <returns>The price; <see cref="CloudFailures.NoSpotOffer"/> where there is no spot, <see cref="CloudFailures.PriceUnknown"/> where a cloud that charges names none.</returns>
    public static Result<Usd> PriceOf(Offer offer, bool spot)
    {
        if (offer.Price(spot) is { IsZero: false } price)
        {
            return price;
        }

        return spot && offer.OnDemand is { IsZero: false } demand
            ? new Failure(CloudFailures.NoSpotOffer, $"{offer} is not offered as spot.") { Hint = $"On demand it costs {demand} USD an hour." }
            : new Failure(CloudFailures.PriceUnknown, $"{offer.Source} names no price for {offer}.");
    }

    /// <summary>What a person should know of a price's age; null when it is young.</summary>
    /// <returns>A sentence or null; <see cref="CloudFailures.PriceStale"/> beyond the policy's age.</returns>
    public static Failure? CheckAge(Offer offer, TimeSpan warnAge, TimeSpan refuseAge, DateTimeOffset now, out string? warning)
    {
        warning = null;
        if (offer.AsOf is not { } asOf || asOf > now.AddDays(1))
        {
            warning = $"How old the price of {offer} is, nobody knows.";
            return null;
        }

        var age = now - asOf;
        if (age > refuseAge)
        {
            return new Failure(CloudFailures.PriceStale, $"The price of {offer} is {Days(age)} days old, and the policy refuses more than {Days(refuseAge)}.");
        }

        warning = age > warnAge ? $"The price of {offer} is {Days(age)} days old." : null;
        return null;
    }

    /// <summary>Compares a plan's price with today's, and says what to reserve: never less than was approved, and more by as much as a price that rose within the policy's drift.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="current">Its offer now; null when it is gone.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="now">The time.</param>
    public static Result<ReservedAmounts> Reserve(LaunchPlan plan, Offer? current, SpendPolicy policy, DateTimeOffset now)
    {
        if (current is null || current.OfferId != plan.Offer.OfferId)
        {
            return new Failure(CloudFailures.PlanStale, $"{plan.Offer} is not offered any more.");
        }

        if (!plan.Offer.IsPriced)
        {
            return new ReservedAmounts(null, null);
        }

        if (CheckAge(current, policy.PriceWarnAge, policy.PriceRefuseAge, now, out _) is { } stale)
        {
            return stale;
        }

        if (!PriceOf(plan.Offer, plan.Spot).TryGet(out var planned, out var failure) || !PriceOf(current, plan.Spot).TryGet(out var today, out failure))
        {
            return failure;
        }

        if (Drifted(planned, today, policy.PriceDriftPercent))
        {
            return new Failure(CloudFailures.PlanStale, $"{plan.Offer} cost {planned} USD an hour when planned and costs {today} now, more than {policy.PriceDriftPercent} % away.");
        }

        return plan.Ceiling is { } ceiling
            ? new ReservedAmounts(today > planned ? Risen(ceiling, planned, today) : ceiling, today * plan.Nodes)
            : new Failure(CloudFailures.PlanInvalid, $"The plan {plan.Id} has no ceiling on a cloud that charges.");
    }

    /// <summary>Whether a price moved by more than so many hundredths, either way.</summary>
    public static bool Drifted(Usd planned, Usd today, int percent) => Math.Abs(today.Value - planned.Value) * 100 > planned.Value * percent;

    private static Usd Risen(Usd ceiling, Usd planned, Usd today) =>
        Usd.Of(Math.Min(Usd.Most, ceiling.Value * today.Value / planned.Value)).Value.CeilingToCent();

    private static string Days(TimeSpan age) => Math.Floor(age.TotalDays).ToString("0");
}
