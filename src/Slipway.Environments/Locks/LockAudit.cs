using System.Globalization;
using Slipway.Core.Conda;
using Slipway.Core.Failures;
using Slipway.Core.Locks;
using Slipway.Core.Requirements;
using Slipway.Core.Toml;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Provisioners;
using Slipway.Environments.Requests;
using Slipway.Environments.Sites;

namespace Slipway.Environments.Locks;

/// <summary>Whether a lock can be followed on this host, as far as that can be said before its packages are looked into. It resolves nothing.</summary>
/// <param name="host">The host.</param>
/// <param name="provisioners">What builds.</param>
/// <param name="interpreters">Finds the interpreter that the lock would be followed for.</param>
internal sealed class LockAudit(BuildHost host, ProvisionerCatalogue provisioners, InterpreterFinder interpreters)
{
    private const int MinorVersions = 64;

    /// <summary>Why a resolution would refuse the lock of a request, by the very rule that it follows; null when it would not.</summary>
    public async Task<Failure?> RefusalAsync(EnvironmentRequest request, CancellationToken cancellationToken)
    {
        if (!provisioners.Find(request.Provisioner).TryGet(out var provisioner, out var failure))
        {
            return failure;
        }

        if (!provisioner.NeedsInterpreter)
        {
            return provisioner.Settled(host, request).TryGet(out _, out failure) ? null : failure;
        }

        var found = await interpreters.FindAsync(request, asItStands: !provisioner.Installs, cancellationToken).ConfigureAwait(false);
        if (!found.TryGet(out var interpreter, out failure))
        {
            return failure;
        }

        // What the interpreter has itself need not be in the lock, where the environment sees it.
        SiteFacts? site = null;
        if (request.SeesSite && provisioner.Installs && !(await new SiteProbe(host).ProbeAsync(interpreter, fresh: false, cancellationToken).ConfigureAwait(false)).TryGet(out site, out failure))
        {
            return failure;
        }

        return LockImport.Apply(request, interpreter, site).TryGet(out _, out failure) ? null : failure;
    }

    /// <summary>The platform that a lock was made for where it is not this one. Another Python of this platform is no other platform.</summary>
    public async Task<Result<Maybe<string>>> ForeignPlatformAsync(EnvironmentRequest request, Pylock document, CancellationToken cancellationToken)
    {
        if (CondaSet.Of(document) is { } conda)
        {
            return conda.Platform == CondaPlatform.Of(host.Facts.PlatformKey) ? Maybe<string>.None : Maybe<string>.Of(conda.Platform);
        }

        if (document.Environments.IsEmpty || !provisioners.Find(request.Provisioner).TryGet(out var provisioner, out _) || !provisioner.NeedsInterpreter)
        {
            return Maybe<string>.None;
        }

        var found = await interpreters.FindAsync(request, asItStands: !provisioner.Installs, cancellationToken).ConfigureAwait(false);
        return found.Map(interpreter => document.Environments.Any(marker => HoldsForSomePython(marker, interpreter.Markers))
            ? Maybe<string>.None
            : Maybe<string>.Of(string.Join(" or ", document.Environments.Select(static marker => marker.ToString()))));
    }

    private static bool HoldsForSomePython(Marker marker, MarkerEnvironment here) => marker.Evaluate(here) || Enumerable.Range(0, MinorVersions).Any(minor =>
    {
        var version = string.Create(CultureInfo.InvariantCulture, $"3.{minor}");
        return marker.Evaluate(here with { PythonVersion = version, PythonFullVersion = $"{version}.0" });
    });
}
