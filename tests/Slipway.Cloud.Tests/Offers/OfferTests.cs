using System.Text.Json;
using Slipway.Cloud.Offers;
using Slipway.Cloud.Tests.Money;
using Slipway.Core.Failures;
using Slipway.TestKit;

namespace Slipway.Cloud.Tests.Offers;

public sealed class OfferTests : IDisposable
{
    private const string Rows = """
        [["nebius","h100-1","H100",1.0,16,80.0,200,2.95,1.25,"eu-north1"],["nebius","h100-8","H100",8.0,128,0.0,1600,23.6,10.0,"eu-north1"],
         ["nebius","h200-1","H200",1.0,16,null,200,3.5,1.45,"eu-west1"],["nebius","l40s","L40S",1.0,8,48.0,32,1.5484,null,"eu-north1"],
         ["Kubernetes",null,"H100",1.0,null,null,null,0.0,0.0,"ctx"],["aws","free","A100",1.0,8,40,64,0.0,null,"us-east-1"],
         ["azure","half","T4",0.5,4,16,32,0.4,null,"west"],["x","y","Z",1.0,1,1,1,-2.0,null,"r"],["lambda","gh","GH200",1.0,64,96,400,1.99,null,"us-east-3"]]
        """;

    private readonly TempFolder _temp = new();
    private readonly ManualTimeProvider _time = new(Some.Now);

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Rows_become_offers_and_wrong_ones_are_said()
    {
        var list = List();
        Assert.Equal(7, list.Offers.Length);
        Assert.Equal(2, list.LeftOut.Length);
        Assert.Equal(80, Offer(list, "h100-8").VramGib);
        Assert.Equal(141, Offer(list, "h200-1").VramGib);
        Assert.Equal("1.5484", Offer(list, "l40s").OnDemand.ToString());
        Assert.Null(Offer(list, "l40s").Spot);
        Assert.True(Offer(list, "free").IsPriced);
        Assert.Null(Offer(list, "free").OnDemand);
        Assert.Equal(CpuArchitecture.Arm64, Offer(list, "gh").Architecture);
        var own = Assert.Single(list.Offers, static offer => !offer.IsPriced);
        Assert.Equal("kubernetes", own.Cloud);
        Assert.Null(own.OnDemand);
    }

    [Fact]
    public void Id_is_the_place_and_not_the_price()
    {
        Assert.Equal(Some.L40S.OfferId, (Some.L40S with { OnDemand = Some.Money("9"), AsOf = null }).OfferId);
        Assert.NotEqual(Some.L40S.OfferId, (Some.L40S with { Region = "eu-west1" }).OfferId, StringComparer.Ordinal);
        Assert.Matches("^o-[0-9a-f]{12}$", Some.L40S.OfferId);
    }

    [Fact]
    public void Cheapest_comes_first_and_arm_is_left_out()
    {
        var offers = List().Offers;
        Assert.Equal("l40s h100-1 h200-1 h100-8", string.Join(' ', new OfferQuery { Clouds = ["NEBIUS"] }.Find(offers).Select(static offer => offer.InstanceType)));
        Assert.Equal("h100-1", OfferSearch.Cheapest(offers, new OfferQuery { Gpu = "h100", Spot = true }).Value.InstanceType);
        Assert.Equal("CLD0202", OfferSearch.Cheapest(offers, new OfferQuery { Gpu = "GH200" }).Failure.Code.Id);
        Assert.Equal("h200-1", OfferSearch.Cheapest(offers, new OfferQuery { MinVramGib = 100 }).Value.InstanceType);
    }

    [Fact]
    public void What_is_not_offered_has_alternatives()
    {
        var offers = List().Offers;
        var two = OfferSearch.Cheapest(offers, new OfferQuery { Gpu = "H100", Count = 2, Clouds = ["nebius"] }).Failure;
        Assert.Equal("CLD0202", two.Code.Id);
        Assert.Contains("1 GPUs in the place of 2", two.Detail, StringComparison.Ordinal);
        Assert.Contains("8 GPUs in the place of 2", two.Detail, StringComparison.Ordinal);
        var spot = OfferSearch.Cheapest(offers, new OfferQuery { Gpu = "L40S", Spot = true }).Failure;
        Assert.Equal("CLD0203", spot.Code.Id);
        Assert.Contains("on demand, for there is no spot, 1.5484 USD an hour", spot.Detail, StringComparison.Ordinal);
        Assert.Contains("another card with 80 GiB, 1.25 USD an hour as spot", spot.Detail, StringComparison.Ordinal);
        Assert.Contains("another machine, in nebius/eu-north1", OfferSearch.Cheapest(offers, new OfferQuery { Gpu = "H100", Count = 1, Region = "mars" }).Failure.Detail, StringComparison.Ordinal);
        Assert.Contains("L40S", OfferSearch.Cheapest(offers, new OfferQuery { Gpu = "L40X" }).Failure.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cache_is_fetched_once_kept_with_its_age_and_fetched_again_when_damaged()
    {
        var source = new Source(this);
        var path = _temp.Combine("offers", "skypilot.json");
        var cache = new OfferCache(path, source, _time);
        Assert.Equal("CLD0209", cache.Read().Failure.Code.Id);
        var first = (await cache.GetAsync(false, default)).Value.List.Offers;
        _time.Advance(TimeSpan.FromHours(3));
        var kept = (await cache.GetAsync(false, default)).Value;
        Assert.Equal((TimeSpan.FromHours(3), 1, 7), (kept.Age, source.Asked, kept.List.Offers.Length));
        Assert.True(first.SequenceEqual(kept.List.Offers));
        Assert.Equal(TimeSpan.Zero, (await cache.GetAsync(true, default)).Value.Age);

        var text = await File.ReadAllTextAsync(path);
        await File.WriteAllTextAsync(path, text.Replace("2.95", "0.95", StringComparison.Ordinal));
        Assert.Equal("CLD0206", cache.Read().Failure.Code.Id);
        source.Failure = new Failure(CloudFailures.Unreachable, "Nobody there.");
        Assert.Contains("damaged", (await cache.GetAsync(false, default)).Failure.Detail, StringComparison.Ordinal);
        source.Failure = null;
        Assert.Contains("damaged", (await cache.GetAsync(false, default)).Value.Note, StringComparison.Ordinal);
        Assert.Null((await cache.GetAsync(false, default)).Value.Note);
    }

    [Fact]
    public void Hostile_rows_never_throw() => Property.Check(300, static gen =>
    {
        try
        {
            using var document = JsonDocument.Parse(gen.Mutate("""["nebius","h100-1","H100",1.0,16,80.0,200,2.95,1.25,"eu-north1"]"""));
            Assert.True(AcceleratorRow.Read(document.RootElement).Then(static row => row.ToOffer("test", null)) is not null);
        }
        catch (JsonException)
        {
            // No JSON, so no row.
        }
    });

    private static Offer Offer(OfferList list, string instance) => Assert.Single(list.Offers, offer => offer.InstanceType == instance);

    private OfferList List()
    {
        using var document = JsonDocument.Parse(Rows);
        return OfferList.Of("skypilot", _time.GetUtcNow(), [.. document.RootElement.EnumerateArray().Select(AcceleratorRow.Read)], "test");
    }

    private sealed class Source(OfferTests tests) : IOfferSource
    {
        public string Backend => "skypilot";

        public int Asked { get; private set; }

        public Failure? Failure { get; set; }

        public Task<Result<OfferList>> FetchAsync(CancellationToken cancellationToken)
        {
            Asked++;
            return Task.FromResult<Result<OfferList>>(Failure is { } failure ? failure : tests.List());
        }
    }
}
