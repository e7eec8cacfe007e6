using System.Text.Json;
using Slipway.Cloud.Money;
using Slipway.Core.Failures;

namespace Slipway.Cloud.Offers;

/// <summary>Offers as JSON: in plans, in the cache and for other programs.</summary>
public static class OfferText
{
    /// <summary>Writes the members of an offer into an object that was begun.</summary>
    public static void Write(Utf8JsonWriter writer, Offer offer)
    {
        writer.WriteString("offer_id", offer.OfferId);
        writer.WriteString("cloud", offer.Cloud);
        writer.WriteString("region", offer.Region);
        writer.WriteString("zone", offer.Zone);
        writer.WriteString("instance_type", offer.InstanceType);
        writer.WriteString("gpu", offer.Gpu);
        writer.WriteNumber("gpu_count", offer.GpuCount);
        Number(writer, "vram_gib", offer.VramGib);
        Number(writer, "vcpus", offer.Vcpus);
        Number(writer, "memory_gib", offer.MemoryGib);
        writer.Amount("on_demand_usd_h", offer.OnDemand);
        writer.Amount("spot_usd_h", offer.Spot);
        writer.WriteBoolean("is_priced", offer.IsPriced);
        writer.WriteString("architecture", offer.Architecture switch { CpuArchitecture.X64 => "x64", CpuArchitecture.Arm64 => "arm64", _ => null });
        writer.Time("as_of", offer.AsOf);
        writer.WriteString("source", offer.Source);
    }

    /// <summary>Reads an offer.</summary>
    public static Result<Offer> Read(JsonElement value)
    {
        if (value.Text("cloud") is not { Length: > 0 } cloud || value.Text("region") is not { } region || value.Text("instance_type") is not { } instance
            || value.Whole("gpu_count") is not { } count || count < 0 || value.Text("source") is not { } source)
        {
            return new Failure(CloudFailures.OfferInvalid, "An offer lacks its cloud, region, machine, count or source.");
        }

        if (!value.TryAmount("on_demand_usd_h", out var demand, out var failure) || !value.TryAmount("spot_usd_h", out var spot, out failure))
        {
            return failure!;
        }

        return new Offer(cloud, region, instance, value.Text("gpu"), count, source)
        {
            Zone = value.Text("zone"),
            VramGib = value.Number("vram_gib"),
            Vcpus = value.Number("vcpus"),
            MemoryGib = value.Number("memory_gib"),
            OnDemand = demand,
            Spot = spot,
            Architecture = value.Text("architecture") switch { "x64" => CpuArchitecture.X64, "arm64" => CpuArchitecture.Arm64, _ => CpuArchitecture.Unknown },
            AsOf = value.Time("as_of"),
        };
    }

    private static void Number(Utf8JsonWriter writer, string name, decimal? number)
    {
        if (number is { } known)
        {
            writer.WriteNumber(name, known);
        }
        else
        {
            writer.WriteNull(name);
        }
    }
}
