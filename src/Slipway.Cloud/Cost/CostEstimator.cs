using System.Globalization;
using Slipway.Cloud.Money;
using Slipway.Cloud.Offers;
using Slipway.Core.Failures;

namespace Slipway.Cloud.Cost;

/// <summary>
/// What a run may cost: the price of all machines for the longest that they can be there (getting them, the run's limit, the idle tail), the disk, the controller and getting lost machines anew,
/// rounded up to the cent. Decimal throughout. Budgets are compared with this ceiling and never with an expectation.
/// </summary>
public static class CostEstimator
{
    private const int MostNodes = 1000;
    private const int MostRetries = 100;
    private static readonly TimeSpan MostRuntime = TimeSpan.FromDays(90);
    private static readonly TimeSpan UsualProvisioning = TimeSpan.FromMinutes(5);

    /// <summary>Estimates.</summary>
    /// <returns>The estimate; a failure for a value out of range, and for a price that is not known or too old.</returns>
    public static Result<CostEstimate> Estimate(CostRequest request, DateTimeOffset now)
    {
        if (Invalid(request) is { } invalid)
        {
            return invalid;
        }

        if (!request.Offer.IsPriced)
        {
            return Unpriced(request);
        }

        if (!PriceCheck.PriceOf(request.Offer, request.Spot).TryGet(out var price, out var failure))
        {
            return failure;
        }

        var stale = PriceCheck.CheckAge(request.Offer, request.PriceWarnAge, request.PriceRefuseAge, now, out var warning);
        return stale is null ? Priced(request, price, warning) : stale;
    }

    private static Result<CostEstimate> Priced(CostRequest request, Usd price, string? warning)
    {
        var hourly = price * request.Nodes;
        var time = LongestOf(request);
        var lines = new List<CostLine>
        {
            new("machines", $"{request.Nodes} × {price} USD/h × ({Hours(request.MaxRuntime)} run + {Hours(request.ProvisionAllowance)} provisioning + {Hours(request.IdleTail)} idle tail)", hourly.For(time)),
        };
        var extras = AddRest(lines, request, hourly, time);
        var sum = lines.Aggregate(Usd.Zero, static (all, line) => all + (line.Amount ?? Usd.Zero));
        if (sum.CeilingToCent().Value > Usd.Most)
        {
            return Wrong("ceiling", $"{sum}", $"at most {Usd.Most}");
        }

        var expectedTime = Least(request.ProvisionAllowance, UsualProvisioning) + (request.ExpectedRuntime ?? request.MaxRuntime) + request.IdleTail;
        return new CostEstimate(hourly, time, sum.CeilingToCent(), hourly.For(expectedTime) + Extra(request, expectedTime), extras, [.. lines], [.. Assumptions(request)], warning);
    }

    /// <summary>Adds what is beside the machines.</summary>
    /// <returns>Its sum.</returns>
    private static Usd AddRest(List<CostLine> lines, CostRequest request, Usd hourly, TimeSpan time)
    {
        var retries = hourly.For(request.ProvisionAllowance) * request.Retries;
        if (request.Retries > 0)
        {
            lines.Add(new("retries", $"{request.Retries} × getting the machines anew, {Hours(request.ProvisionAllowance)} each", retries));
        }

        if (request.Disk is { } disk)
        {
            lines.Add(new("disk", $"{request.Nodes} × {disk.Gib} GiB for {Hours(time)}", DiskOf(request, time)));
        }

        if (request.Controller is { } controller)
        {
            lines.Add(new("controller", $"the machine that watches managed jobs, for {Hours(time + controller.Tail)}", controller.Hourly?.For(time + controller.Tail)));
        }

        return retries + Extra(request, time);
    }

    private static Usd Extra(CostRequest request, TimeSpan time) =>
        (DiskOf(request, time) ?? Usd.Zero) + (request.Controller is { Hourly: { } hourly } controller ? hourly.For(time + controller.Tail) : Usd.Zero);

    private static Usd? DiskOf(CostRequest request, TimeSpan time) =>
        request.Disk is { PerGibHour: { } price } disk ? (price * disk.Gib * request.Nodes).For(time) : null;

    private static CostEstimate Unpriced(CostRequest request) => new(
        null, LongestOf(request), null, null, Usd.Zero,
        [new CostLine("machines", $"{request.Nodes} on {request.Offer.Cloud}, which nobody bills by the hour", null)],
        [$"{request.Offer.Cloud} has no price, which is not the same as free: the policy has to allow it, and the run's limit holds all the same.", .. Assumptions(request)], null);

    private static IEnumerable<string> Assumptions(CostRequest request)
    {
        yield return $"The machines are gone {Hours(LongestOf(request))} after the launch at the latest: {Hours(request.ProvisionAllowance)} to get them, {Hours(request.MaxRuntime)} of run, {Hours(request.IdleTail)} idle.";
        yield return request.ExpectedRuntime is { } expected ? $"The run is expected to last {Hours(expected)}." : "Nobody said how long the run will last, so it is expected to use its whole limit.";
        if (request.Spot)
        {
            yield return "Spot: the price holds for the whole run, and all attempts together keep the run's limit.";
        }

        if (request.Disk is { PerGibHour: null } || request.Controller is { Hourly: null })
        {
            yield return "What is listed without an amount is billed too, and is not in the ceiling.";
        }

        yield return "Traffic and taxes are not in any price.";
    }

    private static TimeSpan LongestOf(CostRequest request) => request.ProvisionAllowance + request.MaxRuntime + request.IdleTail;

    private static Failure? Invalid(CostRequest request) =>
        request.Nodes is < 1 or > MostNodes ? Wrong("nodes", $"{request.Nodes}", $"1 to {MostNodes}")
        : request.MaxRuntime <= TimeSpan.Zero || request.MaxRuntime > MostRuntime ? Wrong("max_runtime", Hours(request.MaxRuntime), $"more than 0 and at most {Hours(MostRuntime)}")
        : Outside(request.ProvisionAllowance) ? Wrong("provision_allowance", Hours(request.ProvisionAllowance), "0 to 24 h")
        : Outside(request.IdleTail) ? Wrong("idle_tail", Hours(request.IdleTail), "0 to 24 h")
        : request.Retries is < 0 or > MostRetries ? Wrong("retries", $"{request.Retries}", $"0 to {MostRetries}")
        : request.ExpectedRuntime is { } expected && (expected < TimeSpan.Zero || expected > request.MaxRuntime) ? Wrong("expected_runtime", Hours(expected), "0 to max_runtime")
        : request.Disk is { Gib: < 1 or > 100_000 } ? Wrong("disk", $"{request.Disk.Gib}", "1 to 100000 GiB")
        : request.Controller is { } controller && Outside(controller.Tail) ? Wrong("controller tail", Hours(controller.Tail), "0 to 24 h")
        : null;

    private static bool Outside(TimeSpan span) => span < TimeSpan.Zero || span > TimeSpan.FromHours(24);

    private static Failure Wrong(string field, string value, string range) => new(CloudFailures.EstimateInvalid, $"{field} is {value}: it goes from {range}.");

    private static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static string Hours(TimeSpan span) => span < TimeSpan.FromHours(1)
        ? $"{span.TotalMinutes.ToString("0.#", CultureInfo.InvariantCulture)} min"
        : $"{span.TotalHours.ToString("0.##", CultureInfo.InvariantCulture)} h";
}
