namespace Slipway.Cloud.Offers;

/// <summary>Where SkyPilot reports 0 because nobody bills by the hour: machines of one's own. Everywhere else 0 means "not known".</summary>
public static class UnpricedClouds
{
    private static readonly string[] Names = ["kubernetes", "k8s", "ssh", "slurm", "local"];

    /// <summary>Whether a cloud is one of these.</summary>
    public static bool Contains(string cloud) => Names.Contains(cloud, StringComparer.OrdinalIgnoreCase);
}
