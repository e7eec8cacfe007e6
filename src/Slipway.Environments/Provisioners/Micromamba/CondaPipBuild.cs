using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Environments.Provisioners.Pip;
using Slipway.Environments.Sources;
using Slipway.Machines.Programs;

namespace Slipway.Environments.Provisioners.Micromamba;

/// <summary>
/// The steps that install pip's packages into a conda environment that was just created: from the store's wheels, with the environment's own Python, and
/// proved to have left what conda installed as it was.
/// </summary>
internal static class CondaPipBuild
{
    /// <summary>What the labels of pip's own steps end with.</summary>
    public const string OfPip = "of pip";

    private const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The steps; none where pip has nothing to do.</summary>
    /// <param name="host">The host.</param>
    /// <param name="tool">What builds, with pip.</param>
    /// <param name="order">What to build.</param>
    /// <param name="cancellationToken">Ends the planning.</param>
    public static async Task<Result<ImmutableArray<Step>>> PlanAsync(BuildHost host, ProvisionerTool tool, BuildOrder order, CancellationToken cancellationToken)
    {
        if (order.Lock.Files.IsEmpty)
        {
            return ImmutableArray<Step>.Empty;
        }

        var kept = await PipTool.KeptAsync(host, CondaGround.PipOf(tool.Identity) ?? string.Empty, cancellationToken).ConfigureAwait(false);
        var driver = await EmbeddedScripts.PlaceAsync(host.Machine, host.Layout, EmbeddedScripts.PipDriver, cancellationToken).ConfigureAwait(false);
        var gate = await GatePlan.CreateAsync(host, order.Sources, cancellationToken).ConfigureAwait(false);
        var packed = await WheelInstall.PackAsync(host, order, cancellationToken).ConfigureAwait(false);
        return kept.Then(pip => driver.Then(script => gate.Map(plan => packed.AddRange(Steps(host, pip, order, script, plan)))));
    }

    private static Step[] Steps(BuildHost host, ProvisionerTool pip, BuildOrder order, string driver, GatePlan gate)
    {
        var (python, plan) = ($"{order.Root}/bin/python", $"{order.Work}/pip-plan.json");
        var count = order.Lock.Files.Length == 1 ? $"1 package {OfPip}" : $"{order.Lock.Files.Length} packages {OfPip}";
        var install = PipProvisioner.Install(pip, order);
        return
        [
            new Step.WriteFile(plan, (WheelInstall.Plan(host, pip, order, gate) with { Standing = $"{order.Work}/standing.json" }).ToBytes(), PrivateFile),
            new Step.Run("Reading what conda installed", PipCommand.Python(python, driver, "look", plan), EnvironmentFailures.NotAsLocked),
            WheelInstall.Fetch(python, driver, plan, order, gate, count),

            // A file EXTERNALLY-MANAGED in it is for people: nobody else manages this prefix.
            new Step.Run(
                $"Installing {count}",
                install with { Environment = install.Environment with { Set = install.Environment.Set.Add("PIP_BREAK_SYSTEM_PACKAGES", "1") } },
                EnvironmentFailures.PipFailed),
            new Step.Run($"Checking {count}", PipCommand.Python(python, driver, "finish", plan), EnvironmentFailures.NotAsLocked),
        ];
    }
}
