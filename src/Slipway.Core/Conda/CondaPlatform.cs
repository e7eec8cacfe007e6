namespace Slipway.Core.Conda;

/// <summary>What conda calls the platforms.</summary>
public static class CondaPlatform
{
    /// <summary>The platform of packages that run everywhere.</summary>
    public const string Any = "noarch";

    /// <summary>conda's name of a platform; null for one that it has no packages for.</summary>
    /// <param name="platformKey">Ours: <c>linux-x86_64</c>.</param>
    public static string? Of(string platformKey) => platformKey switch
    {
        "linux-x86_64" => "linux-64",
        "linux-aarch64" or "linux-arm64" => "linux-aarch64",
        "linux-ppc64le" => "linux-ppc64le",
        _ => null,
    };

    /// <summary>What Python calls the machine of a platform: <c>x86_64</c> for <c>linux-64</c>.</summary>
    /// <param name="platform">conda's name.</param>
    public static string MachineOf(string platform)
    {
        ArgumentNullException.ThrowIfNull(platform);
        var machine = platform[(platform.IndexOf('-', StringComparison.Ordinal) + 1)..];
        return machine is "64" ? "x86_64" : machine;
    }
}
