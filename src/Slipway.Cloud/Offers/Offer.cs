using Slipway.Cloud.Money;
using Slipway.Core.Identity;

namespace Slipway.Cloud.Offers;

/// <summary>The kind of processor that a machine has: what is brought there must be for it.</summary>
public enum CpuArchitecture
{
    /// <summary>Not said.</summary>
    Unknown,

    /// <summary>64-bit x86.</summary>
    X64,

    /// <summary>64-bit ARM, as in GH200 and GB200.</summary>
    Arm64,
}

/// <summary>
/// One kind of machine that can be rented in one place. Prices are for the whole machine and an hour, never for one GPU; several machines cost several times as much. They hold what the
/// source said when it was asked: no disk, traffic or tax is in them.
/// </summary>
/// <param name="Cloud">The cloud as SkyPilot names it, in lower case.</param>
/// <param name="Region">The region, or a context or pool where there are no regions.</param>
/// <param name="InstanceType">The cloud's name for the machine; empty where it has none.</param>
/// <param name="Gpu">The GPU's name; null for a machine without.</param>
/// <param name="GpuCount">GPUs of one machine.</param>
/// <param name="Source">Who said so, for people.</param>
public sealed record Offer(string Cloud, string Region, string InstanceType, string? Gpu, int GpuCount, string Source)
{
    /// <summary>The zone, where the source names one.</summary>
    public string? Zone { get; init; }

    /// <summary>Memory of one GPU in GiB; null when neither the source nor our own table knows.</summary>
    public decimal? VramGib { get; init; }

    /// <summary>Virtual processors of the machine; null when not said.</summary>
    public decimal? Vcpus { get; init; }

    /// <summary>Memory of the machine in GiB; null when not said.</summary>
    public decimal? MemoryGib { get; init; }

    /// <summary>Dollars an hour on demand; null when not known.</summary>
    public Usd? OnDemand { get; init; }

    /// <summary>Dollars an hour as spot; null when there is no spot.</summary>
    public Usd? Spot { get; init; }

    /// <summary>The processors.</summary>
    public CpuArchitecture Architecture { get; init; } = CpuArchitecture.Unknown;

    /// <summary>When the prices were fetched from their source; null when nobody knows.</summary>
    public DateTimeOffset? AsOf { get; init; }

    /// <summary>Whether this cloud charges by the hour, so that a missing price is unknown and not free.</summary>
    public bool IsPriced => !UnpricedClouds.Contains(Cloud);

    /// <summary>The name of the offer: the same for the same machine in the same place, whatever its price.</summary>
    public string OfferId => $"o-{Sha256Digest.Of(string.Join('\n', Cloud, Region, Zone ?? string.Empty, InstanceType, Gpu?.ToUpperInvariant() ?? string.Empty, GpuCount)).Hex[..12]}";

    /// <summary>The price of one machine for an hour; null when it is not known, or when there is no spot.</summary>
    public Usd? Price(bool spot) => spot ? Spot : OnDemand;

    /// <summary>Memory of all GPUs of one machine in GiB; null when not known.</summary>
    public decimal? TotalVramGib => VramGib * GpuCount;

    /// <summary>The offer for people.</summary>
    public override string ToString() =>
        $"{(Gpu is null ? "no GPU" : $"{Gpu}×{GpuCount}")} on {Cloud}{(Region.Length > 0 ? $"/{Region}" : string.Empty)}{(InstanceType.Length > 0 ? $" ({InstanceType})" : string.Empty)}";
}
