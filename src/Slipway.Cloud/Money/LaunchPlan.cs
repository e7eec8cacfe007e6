using System.Collections.Immutable;
using Slipway.Cloud.Offers;
using Slipway.Core.Identity;

namespace Slipway.Cloud.Money;

/// <summary>What keeps a rented machine from running for ever, set on the machine itself.</summary>
/// <param name="ProvisionAllowance">How long getting the machine may take; priced.</param>
/// <param name="IdleTail">After how much idleness the machine takes itself down; priced.</param>
/// <param name="MaxHourlyPerNode">The most that SkyPilot may pay for one machine and hour; null where it is not priced.</param>
/// <param name="GpuIdleMinutes">Minutes of an idle GPU after which the run is ended; null: never.</param>
public sealed record PlanGuards(TimeSpan ProvisionAllowance, TimeSpan IdleTail, Usd? MaxHourlyPerNode, int? GpuIdleMinutes = null)
{
    private const int PricePercent = 110;

    /// <summary>The cap for an offer: a tenth more than its price, rounded up to the cent.</summary>
    public static Usd? CapOf(Offer offer, bool spot) => offer.Price(spot)?.Percent(PricePercent).CeilingToCent();
}

/// <summary>
/// What a person says yes to: everything that decides what is done and what it may cost. Immutable; its digest is over all of it, so an approval of one plan is none of another.
/// It holds no secrets: parameters are named by their digest.
/// </summary>
/// <param name="Backend">Who rents the machine.</param>
/// <param name="Template">The template or recipe.</param>
/// <param name="Parameters">The digest of its parameters.</param>
/// <param name="Offer">The offer as it was when the plan was made.</param>
/// <param name="Spot">Whether as spot.</param>
/// <param name="Nodes">How many machines.</param>
/// <param name="MaxRuntime">The longest the run may last, all attempts together.</param>
/// <param name="Guards">What ends it.</param>
/// <param name="Ceiling">The most it may cost, rounded up to the cent; null where nobody bills.</param>
/// <param name="Created">When it was made.</param>
/// <param name="Expires">When it ends, if nobody approved it before.</param>
public sealed record LaunchPlan(
    string Backend, string Template, Sha256Digest Parameters, Offer Offer, bool Spot, int Nodes, TimeSpan MaxRuntime, PlanGuards Guards, Usd? Ceiling, DateTimeOffset Created, DateTimeOffset Expires)
{
    /// <summary>What of the ceiling does not grow with the hours: disk and controller.</summary>
    public Usd Extras { get; init; }

    /// <summary>What will be billed and is not in the ceiling, because its price is not known: a person has to see it.</summary>
    public ImmutableArray<string> Unpriced { get; init; } = [];

    /// <summary>Dollars an hour of all machines together; null when not priced.</summary>
    public Usd? Hourly => Offer.Price(Spot) is { } price && Offer.IsPriced ? price * Nodes : null;

    /// <summary>The canonical JSON.</summary>
    public byte[] Canonical => LaunchPlanText.Render(this);

    /// <summary>The SHA-256 of the canonical JSON.</summary>
    public Sha256Digest Digest => Sha256Digest.Of(Canonical);

    /// <summary>The plan's name.</summary>
    public PlanId Id => PlanId.Of(Digest);

    /// <summary>The digest of everything but the times: two requests for the same thing have the same.</summary>
    public Sha256Digest Subject => Sha256Digest.Of(LaunchPlanText.Render(this with { Created = default, Expires = default, Offer = Offer with { AsOf = null } }));

    /// <summary>What a person types to approve: the ceiling, or the word for a plan without one.</summary>
    public string CeilingText => Ceiling?.ToString() ?? "unpriced";

    /// <summary>How long after its start the machine is gone at the latest.</summary>
    public TimeSpan Longest => Guards.ProvisionAllowance + MaxRuntime + Guards.IdleTail;
}
