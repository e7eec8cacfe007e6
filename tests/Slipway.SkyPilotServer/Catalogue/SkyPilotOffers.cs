namespace Slipway.SkyPilotApi.Catalogue;

/// <summary>Machines for <see cref="SkyPilotServerOptions.Offers"/>. All prices are of dated snapshots, in US dollars for an hour of the whole machine.</summary>
public static class SkyPilotOffers
{
    /// <summary>Nebius: what SkyPilot's catalogue (v8) had, with the smaller machines without a GPU.</summary>
    public static IReadOnlyList<Offer> Nebius { get; } =
    [
        new("nebius", "gpu-h100-sxm_1gpu-16vcpu-200gb", "H100", 1, 16, 80, 200, 2.95m, 1.25m, "eu-north1"),
        new("nebius", "gpu-h100-sxm_8gpu-128vcpu-1600gb", "H100", 8, 128, 80, 1600, 23.60m, 10.00m, "eu-north1"),
        new("nebius", "gpu-h200-sxm_1gpu-16vcpu-200gb", "H200", 1, 16, 141, 200, 3.50m, 1.45m, "eu-north1"),
        new("nebius", "gpu-h200-sxm_1gpu-16vcpu-200gb", "H200", 1, 16, 141, 200, 3.50m, 1.45m, "eu-west1"),
        new("nebius", "gpu-h200-sxm_1gpu-16vcpu-200gb", "H200", 1, 16, 141, 200, 3.50m, 1.45m, "us-central1"),
        new("nebius", "gpu-h200-sxm_8gpu-128vcpu-1600gb", "H200", 8, 128, 141, 1600, 28.00m, 11.60m, "eu-north1"),
        new("nebius", "gpu-h200-sxm_8gpu-128vcpu-1600gb", "H200", 8, 128, 141, 1600, 28.00m, 11.60m, "eu-west1"),
        new("nebius", "gpu-h200-sxm_8gpu-128vcpu-1600gb", "H200", 8, 128, 141, 1600, 28.00m, 11.60m, "us-central1"),
        new("nebius", "gpu-b200-sxm_8gpu-160vcpu-1792gb", "B200", 8, 160, 180, 1792, 44.00m, null, "us-central1"),
        new("nebius", "gpu-l40s-a_1gpu-8vcpu-32gb", "L40S", 1, 8, 48, 32, 1.5484m, null, "eu-north1"),
        new("nebius", "gpu-l40s-a_1gpu-16vcpu-64gb", "L40S", 1, 16, 48, 64, 1.7468m, null, "eu-north1"),
        new("nebius", "gpu-l40s-a_1gpu-24vcpu-96gb", "L40S", 1, 24, 48, 96, 1.9452m, null, "eu-north1"),
        new("nebius", "gpu-l40s-a_1gpu-32vcpu-128gb", "L40S", 1, 32, 48, 128, 2.1436m, null, "eu-north1"),
        new("nebius", "gpu-l40s-a_1gpu-40vcpu-160gb", "L40S", 1, 40, 48, 160, 2.3420m, null, "eu-north1"),
        new("nebius", "gpu-l40s-d_1gpu-16vcpu-96gb", "L40S", 1, 16, 48, 96, 1.8172m, null, "eu-north1"),
        new("nebius", "gpu-l40s-d_1gpu-32vcpu-192gb", "L40S", 1, 32, 48, 192, 2.2844m, null, "eu-north1"),
        new("nebius", "gpu-l40s-d_1gpu-48vcpu-288gb", "L40S", 1, 48, 48, 288, 2.7516m, null, "eu-north1"),
        new("nebius", "gpu-l40s-d_2gpu-64vcpu-384gb", "L40S", 2, 64, 48, 384, 4.5688m, null, "eu-north1"),
        new("nebius", "gpu-l40s-d_2gpu-96vcpu-576gb", "L40S", 2, 96, 48, 576, 5.5032m, null, "eu-north1"),
        new("nebius", "gpu-l40s-d_4gpu-128vcpu-768gb", "L40S", 4, 128, 48, 768, 9.1376m, null, "eu-north1"),
        new("nebius", "gpu-l40s-d_4gpu-192vcpu-1152gb", "L40S", 4, 192, 48, 1152, 11.0064m, null, "eu-north1"),
        new("nebius", "cpu-d3_4vcpu-16gb", null, 0, 4, null, 16, 0.0992m, null, "eu-north1"),
        new("nebius", "cpu-d3_4vcpu-16gb", null, 0, 4, null, 16, 0.0992m, null, "eu-west1"),
        new("nebius", "cpu-d3_4vcpu-16gb", null, 0, 4, null, 16, 0.0992m, null, "us-central1"),
        new("nebius", "cpu-d3_8vcpu-32gb", null, 0, 8, null, 32, 0.1984m, null, "eu-north1"),
        new("nebius", "cpu-d3_8vcpu-32gb", null, 0, 8, null, 32, 0.1984m, null, "eu-west1"),
        new("nebius", "cpu-d3_8vcpu-32gb", null, 0, 8, null, 32, 0.1984m, null, "us-central1"),
        new("nebius", "cpu-d3_16vcpu-64gb", null, 0, 16, null, 64, 0.3968m, null, "eu-north1"),
        new("nebius", "cpu-d3_16vcpu-64gb", null, 0, 16, null, 64, 0.3968m, null, "eu-west1"),
        new("nebius", "cpu-d3_16vcpu-64gb", null, 0, 16, null, 64, 0.3968m, null, "us-central1"),
        new("nebius", "cpu-d3_32vcpu-128gb", null, 0, 32, null, 128, 0.7936m, null, "eu-north1"),
        new("nebius", "cpu-d3_32vcpu-128gb", null, 0, 32, null, 128, 0.7936m, null, "eu-west1"),
        new("nebius", "cpu-d3_32vcpu-128gb", null, 0, 32, null, 128, 0.7936m, null, "us-central1"),
        new("nebius", "cpu-d3_48vcpu-192gb", null, 0, 48, null, 192, 1.1904m, null, "eu-north1"),
        new("nebius", "cpu-d3_48vcpu-192gb", null, 0, 48, null, 192, 1.1904m, null, "eu-west1"),
        new("nebius", "cpu-d3_48vcpu-192gb", null, 0, 48, null, 192, 1.1904m, null, "us-central1"),
        new("nebius", "cpu-d3_64vcpu-256gb", null, 0, 64, null, 256, 1.5872m, null, "eu-north1"),
        new("nebius", "cpu-d3_64vcpu-256gb", null, 0, 64, null, 256, 1.5872m, null, "eu-west1"),
        new("nebius", "cpu-d3_64vcpu-256gb", null, 0, 64, null, 256, 1.5872m, null, "us-central1"),
        new("nebius", "cpu-d3_96vcpu-384gb", null, 0, 96, null, 384, 2.3808m, null, "eu-north1"),
        new("nebius", "cpu-d3_96vcpu-384gb", null, 0, 96, null, 384, 2.3808m, null, "eu-west1"),
        new("nebius", "cpu-d3_96vcpu-384gb", null, 0, 96, null, 384, 2.3808m, null, "us-central1"),
        new("nebius", "cpu-d3_128vcpu-512gb", null, 0, 128, null, 512, 3.1744m, null, "eu-north1"),
        new("nebius", "cpu-d3_128vcpu-512gb", null, 0, 128, null, 512, 3.1744m, null, "eu-west1"),
        new("nebius", "cpu-d3_128vcpu-512gb", null, 0, 128, null, 512, 3.1744m, null, "us-central1"),
        new("nebius", "cpu-e2_2vcpu-8gb", null, 0, 2, null, 8, 0.0496m, null, "eu-north1"),
        new("nebius", "cpu-e2_4vcpu-16gb", null, 0, 4, null, 16, 0.0992m, null, "eu-north1"),
        new("nebius", "cpu-e2_8vcpu-32gb", null, 0, 8, null, 32, 0.1984m, null, "eu-north1"),
    ];

