using System.Text.Json;
using Slipway.Cloud.Money;
using Slipway.Core.Failures;
using Slipway.Core.Text;

namespace Slipway.Cloud.Offers;

/// <summary>One row of SkyPilot's <c>list_accelerators</c> (API version 55), by position.</summary>
/// <param name="Cloud">0: the cloud.</param>
/// <param name="InstanceType">1: may be null.</param>
/// <param name="Accelerator">2: the GPU.</param>
/// <param name="Count">3: GPUs of the machine; a fraction on some clouds.</param>
/// <param name="Vcpus">4: may be null.</param>
/// <param name="DeviceMemoryGib">5: of one GPU; null or 0 when not known.</param>
/// <param name="HostMemoryGib">6: may be null.</param>
/// <param name="PriceUsd">7: dollars an hour on demand for the machine; 0 or null when not known.</param>
/// <param name="SpotPriceUsd">8: the same as spot; null when there is none.</param>
/// <param name="Region">9: the region; may be null.</param>
public sealed record AcceleratorRow(
    string Cloud, string? InstanceType, string? Accelerator, decimal Count, decimal? Vcpus, decimal? DeviceMemoryGib, decimal? HostMemoryGib, Usd? PriceUsd, Usd? SpotPriceUsd, string? Region)
{
    private const int Fields = 10;
    private const int LongestName = 200;

    /// <summary>Reads a row: a JSON array of ten values. Numbers that are no numbers, negative prices and texts that could steer a terminal are refused.</summary>
    public static Result<AcceleratorRow> Read(JsonElement row)
    {
        if (row.ValueKind is not JsonValueKind.Array || row.GetArrayLength() < Fields)
        {
            return Wrong(row, $"it is no list of {Fields} values");
        }

        if (!Name(row[0], out var cloud) || cloud is null || !Name(row[1], out var instance) || !Name(row[2], out var gpu) || !Name(row[9], out var region))
        {
            return Wrong(row, "a name in it is absent, too long or holds control characters");
        }

        if (!Number(row[3], out var count) || count is null or <= 0 or > 1024 || !Number(row[4], out var cpus) || !Number(row[5], out var vram) || !Number(row[6], out var memory))
        {
            return Wrong(row, "a size in it is no number, negative or absurd");
        }

        return Price(row[7], out var price, out var failure) && Price(row[8], out var spot, out failure)
            ? new AcceleratorRow(cloud, instance, gpu, count.Value, cpus, vram, memory, price, spot, region)
            : Wrong(row, failure!.Message);
    }

    /// <summary>The offer that the row makes.</summary>
    /// <param name="source">Who was asked.</param>
    /// <param name="asOf">When; null when the age of what they know is unknown.</param>
    /// <returns>The offer; a failure for a machine with a part of a GPU, which no estimate here is right for.</returns>
    public Result<Offer> ToOffer(string source, DateTimeOffset? asOf)
    {
        if (Count != decimal.Truncate(Count))
        {
            return new Failure(CloudFailures.OfferInvalid, $"{Cloud} offers {Count.Plain()} of a {Accelerator}: parts of a GPU are left out.");
        }

        var cloud = Cloud.ToLowerInvariant();
        var priced = !UnpricedClouds.Contains(cloud);
        return new Offer(cloud, Region ?? string.Empty, InstanceType ?? string.Empty, Accelerator, Accelerator is null ? 0 : (int)Count, source)
        {
            VramGib = DeviceMemoryGib is > 0 ? DeviceMemoryGib : Accelerator is null ? null : GpuMemory.Of(Accelerator),
            Vcpus = Vcpus,
            MemoryGib = HostMemoryGib,
            OnDemand = priced && PriceUsd is { IsZero: false } ? PriceUsd : null,
            Spot = priced && SpotPriceUsd is { IsZero: false } ? SpotPriceUsd : null,
            Architecture = ArchitectureOf(Accelerator, InstanceType),
            AsOf = asOf,
        };
    }

    // Grace processors are ARM, and so are Amazon's machines whose family ends in "g" before the size, as g5g.xlarge.
    private static CpuArchitecture ArchitectureOf(string? gpu, string? instance)
    {
        var family = instance?.Split('.')[0] ?? string.Empty;
        var isArm = gpu is not null && (gpu.StartsWith("GH200", StringComparison.OrdinalIgnoreCase) || gpu.StartsWith("GB", StringComparison.OrdinalIgnoreCase) || gpu.Equals("T4g", StringComparison.OrdinalIgnoreCase));
        return isArm || family is "g5g" ? CpuArchitecture.Arm64 : gpu is null ? CpuArchitecture.Unknown : CpuArchitecture.X64;
    }

    private static Failure Wrong(JsonElement row, string why) => new(CloudFailures.OfferInvalid, $"The row {Shown.Quote(row.GetRawText())} is no offer: {why}.");

    private static bool Name(JsonElement value, out string? name)
    {
        name = value.ValueKind is JsonValueKind.String ? value.GetString() : null;
        return value.ValueKind is JsonValueKind.Null || (name is { Length: > 0 and <= LongestName } && !name.Any(static one => char.IsControl(one) || char.IsSurrogate(one)));
    }

    private static bool Number(JsonElement value, out decimal? number)
    {
        number = value.ValueKind is JsonValueKind.Number && value.TryGetDecimal(out var read) ? read : null;
        return value.ValueKind is JsonValueKind.Null || number is >= 0 and < 1_000_000_000;
    }

    private static bool Price(JsonElement value, out Usd? price, out Failure? failure)
    {
        price = null;
        failure = null;
        if (value.ValueKind is JsonValueKind.Null)
        {
            return true;
        }

        var read = Usd.Read(value, "its price");
        price = read.IsOk ? read.Value : null;
        failure = read.IsOk ? null : read.Failure;
        return read.IsOk;
    }
}
