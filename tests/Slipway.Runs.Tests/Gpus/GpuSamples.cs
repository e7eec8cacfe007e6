namespace Slipway.Runs.Tests.Gpus;

/// <summary>Answers of nvidia-smi in the forms that its documentation describes.</summary>
internal static class GpuSamples
{
    public const string Two = """
        0, GPU-11111111-aaaa-bbbb-cccc-000000000001, NVIDIA H100 80GB HBM3, 1, 81559, 0, Disabled
        1, GPU-11111111-aaaa-bbbb-cccc-000000000002, NVIDIA H100 80GB HBM3, 40517, 81559, 97, Disabled

        """;

    public const string TwoApps = "GPU-11111111-aaaa-bbbb-cccc-000000000002, 4242, 40502\n";

    /// <summary>A divided GPU, whose utilisation no driver tells, beside a whole one.</summary>
    public const string Divided = """
        0, GPU-22222222-aaaa-bbbb-cccc-000000000001, NVIDIA A100-SXM4-40GB, 25, 40960, [N/A], Enabled
        1, GPU-22222222-aaaa-bbbb-cccc-000000000002, NVIDIA A100-SXM4-40GB, 4, 40960, 0, Disabled

        """;

    public const string DividedList = """
        GPU 0: NVIDIA A100-SXM4-40GB (UUID: GPU-22222222-aaaa-bbbb-cccc-000000000001)
          MIG 3g.20gb     Device  0: (UUID: MIG-33333333-aaaa-bbbb-cccc-000000000001)
          MIG 1g.5gb      Device  1: (UUID: MIG-GPU-22222222-aaaa-bbbb-cccc-000000000001/11/0)
        GPU 1: NVIDIA A100-SXM4-40GB (UUID: GPU-22222222-aaaa-bbbb-cccc-000000000002)

        """;

    public const string DividedApps = "MIG-33333333-aaaa-bbbb-cccc-000000000001, 77, [N/A]\n";

    /// <summary>Consumer and old cards, a broken one, and one that tells nothing.</summary>
    public const string Silent = """
        0, GPU-44444444-aaaa-bbbb-cccc-000000000001, NVIDIA GeForce GT 710, [Not Supported], 2001, [Not Supported], [N/A]
        1, GPU-44444444-aaaa-bbbb-cccc-000000000002, Card, with a comma, 1000, 2001, 5, [N/A]
        2, GPU-44444444-aaaa-bbbb-cccc-000000000003, Tesla K80, [Unknown Error], [GPU requires reset], ERR!, [N/A]
        [N/A], [N/A], NVIDIA GB10, [N/A], [N/A], [N/A], [N/A]

        """;
}
