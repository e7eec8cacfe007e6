using Slipway.Cloud.Cost;
using Slipway.Cloud.Money;
using Slipway.Cloud.Offers;
using Slipway.Core.Identity;
using Slipway.Runs.Jobs;
using Slipway.TestKit;

namespace Slipway.Cloud.Tests.Money;

/// <summary>Values that tests of money share.</summary>
internal static class Some
{
    public static readonly DateTimeOffset Now = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    public static readonly Offer L40S = new("nebius", "eu-north1", "gpu-l40s-a_1gpu-8vcpu-32gb", "L40S", 1, "test") { VramGib = 48, OnDemand = Money("1.5484"), AsOf = Now };

    public static readonly Offer H100 = new("nebius", "eu-north1", "gpu-h100-sxm_1gpu-16vcpu-200gb", "H100", 1, "test") { VramGib = 80, OnDemand = Money("2.95"), Spot = Money("1.25"), AsOf = Now };

    public static readonly Offer H100x8 = new("nebius", "eu-north1", "gpu-h100-sxm_8gpu-128vcpu-1600gb", "H100", 8, "test") { VramGib = 80, OnDemand = Money("23.60"), Spot = Money("10.00"), AsOf = Now };

    public static readonly SpendPolicy Policy = new(Money("10.00"), Money("20.00"), Money("100.00")) { MaxConcurrentRuns = 3 };

    public static Usd Money(string text) => Usd.Parse(text).Value;

    public static RunId Run() => RunId.New(Now);

    public static MoneyFolder Folder(TempFolder temp) => new(temp.Combine("money"));

    public static LaunchPlan Plan(Offer? offer = null, bool spot = false, int nodes = 1, DateTimeOffset? now = null, string parameters = "parameters")
    {
        var machine = offer ?? L40S;
        var estimate = CostEstimator.Estimate(new CostRequest(machine, spot, nodes, TimeSpan.FromHours(4)), Now).Value;
        var guards = new PlanGuards(TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(10), PlanGuards.CapOf(machine, spot));
        var created = now ?? Now;
        return new LaunchPlan(
            "skypilot", "lora", Sha256Digest.Of(parameters), machine, spot, nodes, TimeSpan.FromHours(4), guards, estimate.Ceiling, created, created.AddMinutes(15)) { Extras = estimate.Extras };
    }

    public static ReservationRequest Request(string? ceiling, RunId? run = null, string? hourly = null) => new(
        run ?? Run(), Plan().Id, "skypilot", "slipway-x", ceiling is null ? null : Money(ceiling), hourly is null ? null : Money(hourly), Usd.Zero, TimeSpan.FromHours(5));
}
