namespace Slipway.SkyPilotApi.Catalogue;

/// <summary>A machine that can be rented in one region: a row of the catalogue.</summary>
/// <param name="Cloud">The cloud, in lower case.</param>
/// <param name="InstanceType">The type of the machine; null on Kubernetes.</param>
/// <param name="Accelerator">The name of its accelerator; null for machines without one.</param>
/// <param name="Count">How many accelerators it has.</param>
/// <param name="Vcpus">How many virtual processors it has; null where that is open.</param>
/// <param name="DeviceMemoryGib">The memory of one accelerator in GiB; null or 0 where the catalogue does not know.</param>
/// <param name="MemoryGib">The memory of the machine in GiB; null where that is open.</param>
/// <param name="Price">US dollars an hour for the whole machine; null where there is no price.</param>
/// <param name="SpotPrice">The same when it may be taken away at any time; null where that is not offered.</param>
/// <param name="Region">The region.</param>
public sealed record Offer(
    string Cloud, string? InstanceType, string? Accelerator, double Count, double? Vcpus, double? DeviceMemoryGib, double? MemoryGib, decimal? Price, decimal? SpotPrice, string Region)
{
    /// <summary>What an hour costs, or null where it is not offered so.</summary>
    internal decimal? PriceOf(bool isSpot) => isSpot ? SpotPrice : Price;
}
