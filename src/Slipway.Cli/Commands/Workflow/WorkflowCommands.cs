using System.CommandLine;
using System.Globalization;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Machines.HandOff;
using Slipway.Runs.Jobs;
using Slipway.Workflows.Nodes;
using Slipway.Workflows.Runs;

namespace Slipway.Cli.Commands.Workflow;

/// <summary>The verb <c>workflow</c>: graphs whose nodes use environments. A new subverb is a file in this folder and a line in <see cref="Define"/>.</summary>
internal static class WorkflowCommands
{
    /// <summary>What a subverb does with this machine.</summary>
    internal delegate Task<int> WorkflowAction(ParseResult parsed, WorkflowContext context, CancellationToken cancellationToken);

    /// <summary>The definition.</summary>
    public static Command Define(Output output, Func<Services> services)
    {
        var command = new Command("workflow", "Check, run and look after workflows: graphs whose nodes use environments.\n\nExample: slipway workflow run speak.workflow.json");
        command.Subcommands.Add(WorkflowList.Define(output, services));
        command.Subcommands.Add(WorkflowNodes.Define(output, services));
        command.Subcommands.Add(WorkflowValidate.Define(output, services));
        command.Subcommands.Add(WorkflowRun.DefineRun(output, services));
        command.Subcommands.Add(WorkflowLook.DefineRuns(output, services));
        command.Subcommands.Add(WorkflowLook.DefineShow(output, services));
        command.Subcommands.Add(WorkflowRun.DefineResume(output, services));
        command.Subcommands.Add(WorkflowLook.DefineCancel(output, services));
        command.Subcommands.Add(WorkflowImport.Define(output, services));
        return command;
    }

    /// <summary>Binds a subverb to its action: opens this machine's store first.</summary>
    internal static void Bind(Command command, Output output, Func<Services> services, WorkflowAction action) => command.SetAction(async (parsed, token) =>
    {
        var opened = await OpenAsync(services(), token).ConfigureAwait(false);
        return opened.TryGet(out var context, out var failure) ? await action(parsed, context, token).ConfigureAwait(false) : output.Fail(failure);
    });

    /// <summary>What runs are made with, as some services have it.</summary>
    internal static async Task<Result<WorkflowContext>> OpenAsync(Services services, CancellationToken cancellationToken)
    {
        var opened = await services.OpenHostAsync(cancellationToken).ConfigureAwait(false);
        if (!opened.TryGet(out var host, out var failure))
        {
            return failure;
        }

        var folder = Directory.GetCurrentDirectory();
        var catalogue = BuiltinNodes.Catalogue(new NodeServices(host, services.Startup, services.Hosts, services.Time, Services.Version));
        return new WorkflowContext(catalogue, host, services.Time, Services.Version, folder, services.Variable);
    }

    /// <summary>The same for a run: everything that it starts knows it by a variable. Its parent is told by the services of before.</summary>
    internal static async Task<Result<WorkflowContext>> OpenForAsync(RunId id, Services services, CancellationToken cancellationToken)
    {
        var block = services.Startup.ToBlock();
        block.Set("SLIPWAY_RUN_ID"u8, System.Text.Encoding.ASCII.GetBytes(id.ToString()));
        var opened = await OpenAsync(new Services(new StartupEnvironment(block.ToArray())), cancellationToken).ConfigureAwait(false);
        return opened.Map(context => context with { Variable = services.Variable });
    }

    /// <summary>The argument that names a run.</summary>
    internal static Argument<string> RunArgument() => new("RUN") { Description = "A run: its id, or the name of its workflow, which means its newest run." };

    /// <summary>A time for people.</summary>
    internal static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
