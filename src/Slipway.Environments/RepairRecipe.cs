using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Locks;
using Slipway.Environments.Provisioners;
using Slipway.Environments.Requests;
using Slipway.Environments.Sites;
using Slipway.Store;
using Slipway.Store.Slots;

namespace Slipway.Environments;

/// <summary>Reads out of a published record what it takes to build the same tree again.</summary>
internal sealed class RepairRecipe(BuildHost host, ProvisionerCatalogue provisioners, InterpreterFinder interpreters)
{
    /// <summary>A build that replaces what is published.</summary>
    internal sealed record Recipe(EnvironmentBuilder.Order Build, IProvisioner Provisioner, ProvisionerTool Tool);

    /// <summary>Reads a record; fails when the base interpreter or the tool is not the one that built it.</summary>
    public async Task<Result<Recipe>> ReadAsync(StoredEnvironment environment, CancellationToken cancellationToken)
    {
        var meta = environment.Meta;
        var inputs = meta.Inputs.ToDictionary(input => input.Name, input => input.Value, StringComparer.Ordinal);
        if (!ResolvedLock.Read(meta.Lock, host.Layout.Meta(environment.Slot)).TryGet(out var resolved, out var failure)
            || !provisioners.Find(meta.Provisioner.Split('/')[0]).TryGet(out var provisioner, out failure))
        {
            return failure;
        }

        Interpreter? interpreter = null;
        if (provisioner.NeedsInterpreter)
        {
            var found = await BaseAsync(environment, inputs, cancellationToken).ConfigureAwait(false);
            if (!found.TryGet(out interpreter, out failure))
            {
                return failure;
            }
        }

        var prepared = await provisioner.PrepareAsync(host, interpreter, meta.Provisioner, cancellationToken).ConfigureAwait(false);
        if (!prepared.TryGet(out var tool, out failure))
        {
            return failure;
        }

        var site = await SiteAsync(inputs, interpreter, cancellationToken).ConfigureAwait(false);
        if (!site.TryGet(out var fingerprint, out failure))
        {
            return failure;
        }

        var python = resolved.PythonOn(interpreter);
        var mode = fingerprint.Length == 0 ? SysPathMode.Isolated : SysPathMode.SystemSitePackages;
        var key = new EnvironmentKeyInputs(
            resolved.Digest, host.Facts.PlatformKey, mode, python.Implementation, python.FullVersion, python.Abi, tool.Identity, provisioner.Flags)
        {
            SiteFingerprint = fingerprint.Length == 0 ? null : fingerprint,
            Project = resolved.Editable?.Directory,
            ProjectBuild = resolved.Editable?.Build,
        };
        if (SlotName.Of(key.ToKey(), Interpreter.HostFieldsOf(interpreter)) != environment.Slot)
        {
            return new Failure(StoreFailures.Damaged, $"{environment.Slot} cannot be built again: its interpreter, its tool or the packages of the system that it sees are others now.")
            {
                Hint = $"Remove it with `slipway store remove {environment.Slot}`; what needs it builds a new one.",
            };
        }

        var order = new EnvironmentBuilder.Order(
            environment.Slot, key, resolved, interpreter, LockDocument.SourcesOf(resolved.Document), meta.Warnings, PublishMode.Replace);
        return new Recipe(order, provisioner, tool);
    }

    private async Task<Result<Interpreter>> BaseAsync(StoredEnvironment environment, Dictionary<string, string> inputs, CancellationToken cancellationToken)
    {
        var wish = InterpreterRequest.Parse(inputs.GetValueOrDefault("executable", string.Empty), "/", environment.Slot.ToString());
        return wish.TryGet(out var request, out var failure)
            ? await interpreters.FindRecordedAsync(request, cancellationToken).ConfigureAwait(false)
            : failure;
    }

    // Empty for an environment that sees no packages but its own.
    private async Task<Result<string>> SiteAsync(Dictionary<string, string> inputs, Interpreter? interpreter, CancellationToken cancellationToken) =>
        interpreter is not null && inputs.ContainsKey("site_fingerprint")
            ? (await new SiteProbe(host).ProbeAsync(interpreter, fresh: true, cancellationToken).ConfigureAwait(false)).Map(site => site.Fingerprint().Hex)
            : string.Empty;
}
