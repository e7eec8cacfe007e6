using Slipway.Core.Failures;
using Slipway.Core.Text;

namespace Slipway.Cloud.Offers;

/// <summary>Something near to what was asked for.</summary>
/// <param name="Offer">The offer.</param>
/// <param name="Spot">Whether as spot.</param>
/// <param name="Why">How it differs, for people.</param>
public sealed record OfferAlternative(Offer Offer, bool Spot, string Why)
{
    /// <summary>The alternative with its price.</summary>
    public override string ToString() => $"{Offer}: {Why}, {(Offer.Price(Spot) is { } price ? $"{price} USD an hour{(Spot ? " as spot" : string.Empty)}" : "price not known")}";
}

/// <summary>Finds the offer for a request, or what comes near.</summary>
public static class OfferSearch
{
    private const int MostOfAKind = 3;

    /// <summary>The cheapest offer that matches.</summary>
    /// <returns>It, or <see cref="CloudFailures.NoOffer"/> or <see cref="CloudFailures.NoSpotOffer"/> with the alternatives as the detail, one a line.</returns>
    public static Result<Offer> Cheapest(IReadOnlyList<Offer> offers, OfferQuery query)
    {
        if (query.Find(offers) is [var first, ..])
        {
            return first;
        }

        var alternatives = Alternatives(offers, query);
        var isSpotAbsent = query.Spot && offers.Any((query with { Spot = false }).Matches);
        return new Failure(isSpotAbsent ? CloudFailures.NoSpotOffer : CloudFailures.NoOffer, $"Nothing among {offers.Count} offers is {Shown.Quote(query.ToString())}.")
        {
            Detail = alternatives.Count == 0 ? null : string.Join('\n', alternatives.Select(static one => one.ToString())),
            Hint = alternatives.Count > 0 ? null : query.Gpu is { } gpu && Nearest(offers, gpu) is { } near ? $"Did you mean {near}?" : "Ask for fewer things at once, or refresh the offers.",
        };
    }

    /// <summary>What comes near: on demand in the place of spot, other regions and clouds, other counts (the nearest first), and other cards with as much memory.</summary>
    public static IReadOnlyList<OfferAlternative> Alternatives(IReadOnlyList<Offer> offers, OfferQuery query)
    {
        var found = new List<OfferAlternative>();
        if (query.Spot)
        {
            Add(found, offers, query with { Spot = false }, _ => "on demand, for there is no spot");
        }

        Add(found, offers, query with { Region = null, Clouds = [] }, static offer => $"another machine, in {offer.Cloud}/{offer.Region}");
        AddCounts(found, offers, query);
        AddCards(found, offers, query);
        return found;
    }

    private static void AddCounts(List<OfferAlternative> found, IReadOnlyList<Offer> offers, OfferQuery query)
    {
        if (query.Count is not { } count)
        {
            return;
        }

        var any = query with { Count = null, Limit = int.MaxValue };
        foreach (var other in any.Find(offers).Select(static offer => offer.GpuCount).Distinct().OrderBy(other => Math.Abs(other - count)).ThenBy(static other => other).Take(MostOfAKind))
        {
            Add(found, offers, query with { Count = other, Limit = 1 }, offer => $"{offer.GpuCount} GPUs in the place of {count}");
        }
    }

    private static void AddCards(List<OfferAlternative> found, IReadOnlyList<Offer> offers, OfferQuery query)
    {
        if (query.Gpu is not { } gpu)
        {
            return;
        }

        var memory = query.MinVramGib ?? offers.FirstOrDefault(offer => gpu.Equals(offer.Gpu, StringComparison.OrdinalIgnoreCase))?.VramGib ?? GpuMemory.Of(gpu);
        if (memory is { } needed)
        {
            var cards = query with { Gpu = null, InstanceType = null, MinVramGib = needed };
            Add(found, offers, cards, static offer => $"another card with {offer.VramGib:0.##} GiB");
            Add(found, offers, cards with { Spot = false }, static offer => $"another card with {offer.VramGib:0.##} GiB, on demand");
        }
    }

    private static void Add(List<OfferAlternative> found, IReadOnlyList<Offer> offers, OfferQuery query, Func<Offer, string> why)
    {
        foreach (var offer in (query with { Limit = Math.Min(query.Limit, MostOfAKind) }).Find(offers))
        {
            if (found.TrueForAll(other => other.Offer.OfferId != offer.OfferId || other.Spot != query.Spot))
            {
                found.Add(new OfferAlternative(offer, query.Spot, why(offer)));
            }
        }
    }

    private static string? Nearest(IReadOnlyList<Offer> offers, string gpu) =>
        NearestName.Of(gpu, offers.Select(static offer => offer.Gpu).OfType<string>().Distinct(StringComparer.Ordinal));
}
