namespace Slipway.Cloud.Offers;

/// <summary>
/// Memory of one card in GiB, by the names that SkyPilot gives, from the makers' data sheets: for sources that say 0 or nothing. Where a name stands for cards of several sizes, it is the smallest.
/// </summary>
public static class GpuMemory
{
    private static readonly Dictionary<string, int> Cards = new(StringComparer.OrdinalIgnoreCase)
    {
        ["B300"] = 288, ["B200"] = 180, ["GB200"] = 186, ["GB300"] = 288, ["H200"] = 141, ["H200-SXM"] = 141, ["H100"] = 80, ["H100-SXM"] = 80, ["H100-NVL"] = 94, ["GH200"] = 96,
        ["A100"] = 40, ["A100-40GB"] = 40, ["A100-80GB"] = 80, ["A100-80GB-SXM"] = 80, ["A40"] = 48, ["A30"] = 24, ["A16"] = 16, ["A10"] = 24, ["A10G"] = 24,
        ["L40S"] = 48, ["L40"] = 48, ["L4"] = 24, ["T4"] = 16, ["T4g"] = 16, ["V100"] = 16, ["V100-32GB"] = 32, ["P100"] = 16, ["P40"] = 24, ["P4"] = 8, ["K80"] = 12, ["M60"] = 8,
        ["RTXPRO6000"] = 96, ["RTX6000-Ada"] = 48, ["RTX6000"] = 24, ["RTX5090"] = 32, ["RTX4090"] = 24, ["RTX3090"] = 24, ["RTX4080"] = 16, ["RTX3080"] = 10,
        ["RTXA6000"] = 48, ["A6000"] = 48, ["RTXA5000"] = 24, ["RTXA4000"] = 16, ["A4000"] = 16, ["A5000"] = 24,
        ["MI300X"] = 192, ["MI325X"] = 256, ["MI250"] = 128, ["Gaudi2"] = 96, ["Gaudi3"] = 128,
    };

    /// <summary>GiB of one card; null when the table does not know it.</summary>
    public static int? Of(string gpu) => Cards.TryGetValue(gpu, out var gib) ? gib : null;
}
