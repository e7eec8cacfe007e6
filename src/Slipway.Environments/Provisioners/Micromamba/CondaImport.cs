using System.Collections.Immutable;
using Slipway.Core.Conda;
using Slipway.Core.Failures;
using Slipway.Core.Toml;
using Slipway.Environments.Locks;
using Slipway.Environments.Requests;

namespace Slipway.Environments.Provisioners.Micromamba;

/// <summary>
/// The packages that a lock settles for a platform. A lock of another platform is refused, strict or not: conda's versions and builds differ from platform
/// to platform, so they could bound nothing.
/// </summary>
internal static class CondaImport
{
    /// <summary>The packages; none when no lock comes with the request.</summary>
    public static Result<Maybe<ImmutableArray<CondaPackage>>> Find(EnvironmentRequest request, CondaRequest conda, string platform)
    {
        if (request.Lock is { } imported)
        {
            return CondaSet.Of(imported.Document) is not { } set ? new Failure(EnvironmentFailures.StaleLock, $"{imported.Path} has no conda packages.") { Hint = "Make it anew with `slipway lock`." }
                : set.Platform == platform ? Maybe<ImmutableArray<CondaPackage>>.Of(set.Packages)
                : Foreign(imported.Path, set.Platform, platform, $"Make one with `slipway lock` on {platform}.");
        }

        if (conda.Lock is not { } locked)
        {
            return Maybe<ImmutableArray<CondaPackage>>.None;
        }

        return locked.Packages.TryGetValue(platform, out var packages)
            ? Maybe<ImmutableArray<CondaPackage>>.Of(packages)
            : Foreign(locked.Path, string.Join(", ", locked.Packages.Keys), platform, $"Make one with `conda-lock -f environment.yml -p {platform}`, or run with --no-lock.");
    }

    private static Failure Foreign(string path, string made, string platform, string hint) =>
        new(EnvironmentFailures.CondaLockForeign, $"{path} is for {made}, and this host is {platform}.") { Hint = hint };
}
