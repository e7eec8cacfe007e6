using System.Collections.Immutable;
using Slipway.Cloud.Money;
using Slipway.Cloud.Offers;

namespace Slipway.Cloud.Cost;

/// <summary>Disk of one machine.</summary>
/// <param name="Gib">GiB.</param>
/// <param name="PerGibHour">Dollars for a GiB and an hour; null when not known, and then it is listed as unpriced.</param>
public sealed record DiskCost(int Gib, Usd? PerGibHour = null);

/// <summary>The machine that a SkyPilot server of one's own starts to watch managed jobs.</summary>
/// <param name="Hourly">Dollars an hour; null when not known.</param>
/// <param name="Tail">How long it goes on after the last job: 10 minutes by SkyPilot's default.</param>
public sealed record ControllerCost(Usd? Hourly, TimeSpan Tail);

/// <summary>What is to be estimated.</summary>
/// <param name="Offer">The machine.</param>
/// <param name="Spot">Whether as spot.</param>
/// <param name="Nodes">How many machines.</param>
/// <param name="MaxRuntime">The longest the run may last, all attempts together.</param>
public sealed record CostRequest(Offer Offer, bool Spot, int Nodes, TimeSpan MaxRuntime)
{
    /// <summary>How long getting the machines may take.</summary>
    public TimeSpan ProvisionAllowance { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>After how much idleness the machines take themselves down.</summary>
    public TimeSpan IdleTail { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long the run will last as far as anybody can tell; null: as long as it may.</summary>
    public TimeSpan? ExpectedRuntime { get; init; }

    /// <summary>How often lost machines may be got anew. The run's hours are not multiplied: each time adds only the getting.</summary>
    public int Retries { get; init; }

    /// <summary>The disk; null when the machine's own is all.</summary>
    public DiskCost? Disk { get; init; }

    /// <summary>The controller; null when there is none.</summary>
    public ControllerCost? Controller { get; init; }

    /// <summary>The age of a price from which on it is warned of.</summary>
    public TimeSpan PriceWarnAge { get; init; } = TimeSpan.FromDays(14);

    /// <summary>The age of a price from which on it is refused.</summary>
    public TimeSpan PriceRefuseAge { get; init; } = TimeSpan.FromDays(60);
}

/// <summary>One line of an estimate.</summary>
/// <param name="Item"><c>machines</c>, <c>disk</c>, <c>controller</c> or <c>retries</c>.</param>
/// <param name="Text">How it comes about, for people.</param>
/// <param name="Amount">The most it may cost; null when that is not known.</param>
public sealed record CostLine(string Item, string Text, Usd? Amount);

/// <summary>What a run may cost.</summary>
/// <param name="Hourly">Dollars an hour of all machines together; null where nobody bills.</param>
/// <param name="CeilingTime">For how long it is paid at most.</param>
/// <param name="Ceiling">The most, rounded up to the cent: what limits are compared with. Null where nobody bills.</param>
/// <param name="Expected">What it will cost as far as anybody can tell; not rounded.</param>
/// <param name="Extras">What of the ceiling does not grow with the run's hours.</param>
/// <param name="Lines">What it is made of.</param>
/// <param name="Assumptions">What was taken for granted, sentences for people.</param>
/// <param name="Warning">What is wrong with the price's age; null when nothing is.</param>
public sealed record CostEstimate(
    Usd? Hourly, TimeSpan CeilingTime, Usd? Ceiling, Usd? Expected, Usd Extras, ImmutableArray<CostLine> Lines, ImmutableArray<string> Assumptions, string? Warning)
{
    /// <summary>What will be billed and is not in the ceiling, because its price is not known.</summary>
    public IEnumerable<string> Unpriced => Lines.Where(static line => line.Amount is null).Select(static line => line.Item);
}
