using System.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Environments;

namespace Slipway.Cli.Commands.Store;

/// <summary>The verb <c>store</c> and its subverbs. A new subverb is a file in this folder and a line in <see cref="Define"/>.</summary>
internal static class StoreCommands
{
    /// <summary>What a subverb does with an opened store.</summary>
    internal delegate Task<int> StoreAction(ParseResult parsed, BuildHost host, Services services, CancellationToken cancellationToken);

    /// <summary>The definition.</summary>
    public static Command Define(Output output, Func<Services> services)
    {
        var command = new Command("store", "Look at and look after the store of environments.\n\nExample: slipway store list");
        command.Subcommands.Add(StoreList.Define(output, services));
        command.Subcommands.Add(StoreShow.Define(output, services));
        command.Subcommands.Add(StoreInspect.Define(output, services));
        command.Subcommands.Add(StorePath.Define(output, services));
        command.Subcommands.Add(StoreWhy.Define(output, services));
        command.Subcommands.Add(StoreVerify.Define(output, services));
        command.Subcommands.Add(StoreGc.Define(output, services));
        command.Subcommands.Add(StoreRemove.Define(output, services));
        return command;
    }

    /// <summary>Binds a subverb to its action: opens the store first.</summary>
    internal static void Bind(Command command, Output output, Func<Services> services, StoreAction action) => command.SetAction(async (parsed, token) =>
    {
        var created = services();
        var opened = await created.OpenHostAsync(token).ConfigureAwait(false);
        return opened.TryGet(out var host, out var failure) ? await action(parsed, host, created, token).ConfigureAwait(false) : output.Fail(failure);
    });

    /// <summary>The argument that names an environment.</summary>
    internal static Argument<string> NameArgument() =>
        new("NAME") { Description = "An environment: its slot, or the first digits of it." };
}
