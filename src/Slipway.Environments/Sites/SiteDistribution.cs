using System.Collections.Immutable;
using Slipway.Core.Requirements;
using Slipway.Core.Versions;

namespace Slipway.Environments.Sites;

/// <summary>A distribution that an interpreter offers outside every environment of Slipway.</summary>
/// <param name="Name">Its name as its metadata has it.</param>
/// <param name="Version">Its version as its metadata has it; packagers use versions that PEP 440 does not know.</param>
/// <param name="Pin">What pins the installed files: the digest of RECORD, or of the metadata with its modification time.</param>
/// <param name="Requires">Its <c>Requires-Dist</c> entries as they stand.</param>
public sealed record SiteDistribution(string Name, string Version, string Pin, ImmutableArray<string> Requires)
{
    /// <summary>The name by PEP 503; null when it is none.</summary>
    internal PackageName? PackageName() => Core.Requirements.PackageName.Parse(Name).TryGet(out var name, out _) ? name : null;

    /// <summary>The version by PEP 440; null when it is none.</summary>
    internal PepVersion? PepVersion() => Core.Versions.PepVersion.Parse(Version).TryGet(out var version, out _) ? version : null;

    /// <summary>Whether its version lies in a range; one that PEP 440 does not know lies in no range but the one of all.</summary>
    internal bool Allows(VersionSpecifierSet range) => range.IsEmpty || (PepVersion() is { } version && range.Contains(version, prereleases: true));
}
