using Slipway.Core.Requirements;

namespace Slipway.Environments.Locks;

/// <summary>A package that an environment uses where the interpreter has it, outside the store.</summary>
/// <param name="Name">The package.</param>
/// <param name="Version">Its version as its metadata has it; packagers use versions that PEP 440 does not know.</param>
/// <param name="Pin">What pins the installed files, without tabs: see <see cref="Sites.SiteDistribution"/>.</param>
public sealed record InstalledPackage(PackageName Name, string Version, string Pin)
{
    /// <summary>The package as one line: <c>torch 1.13.0a0 record-sha256:…</c>.</summary>
    public string ToLine() => $"{Name}\t{Version}\t{Pin}";

    /// <summary>Reads a line; null when it is none.</summary>
    public static InstalledPackage? FromLine(string line) =>
        line.Split('\t') is [var text, var version, var pin] && PackageName.Parse(text).TryGet(out var name, out _)
            ? new InstalledPackage(name, version, pin)
            : null;
}
