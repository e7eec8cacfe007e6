using System.CommandLine;
using System.CommandLine.Help;
using Slipway.Cli.Commands.Cloud;
using Slipway.Cli.Commands.Completion;
using Slipway.Cli.Commands.Config;
using Slipway.Cli.Commands.Deps;
using Slipway.Cli.Commands.Doctor;
using Slipway.Cli.Commands.Env;
using Slipway.Cli.Commands.Host;
using Slipway.Cli.Commands.Jobs;
using Slipway.Cli.Commands.Mcp;
using Slipway.Cli.Commands.Projects;
using Slipway.Cli.Commands.Python;
using Slipway.Cli.Commands.Run;
using Slipway.Cli.Commands.Store;
using Slipway.Cli.Commands.Recipe;
using Slipway.Cli.Commands.Workflow;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Machines.HandOff;

namespace Slipway.Cli;

/// <summary>The whole command line: global options, the verbs, and the outermost handling of what goes wrong.</summary>
internal static class CommandLine
{
    /// <summary>Runs a command line and returns the exit code.</summary>
    public static async Task<int> InvokeAsync(string[] words)
    {
        var output = GlobalOptions.ToOutput(words);
        using var cancellation = new Cancellation();
        try
        {
            return await DispatchAsync(words, output, cancellation.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellation.Token.IsCancellationRequested)
        {
            return output.Fail(new Failure(CliFailures.Cancelled, "Cancelled."));
        }
        catch (Exception defect)
        {
            return output.Fail(new Failure(CliFailures.Defect, $"{defect.GetType().Name}: {defect.Message}") { Detail = defect.StackTrace });
        }
    }

    private static async Task<int> DispatchAsync(string[] words, Output output, CancellationToken cancellationToken)
    {
        var root = Root(output);

        // `run`, `serve` and `plan` are cut by our splitter: what follows their target is not ours to parse.
        var (leading, rest) = GlobalOptions.CutLeading(words);
        if (RunCommands.Are(rest) && !RunCommands.IsHelp(rest))
        {
            return await RunCommands.InvokeAsync(rest[0], [.. leading, .. rest[1..]], output, cancellationToken).ConfigureAwait(false);
        }

        var parsed = root.Parse(RunCommands.Are(rest) ? [rest[0], "--help"] : words);
        if (parsed.Action is not HelpAction && parsed.Errors.Count > 0)
        {
            return UsageErrors.Report(parsed, output);
        }

        // Its own handler of interrupts would go before ours, and would not wait for an orderly end.
        var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        return await parsed.InvokeAsync(configuration, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The tree of commands.</summary>
    internal static RootCommand Root(Output output)
    {
        var root = new RootCommand("Turns what a Python workload needs into an immutable environment, and starts the workload in it.\n\nExample: slipway run train.py");
        foreach (var option in GlobalOptions.All)
        {
            root.Options.Add(option);
        }

        root.Subcommands.Add(RunCommands.DefineRun());
        root.Subcommands.Add(RunCommands.DefinePlan());
        root.Subcommands.Add(RunCommands.DefineServe());
        root.Subcommands.Add(InitCommand.Define(output, NewServices));
        root.Subcommands.Add(SyncCommand.Define(output, NewServices));
        root.Subcommands.Add(StatusCommand.Define(output, NewServices));
        root.Subcommands.Add(CheckCommand.Define(output, NewServices));
        root.Subcommands.Add(LockCommand.Define(output, NewServices));
        root.Subcommands.Add(ShellCommand.Define(output, NewServices));
        root.Subcommands.Add(PurgeCommand.Define(output, NewServices));
        root.Subcommands.Add(EnvCommands.Define(output, NewServices));
        root.Subcommands.Add(DepsCommands.Define(output, NewServices));
        root.Subcommands.Add(WorkflowCommands.Define(output, NewServices));
        root.Subcommands.Add(RecipeCommands.Define(output, NewServices));
        root.Subcommands.Add(CloudCommands.Define(output, NewServices));
        root.Subcommands.Add(StoreCommands.Define(output, NewServices));
        root.Subcommands.Add(PythonCommands.Define(output, NewServices));
        root.Subcommands.Add(HostCommands.Define(output, NewServices));
        root.Subcommands.Add(JobCommands.Define(output, NewServices));
        root.Subcommands.Add(McpCommand.Define(output, NewServices));
        root.Subcommands.Add(ConfigCommand.Define(output, NewServices));
        root.Subcommands.Add(DoctorCommand.Define(output, NewServices));
        root.Subcommands.Add(CompletionCommand.Define(output, () => Root(output)));
        foreach (var help in root.Options.OfType<HelpOption>())
        {
            help.Action = new HelpAction(output);
        }

        return root;
    }

    private static Services NewServices() => new(StartupEnvironment.Read());
}
