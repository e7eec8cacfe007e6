using Slipway.Core.Failures;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Locks;
using Slipway.Store.Slots;

namespace Slipway.Environments.Sites;

/// <summary>Compares what an environment was made for with what its base interpreter has now.</summary>
internal sealed class SiteComparison(BuildHost host, InterpreterFinder interpreters, SiteProbe sites)
{
    /// <summary>Compares, without anything remembered.</summary>
    public async Task<Result<SiteCheck>> CompareAsync(StoredEnvironment environment, CancellationToken cancellationToken)
    {
        if (RecordedSite.Of(environment) is not { } recorded)
        {
            return new SiteCheck(null);
        }

        var found = await recorded.FindAsync(interpreters, cancellationToken).ConfigureAwait(false);
        if (!found.TryGet(out var interpreter, out _))
        {
            return new SiteCheck($"{recorded.Executable} is gone");
        }

        var probed = await sites.ProbeAsync(interpreter, fresh: true, cancellationToken).ConfigureAwait(false);
        return probed.TryGet(out var site, out var failure)
            ? site.Fingerprint().Hex == recorded.Fingerprint ? new SiteCheck(null) : Describe(environment, recorded.Executable, site)
            : failure;
    }

    private SiteCheck Describe(StoredEnvironment environment, string executable, SiteFacts site)
    {
        var now = site.Distributions.Where(one => one.PackageName() is not null).ToDictionary(one => one.PackageName()!.Value);
        var used = ResolvedLock.Read(environment.Meta.Lock, host.Layout.Meta(environment.Slot)).TryGet(out var resolved, out _) ? resolved.Installed : [];
        foreach (var package in used)
        {
            if (!now.TryGetValue(package.Name, out var distribution))
            {
                return new SiteCheck($"{package.Name} {package.Version} of {executable} is gone");
            }

            if (distribution.Version != package.Version)
            {
                return new SiteCheck($"{package.Name} of {executable} was {package.Version} and is {distribution.Version}");
            }

            if (distribution.Pin != package.Pin)
            {
                return new SiteCheck($"{package.Name} {package.Version} of {executable} was changed in place", IsEdited: true);
            }
        }

        return new SiteCheck($"packages of {executable} that this environment sees, but was not asked for, are others now");
    }
}
