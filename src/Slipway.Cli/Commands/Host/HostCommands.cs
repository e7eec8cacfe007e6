using System.CommandLine;
using Slipway.Cli.Terminal;

namespace Slipway.Cli.Commands.Host;

/// <summary>The verb <c>host</c>: what a machine has for Slipway. A new subverb is a file in this folder and a line here.</summary>
internal static class HostCommands
{
    public static Command Define(Output output, Func<Services> services)
    {
        var command = new Command("host", "Look after machines: what this one has for Slipway, and files on others.\n\nExample: slipway host bootstrap uv");
        command.Subcommands.Add(HostBootstrap.Define(output, services));
        command.Subcommands.Add(HostPush.Define(output, services));
        command.Subcommands.Add(HostPull.Define(output, services));
        command.Subcommands.Add(HostForward.Define(output, services));
        return command;
    }
}
