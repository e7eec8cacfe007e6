using System.CommandLine;
using Slipway.Cli.Terminal;

namespace Slipway.Cli.Commands.Cloud;

/// <summary>The verb <c>cloud</c>: rented GPUs, what they cost, and who said yes. A new subverb is a file in this folder and a line here.</summary>
internal static class CloudCommands
{
    public static Command Define(Output output, Func<Services> services)
    {
        var command = new Command("cloud", "Rent GPUs through SkyPilot, within a budget, and with a person's approval.\n\nExample: slipway cloud offers --gpu H100");
        CloudSession.AddTo(command);
        command.Subcommands.Add(CloudCheck.DefineConnect(output, services));
        command.Subcommands.Add(CloudCheck.DefineCheck(output, services));
        command.Subcommands.Add(CloudTemplates.Define(output));
        command.Subcommands.Add(CloudOffers.Define(output, services));
        command.Subcommands.Add(CloudPlan.DefineEstimate(output, services));
        command.Subcommands.Add(CloudPlan.DefinePlan(output, services));
        command.Subcommands.Add(CloudApprove.Define(output, services));
        command.Subcommands.Add(CloudLaunch.Define(output, services));
        command.Subcommands.Add(CloudStatus.DefineList(output, services));
        command.Subcommands.Add(CloudStatus.DefineStatus(output, services));
        command.Subcommands.Add(CloudStatus.DefineLogs(output, services));
        command.Subcommands.Add(CloudStop.DefineFetch(output, services));
        command.Subcommands.Add(CloudStop.DefineStop(output, services));
        command.Subcommands.Add(CloudBudget.DefineBudget(output, services));
        command.Subcommands.Add(CloudPolicy.Define(output, services));
        command.Subcommands.Add(CloudBudget.DefineLedger(output, services));
        command.Subcommands.Add(CloudBudget.DefineReconcile(output, services));
        return command;
    }
}
