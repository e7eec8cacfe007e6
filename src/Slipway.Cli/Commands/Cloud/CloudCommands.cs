using System.CommandLine;
using Slipway.Cli.Terminal;

namespace Slipway.Cli.Commands.Cloud;

/// <summary>The verb <c>cloud</c>: rented GPUs, what they cost, and who said yes. A new subverb is a file in this folder and a line here.</summary>
internal static class CloudCommands
{
    public static Command Define(Output output, Func<Services> services)
    {
        var command = new Command("cloud", "Rent GPUs through SkyPilot, within a budget, and with a person's approval.\n\nExample: slipway cloud offers --gpu H100");
        command.Subcommands.Add(CloudApprove.Define(output, services));
        command.Subcommands.Add(CloudPolicy.Define(output, services));
        return command;
    }
}
