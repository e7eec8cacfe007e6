using System.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Runs.Hosts;

namespace Slipway.Cli.Commands.Host;

/// <summary>The verb <c>host</c>: other machines, and what a machine has for Slipway. A new subverb is a file in this folder and a line here.</summary>
internal static class HostCommands
{
    public static Command Define(Output output, Func<Services> services)
    {
        var command = new Command("host", "Add and look after hosts that answer SSH, and what a machine has for Slipway.\n\nExample: slipway host add gpu1 me@gpu1.example:2222");
        command.Subcommands.Add(HostAdd.Define(output, services));
        command.Subcommands.Add(HostList.Define(output, services));
        command.Subcommands.Add(HostRemove.Define(output, services));
        command.Subcommands.Add(HostCheck.Define(output, services));
        command.Subcommands.Add(HostExec.Define(output, services));
        command.Subcommands.Add(HostGpus.Define(output, services));
        command.Subcommands.Add(HostBootstrap.Define(output, services));
        command.Subcommands.Add(HostPush.Define(output, services));
        command.Subcommands.Add(HostPull.Define(output, services));
        command.Subcommands.Add(HostForward.Define(output, services));
        return command;
    }

    /// <summary>Gives a command an action that gets the hosts, or fails with what keeps them from being read.</summary>
    public static void Bind(Command command, Output output, Func<Services> services, Func<ParseResult, HostDirectory, Services, CancellationToken, Task<int>> action) =>
        command.SetAction(async (parsed, token) =>
        {
            var created = services();
            return created.Hosts().TryGet(out var hosts, out var failure)
                ? await action(parsed, hosts, created, token).ConfigureAwait(false)
                : output.Fail(failure);
        });

    /// <summary>This machine is no host that is reached by SSH.</summary>
    public static Failure? RefuseLocal(string on) => string.Equals(on, HostName.Local, StringComparison.Ordinal)
        ? new Failure(CliFailures.Usage, "'local' is this machine, which is not reached by SSH.") { Hint = "`slipway doctor` checks this machine." }
        : null;

    /// <summary>What of an address is not followed.</summary>
    public static void SayNotes(Output output, Machines.Ssh.Addresses.SshAddress address)
    {
        foreach (var note in address.Notes)
        {
            output.Say($"slipway: note: {note}");
        }
    }
}
