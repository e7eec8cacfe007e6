using Slipway.Core.Contracts;
using Slipway.Core.Decisions;
using Slipway.Core.Identity;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Locks;
using Slipway.Environments.Provisioners;
using Slipway.Environments.Requests;
using Slipway.Environments.Sites;

namespace Slipway.Environments;

/// <summary>
/// Decides what would happen for a request, from what is remembered and what is there: reuse, build, or resolve first, and why. It
/// changes nothing.
/// </summary>
internal sealed class RequestDecider(BuildHost host, ProvisionerCatalogue provisioners, InterpreterFinder interpreters)
{
    private readonly SiteProbe _sites = new(host);

    /// <summary>Decides.</summary>
    /// <param name="request">The request, with the content of its local sources.</param>
    /// <param name="fields">The same in canonical form.</param>
    /// <param name="memo">What it resolved to before; null when it never was.</param>
    /// <param name="options">How it is to be served.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    public async Task<EnvironmentPlan> DecideAsync(
        EnvironmentRequest request, CanonicalFields fields, RequestMemo? memo, EnsureOptions options, CancellationToken cancellationToken)
    {
        if (options.Refresh)
        {
            return Unresolved(request, fields, DecisionReason.RefreshRequested, "a new resolution was asked for");
        }

        if (memo is null)
        {
            return Unresolved(request, fields, DecisionReason.NotYetResolved, "not yet resolved on this host");
        }

        if (memo.Interpreter is not { } interpreter)
        {
            return await ReadAsync(request, fields, memo, site: null, cancellationToken).ConfigureAwait(false);
        }

        var stamp = await interpreters.StampAsync(interpreter, cancellationToken).ConfigureAwait(false);
        if (stamp != memo.InterpreterStamp)
        {
            return stamp is null
                ? Unresolved(request, fields, DecisionReason.InterpreterGone, $"{interpreter.Executable} is gone")
                : Unresolved(request, fields, DecisionReason.InterpreterChanged, $"{interpreter.Executable} was replaced");
        }

        if (!await interpreters.StandsAsync(interpreter, cancellationToken).ConfigureAwait(false))
        {
            return Unresolved(request, fields, DecisionReason.InterpreterChanged, $"{interpreter.VirtualEnvironment} is not the virtual environment that it was");
        }

        var site = await SiteAsync(request, interpreter, cancellationToken).ConfigureAwait(false);
        return string.Equals(site?.Fingerprint().Hex, memo.SiteFingerprint, StringComparison.Ordinal)
            ? await ReadAsync(request, fields, memo, site, cancellationToken).ConfigureAwait(false)
            : Unresolved(request, fields, DecisionReason.SystemPackagesChanged, $"the packages of {interpreter.Executable} are not the ones that it had");
    }

    private async Task<EnvironmentPlan> ReadAsync(
        EnvironmentRequest request, CanonicalFields fields, RequestMemo memo, SiteFacts? site, CancellationToken cancellationToken) =>
        ResolvedLock.Read(memo.Lock, "memo").TryGet(out var resolved, out _) && provisioners.Find(request.Provisioner).TryGet(out var provisioner, out _)
            ? await ResolvedAsync(new Remembered(request, fields, memo, resolved, site), provisioner, cancellationToken).ConfigureAwait(false)
            : Unresolved(request, fields, DecisionReason.ResolutionUnreadable, "the remembered resolution cannot be read");

    // Null when the environment does not see the interpreter's packages, and when the interpreter cannot say which it has.
    private async Task<SiteFacts?> SiteAsync(EnvironmentRequest request, Interpreter interpreter, CancellationToken cancellationToken) =>
        request.SeesSite && (await _sites.ProbeAsync(interpreter, fresh: false, cancellationToken).ConfigureAwait(false)).TryGet(out var site, out _) ? site : null;

    /// <summary>A request with what was remembered of its resolution, all of which still holds.</summary>
    private sealed record Remembered(EnvironmentRequest Request, CanonicalFields Fields, RequestMemo Memo, ResolvedLock Lock, SiteFacts? Site);

    private async Task<EnvironmentPlan> ResolvedAsync(Remembered remembered, IProvisioner provisioner, CancellationToken cancellationToken)
    {
        var (request, fields, memo, resolved, site) = remembered;
        var key = KeyOf(remembered, provisioner);
        var slot = SlotName.Of(key.ToKey(), Interpreter.HostFieldsOf(memo.Interpreter));
        var meta = await host.Machine.StatAsync(host.Layout.Meta(slot), cancellationToken).ConfigureAwait(false);
        var published = meta.TryGet(out var status, out _) && status.Exists;
        var what = key.PythonVersion.Length == 0 ? $"{resolved.Describe()} without a Python" : $"{resolved.Describe()} on Python {key.PythonVersion}";
        var decision = published
            ? new Decision(DecisionKind.Hit, DecisionReason.Published, $"{what}, published as {slot}")
            : new Decision(DecisionKind.Build, DecisionReason.NotPublished, $"resolved to {what}, not built on this host");
        var reference = Reference(request, fields, published ? DependencyState.Ready : DependencyState.Missing) with
        {
            EnvironmentKey = key.ToKey().Hex,
            LockDigest = resolved.Digest.Hex,
            Slot = slot.ToString(),
            PythonExecutable = provisioner.PythonOf(host.Layout.Root(slot), memo.Interpreter),
            ManifestPath = host.Layout.Meta(slot),
        };
        return new EnvironmentPlan(decision, fields, reference, memo.Interpreter, resolved, key, memo.Warnings) { Site = site };
    }

    private EnvironmentKeyInputs KeyOf(Remembered remembered, IProvisioner provisioner)
    {
        var (request, _, memo, resolved, _) = remembered;
        var python = resolved.PythonOn(memo.Interpreter);
        return new EnvironmentKeyInputs(
            resolved.Digest,
            host.Facts.PlatformKey,
            request.SeesSite ? SysPathMode.SystemSitePackages : SysPathMode.Isolated,
            python.Implementation,
            python.FullVersion,
            python.Abi,
            memo.Provisioner,
            provisioner.Flags)
        {
            SiteFingerprint = memo.SiteFingerprint,
            Project = resolved.Editable?.Directory,
            ProjectBuild = resolved.Editable?.Build,
        };
    }

    private EnvironmentPlan Unresolved(EnvironmentRequest request, CanonicalFields fields, DecisionReason reason, string why) => new(
        new Decision(DecisionKind.Build, reason, why),
        fields,
        Reference(request, fields, DependencyState.Missing),
        Interpreter: null,
        Lock: null,
        Key: null,
        Warnings: []);

    private EnvironmentRef Reference(EnvironmentRequest request, CanonicalFields fields, DependencyState state) => new()
    {
        EnvironmentKind = provisioners.Find(request.Provisioner).TryGet(out var known, out _) ? known.EnvironmentKind : "python-venv",
        State = state,
        RequirementsFingerprint = fields.Digest().Hex,
        PlatformKey = host.Facts.PlatformKey,
        Host = host.Machine.Name,
        Mutable = !Installs(request),
    };

    private bool Installs(EnvironmentRequest request) => !provisioners.Find(request.Provisioner).TryGet(out var provisioner, out _) || provisioner.Installs;
}
