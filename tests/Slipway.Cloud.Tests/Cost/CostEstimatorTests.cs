using Slipway.Cloud.Cost;
using Slipway.Cloud.Money;
using Slipway.Cloud.Offers;
using Slipway.Cloud.Tests.Money;
using Slipway.TestKit;

namespace Slipway.Cloud.Tests.Cost;

public sealed class CostEstimatorTests
{
    private static readonly TimeSpan FourHours = TimeSpan.FromHours(4);

    [Fact]
    public void Ceilings_are_those_of_the_specification()
    {
        Assert.Equal("6.84", Of(new CostRequest(Some.L40S, false, 1, FourHours)).Ceiling.ToString());
        Assert.Equal("5.53", Of(new CostRequest(Some.H100, true, 1, FourHours)).Ceiling.ToString());
        Assert.Equal("208.47", Of(new CostRequest(Some.H100x8, false, 2, FourHours)).Ceiling.ToString());
    }

    [Fact]
    public void Disk_controller_and_retries_are_added_and_what_has_no_price_is_listed()
    {
        var request = new CostRequest(Some.H100, true, 2, FourHours)
        {
            Retries = 3, Disk = new DiskCost(100, Some.Money("0.0001")), Controller = new ControllerCost(Some.Money("0.10"), TimeSpan.FromMinutes(10)), ExpectedRuntime = TimeSpan.FromHours(2),
        };
        var estimate = Of(request);
        // 2 × 1.25 × 4:25 = 11.041667; 3 × 2.5 × 0:15 = 1.875; 200 × 0.0001 × 4:25 = 0.088333; 0.10 × 4:35 = 0.458333
        Assert.Equal("13.47", estimate.Ceiling.ToString());
        Assert.Equal("machines retries disk controller", string.Join(' ', estimate.Lines.Select(static line => line.Item)));
        Assert.Empty(estimate.Unpriced);
        Assert.True(estimate.Expected < estimate.Ceiling);

        var open = Of(request with { Disk = new DiskCost(100), Controller = new ControllerCost(null, TimeSpan.Zero) });
        Assert.Equal("disk controller", string.Join(' ', open.Unpriced));
        Assert.Contains(open.Assumptions, static line => line.Contains("not in the ceiling", StringComparison.Ordinal));
    }

    [Fact]
    public void Unknown_is_not_free()
    {
        Assert.Equal("CLD0204", Failure(new CostRequest(Some.L40S with { OnDemand = null }, false, 1, FourHours)));
        Assert.Equal("CLD0204", Failure(new CostRequest(Some.L40S with { OnDemand = Usd.Zero }, false, 1, FourHours)));
        Assert.Equal("CLD0203", Failure(new CostRequest(Some.L40S, true, 1, FourHours)));
        var unpriced = Of(new CostRequest(new Offer("kubernetes", "ctx", string.Empty, "H100", 1, "test"), false, 1, FourHours));
        Assert.Null(unpriced.Ceiling);
        Assert.Equal("machines", Assert.Single(unpriced.Unpriced));
    }

    [Fact]
    public void Old_prices_are_warned_of_and_then_refused()
    {
        Assert.Null(Of(new CostRequest(Some.L40S, false, 1, FourHours)).Warning);
        Assert.Contains("20 days", Of(new CostRequest(Some.L40S with { AsOf = Some.Now.AddDays(-20) }, false, 1, FourHours)).Warning, StringComparison.Ordinal);
        Assert.NotNull(Of(new CostRequest(Some.L40S with { AsOf = null }, false, 1, FourHours)).Warning);
        Assert.Equal("CLD0205", Failure(new CostRequest(Some.L40S with { AsOf = Some.Now.AddDays(-61) }, false, 1, FourHours)));
    }

    [Theory]
    [InlineData(0, 4)]
    [InlineData(5000, 4)]
    [InlineData(1, 0)]
    [InlineData(1, 100_000)]
    public void Values_out_of_range_are_refused(int nodes, int hours) => Assert.Equal("CLD0207", Failure(new CostRequest(Some.L40S, false, nodes, TimeSpan.FromHours(hours))));

    [Fact]
    public void More_of_anything_never_costs_less() => Property.Check(300, static gen =>
    {
        var request = new CostRequest(Some.H100, gen.Bool(), gen.Int(1, 10), TimeSpan.FromMinutes(gen.Int(1, 5000))) { Retries = gen.Int(0, 5) };
        var ceiling = Of(request).Ceiling!.Value;
        Assert.True(Of(request with { Nodes = request.Nodes + 1 }).Ceiling >= ceiling);
        Assert.True(Of(request with { MaxRuntime = request.MaxRuntime + TimeSpan.FromMinutes(1) }).Ceiling >= ceiling);
        Assert.True(Of(request with { Retries = request.Retries + 1 }).Ceiling >= ceiling);
        Assert.True(Of(request).Expected <= ceiling);
    });

    private static CostEstimate Of(CostRequest request) => CostEstimator.Estimate(request, Some.Now).Value;

    private static string Failure(CostRequest request) => CostEstimator.Estimate(request, Some.Now).Failure.Code.Id;
}