    /// <summary>A few machines of AWS, Google, Lambda and RunPod: plausible rows, not a record of any day.</summary>
    public static IReadOnlyList<Offer> Others { get; } =
    [
        new("aws", "p5.48xlarge", "H100", 8, 192, 80, 2048, 55.04m, 15.0316m, "us-east-1"),
        new("aws", "g5.xlarge", "A10G", 1, 4, 24, 16, 1.006m, 0.4302m, "us-east-1"),
        new("aws", "g6.xlarge", "L4", 1, 4, 24, 16, 0.8048m, 0.3381m, "us-east-2"),
        new("gcp", "a2-highgpu-1g", "A100", 1, 12, 40, 85, 3.673385m, 1.683735m, "us-central1"),
        new("gcp", "g2-standard-4", "L4", 1, 4, 24, 16, 0.7054m, 0.2822m, "us-central1"),
        new("lambda", "gpu_1x_a10", "A10", 1, 30, 24, 200, 0.75m, null, "us-east-1"),
        new("lambda", "gpu_1x_h100_pcie", "H100", 1, 26, 80, 200, 2.49m, null, "us-west-3"),
        new("runpod", "1x_RTX4090_SECURE", "RTX4090", 1, 6, 24, 41, 0.69m, 0.35m, "US"),
        new("runpod", "1x_A100-80GB_SECURE", "A100-80GB", 1, 8, 80, 117, 1.64m, 0.82m, "CA"),
    ];

    /// <summary>Accelerators of a Kubernetes cluster: without machine types, memory sizes and prices (0.0).</summary>
    public static IReadOnlyList<Offer> Kubernetes { get; } =
    [
        new("kubernetes", null, "H100", 1, null, null, null, 0.0m, null, "in-cluster"),
        new("kubernetes", null, "L4", 1, null, null, null, 0.0m, null, "in-cluster"),
    ];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Offer> All { get; } = [.. Nebius, .. Others, .. Kubernetes];
}
