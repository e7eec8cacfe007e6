using Slipway.Cloud.Money;

namespace Slipway.Cloud.Offers;

/// <summary>What is looked for among offers. What is null or empty is not asked for.</summary>
public sealed record OfferQuery
{
    /// <summary>The clouds that may be used; empty: any.</summary>
    public IReadOnlyList<string> Clouds { get; init; } = [];

    /// <summary>The GPU's name, in any case.</summary>
    public string? Gpu { get; init; }

    /// <summary>GPUs of one machine, exactly.</summary>
    public int? Count { get; init; }

    /// <summary>Whether it must be spot.</summary>
    public bool Spot { get; init; }

    /// <summary>The region.</summary>
    public string? Region { get; init; }

    /// <summary>The machine's name.</summary>
    public string? InstanceType { get; init; }

    /// <summary>The least memory of one GPU in GiB; offers whose memory is not known are left out.</summary>
    public decimal? MinVramGib { get; init; }

    /// <summary>The processors that are needed; offers that do not say theirs stay.</summary>
    public CpuArchitecture Architecture { get; init; } = CpuArchitecture.X64;

    /// <summary>The most offers.</summary>
    public int Limit { get; init; } = 50;

    /// <summary>The offers that match, cheapest first; those without a price come last.</summary>
    public IReadOnlyList<Offer> Find(IEnumerable<Offer> offers) => [.. Sorted(offers.Where(Matches), Spot).Take(Math.Max(0, Limit))];

    /// <summary>Whether an offer is what is looked for.</summary>
    public bool Matches(Offer offer) =>
        (Clouds.Count == 0 || Clouds.Contains(offer.Cloud, StringComparer.OrdinalIgnoreCase))
        && Is(Gpu, offer.Gpu) && Is(Region, offer.Region) && Is(InstanceType, offer.InstanceType)
        && (Count is null || offer.GpuCount == Count)
        && (!Spot || offer.Spot is not null)
        && (MinVramGib is null || offer.VramGib >= MinVramGib)
        && (Architecture is CpuArchitecture.Unknown || offer.Architecture is CpuArchitecture.Unknown || offer.Architecture == Architecture);

    /// <summary>What was asked for, for people.</summary>
    public override string ToString() => string.Join(' ', new[]
    {
        Gpu is null ? null : Count is null ? Gpu : $"{Gpu}×{Count}",
        Spot ? "spot" : null,
        MinVramGib is { } gib ? $"with {gib.Plain()} GiB a card" : null,
        InstanceType,
        Clouds.Count > 0 ? $"on {string.Join('|', Clouds)}" : null,
        Region is null ? null : $"in {Region}",
    }.Where(static part => part is not null)) is { Length: > 0 } text ? text : "any machine";

    internal static IEnumerable<Offer> Sorted(IEnumerable<Offer> offers, bool spot) => offers
        .OrderBy(offer => offer.Price(spot) is null)
        .ThenBy(offer => offer.Price(spot)?.Value ?? 0)
        .ThenBy(static offer => offer.Cloud, StringComparer.Ordinal)
        .ThenBy(static offer => offer.Region, StringComparer.Ordinal)
        .ThenBy(static offer => offer.OfferId, StringComparer.Ordinal);

    private static bool Is(string? wanted, string? there) => wanted is null || wanted.Equals(there, StringComparison.OrdinalIgnoreCase);
}
