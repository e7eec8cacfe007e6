using Slipway.Core.Contracts;

namespace Slipway.Core.Identity;

/// <summary>How the environment sees packages outside itself.</summary>
public enum SysPathMode
{
    /// <summary>Only its own packages and the standard library.</summary>
    Isolated,

    /// <summary>The base interpreter's site-packages too.</summary>
    SystemSitePackages,
}

/// <summary>
/// Everything that identifies an environment on a kind of platform. Location, credentials and index URLs are
/// not in it: a pinned artifact says more than where it came from.
/// </summary>
/// <param name="LockDigest">The resolved set.</param>
/// <param name="PlatformKey">For example <c>linux-x86_64</c>.</param>
/// <param name="SysPathMode">Whether the base's site-packages are visible.</param>
/// <param name="Implementation">For example <c>cpython</c>.</param>
/// <param name="PythonVersion">The full version: <c>3.11.7</c>.</param>
/// <param name="Abi">The interpreter's <c>SOABI</c>, for example <c>cpython-311-x86_64-linux-gnu</c>.</param>
/// <param name="Provisioner">Kind, tool version and our layout version for it: <c>pip/24.0/1</c>.</param>
/// <param name="Flags">Installer flags that change bytes, in a fixed order, separated by blanks.</param>
public sealed record EnvironmentKeyInputs(
    Sha256Digest LockDigest,
    string PlatformKey,
    SysPathMode SysPathMode,
    string Implementation,
    string PythonVersion,
    string Abi,
    string Provisioner,
    string Flags)
{
    /// <summary>The domain and schema number that enter the hash.</summary>
    public const string Domain = "slipway.environment-key/1";

    /// <summary>What identifies the packages outside the environment that it sees; null when it sees none. Absent from the key then, so that keys made before it existed stand.</summary>
    public string? SiteFingerprint { get; init; }

    /// <summary>The absolute directory of the project that is installed into it by its place, and that it is private to; null, and absent from the key, for none.</summary>
    public string? Project { get; init; }

    /// <summary>The digest of what that project's build reads; null without one.</summary>
    public Sha256Digest? ProjectBuild { get; init; }

    /// <summary>The inputs in their canonical order, for the key, for <c>meta.json</c> and for <c>why</c>.</summary>
    public CanonicalFields ToFields() => new(
        Domain,
        [
            new("contract_version", EnvironmentRef.CurrentContractVersion.ToString()),
            new("lock_digest", LockDigest.Hex),
            new("platform_key", PlatformKey),
            new("sys_path", SysPathMode is SysPathMode.Isolated ? "isolated" : "system-site-packages"),
            new("implementation", Implementation),
            new("python_version", PythonVersion),
            new("abi", Abi),
            new("provisioner", Provisioner),
            new("flags", Flags),
            .. SiteFingerprint is { } site ? [new CanonicalField("site_fingerprint", site)] : Array.Empty<CanonicalField>(),
            .. Project is { } project ? [new CanonicalField("project", project), new CanonicalField("project_build", ProjectBuild?.Hex ?? string.Empty)] : Array.Empty<CanonicalField>(),
        ]);

    /// <summary>The environment key.</summary>
    public Sha256Digest ToKey() => ToFields().Digest();
}
