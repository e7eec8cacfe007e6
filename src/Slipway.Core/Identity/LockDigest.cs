using System.Collections.Immutable;
using Slipway.Core.Requirements;

namespace Slipway.Core.Identity;

/// <summary>One package of a resolved set, as far as identity goes.</summary>
/// <param name="Name">The package.</param>
/// <param name="Version">Its canonical version; empty for a source tree without one.</param>
/// <param name="Content">
/// What pins the bytes: <c>sha256:…</c> of the chosen artifact; without one, <c>url:…</c>, <c>git:URL@commit</c>
/// or <c>tree:…</c>, the digest of a source tree.
/// </param>
public sealed record LockedPackage(PackageName Name, string Version, string Content);

/// <summary>
/// The identity of a resolved set, equal on every host: what laptop, SSH box and cloud share. Order of packages,
/// indexes, locations and file names do not enter it.
/// </summary>
public static class LockDigest
{
    /// <summary>The domain and schema number that enter the hash.</summary>
    public const string Domain = "slipway.lock/1";

    /// <summary>Computes the digest of a set of packages.</summary>
    /// <param name="packages">What installers of Python packages install.</param>
    /// <param name="conda">What conda installs, and the variables that come with it; absent from the digest where there is none.</param>
    public static Sha256Digest Compute(IEnumerable<LockedPackage> packages, IEnumerable<CanonicalField>? conda = null)
    {
        var sorted = packages
            .Select(package => new CanonicalField(package.Name.Normalized, $"{package.Version}\n{package.Content}"))
            .Concat(conda ?? [])
            .OrderBy(field => field.Name, StringComparer.Ordinal)
            .ThenBy(field => field.Value, StringComparer.Ordinal)
            .ToImmutableArray();
        return new CanonicalFields(Domain, sorted).Digest();
    }
}
