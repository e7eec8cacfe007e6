using System.Collections.Immutable;
using Slipway.Core.Failures;

namespace Slipway.Cloud.Offers;

/// <summary>Someone who knows what can be rented.</summary>
public interface IOfferSource
{
    /// <summary>The backend that would rent it, as policies name it: <c>skypilot</c>, <c>ssh</c>, <c>local</c>.</summary>
    string Backend { get; }

    /// <summary>Asks, live, for everything that is offered.</summary>
    Task<Result<OfferList>> FetchAsync(CancellationToken cancellationToken);
}

/// <summary>What a source offered at one time.</summary>
/// <param name="Backend">The backend.</param>
/// <param name="FetchedAt">When we asked.</param>
/// <param name="Offers">The offers.</param>
/// <param name="LeftOut">Why rows were left out, one sentence each; at most a few.</param>
public sealed record OfferList(string Backend, DateTimeOffset FetchedAt, ImmutableArray<Offer> Offers, ImmutableArray<string> LeftOut)
{
    private const int MostSentences = 5;

    /// <summary>The offers of some rows; rows that are none are said.</summary>
    public static OfferList Of(string backend, DateTimeOffset fetchedAt, IEnumerable<Result<AcceleratorRow>> rows, string source)
    {
        var offers = new Dictionary<string, Offer>(StringComparer.Ordinal);
        var wrong = new List<string>();
        foreach (var row in rows)
        {
            var made = row.Then(one => one.ToOffer(source, fetchedAt));
            if (made.TryGet(out var offer, out var failure))
            {
                // A cloud with zones gives a row for each and names none: the dearest counts, since nobody chooses.
                offers[offer.OfferId] = offers.TryGetValue(offer.OfferId, out var other) ? Dearer(other, offer) : offer;
            }
            else
            {
                wrong.Add(failure.Message);
            }
        }

        return new OfferList(backend, fetchedAt, [.. offers.Values.OrderBy(static one => one.OfferId, StringComparer.Ordinal)], [.. wrong.Take(MostSentences)]);
    }

    private static Offer Dearer(Offer one, Offer other) => one with
    {
        OnDemand = one.OnDemand is null || other.OnDemand is null ? null : one.OnDemand > other.OnDemand ? one.OnDemand : other.OnDemand,
        Spot = one.Spot is null ? other.Spot : other.Spot is null || one.Spot > other.Spot ? one.Spot : other.Spot,
    };
}
