using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Slipway.Core.Identity;
using Slipway.Core.Requirements;

namespace Slipway.Environments.Sites;

/// <summary>What an interpreter offers besides its standard library: the packages of the system, a cluster or an image.</summary>
/// <param name="Directories">Absolute directories in which packages are or could appear.</param>
/// <param name="Distributions">The distributions, sorted by name; of two with one name the one that an import finds.</param>
public sealed record SiteFacts(ImmutableArray<string> Directories, ImmutableArray<SiteDistribution> Distributions)
{
    /// <summary>The directories whose <c>.pth</c> and <c>.start</c> files Python reads at every start, in that order.</summary>
    [JsonRequired]
    public ImmutableArray<string> StartDirectories { get; init; } = [];

    /// <summary>The directories in which Python looks for <c>sitecustomize</c>, in that order.</summary>
    [JsonRequired]
    public ImmutableArray<string> SearchPath { get; init; } = [];

    /// <summary>When the look began: nanoseconds since 1970, by the clock of the machine that was looked at.</summary>
    public long Started { get; init; }

    /// <summary>The domain and schema number of the fingerprint.</summary>
    public const string Domain = "slipway.site/1";

    /// <summary>The distribution of a name; null when there is none.</summary>
    internal SiteDistribution? Find(PackageName name) => Distributions.FirstOrDefault(distribution => distribution.PackageName() == name);

    /// <summary>Whether what is there satisfies a requirement by name and version. What is asked for by its address is never known to be there.</summary>
    internal bool Offers(Requirement requirement) => requirement.Url is null && Find(requirement.Name)?.Allows(requirement.Specifiers) is true;

    /// <summary>The identity of all distributions together. Where they lie is not in it.</summary>
    public Sha256Digest Fingerprint() => new CanonicalFields(
        Domain,
        [.. Distributions.Select(distribution => new CanonicalField(distribution.Name, $"{distribution.Version}\n{distribution.Pin}"))]).Digest();
}
