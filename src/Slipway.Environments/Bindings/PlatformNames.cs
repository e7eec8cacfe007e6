namespace Slipway.Environments.Bindings;

/// <summary>Compares what requirements say of platforms with the platform of a host.</summary>
internal static class PlatformNames
{
    /// <summary>Whether a host's platform is meant.</summary>
    /// <param name="constraint">A platform (<c>linux-x86_64</c>), an operating system (<c>linux</c>), an architecture (<c>x86_64</c>), or <c>any</c>.</param>
    /// <param name="platformKey">The host's platform key.</param>
    public static bool Matches(string constraint, string platformKey)
    {
        var wanted = Parts(constraint);
        var has = Parts(platformKey);
        return wanted is ["any" or "*"] || wanted.All(part => has.Contains(part, StringComparer.Ordinal));
    }

    private static string[] Parts(string text) => [.. text.Trim().ToLowerInvariant()
        .Replace("x86_64", "x64", StringComparison.Ordinal)
        .Split(['-', '_', '/'], StringSplitOptions.RemoveEmptyEntries)
        .Select(static part => part switch
        {
            "amd64" => "x64",
            "arm64" => "aarch64",
            "darwin" or "osx" => "macos",
            "win32" or "win" => "windows",
            _ => part,
        })];
}
