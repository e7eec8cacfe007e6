using System.Collections.Immutable;
using Slipway.Environments.Provisioners.Pip;
using Slipway.Environments.Sources;
using Slipway.Machines.Programs;

namespace Slipway.Environments.Provisioners;

/// <summary>What comes before wheels are installed, whatever kind of environment they go into: every one lies on the store's shelf first.</summary>
internal static class WheelInstall
{
    /// <summary>The steps that pack local trees again. A packed copy that is gone is made again while the tree is still what it was; else the driver says what is missing, if it is needed.</summary>
    public static async Task<ImmutableArray<Step>> PackAsync(BuildHost host, BuildOrder order, CancellationToken cancellationToken)
    {
        var steps = ImmutableArray.CreateBuilder<Step>();
        foreach (var file in order.Lock.Files)
        {
            if (file.Tree is not { } tree)
            {
                continue;
            }

            var there = await host.Machine.StatAsync(LocalSources.PackedPath(host, file.Name.Normalized, file.Hash), cancellationToken).ConfigureAwait(false);
            if (there.TryGet(out var status, out _) && status.Exists)
            {
                continue;
            }

            var packed = await LocalSources.PackStepsAsync(host, file.Name.Normalized, tree, file.Hash, cancellationToken).ConfigureAwait(false);
            steps.AddRange(packed.TryGet(out var more, out _) ? more : []);
        }

        return steps.ToImmutable();
    }

    /// <summary>Has one wheel for every file of the lock, and lists them for the installer.</summary>
    public static Step Fetch(string python, string driver, string plan, BuildOrder order, GatePlan gate, string count) => new Step.Run(
        $"Fetching {count}", PipCommand.Python(python, driver, "fetch", plan).Behind(gate).ForRepositories(order.Lock.Files), EnvironmentFailures.PipFailed);

    /// <summary>The driver's plan.</summary>
    public static PipPlan Plan(BuildHost host, ProvisionerTool pip, BuildOrder order, GatePlan gate) => new(
        pip.Path,
        PipCommand.SourceArguments(gate, $"{host.Layout.Cache}/pip", PipTool.VersionOf(pip.Identity)),
        host.Layout.Wheels,
        order.Work,
        order.Root,
        host.IsOffline,
        [.. order.Lock.Files.Select(file => PipArtifact.From(host, file))],
        PipProject.From(order.Lock.Editable));
}
