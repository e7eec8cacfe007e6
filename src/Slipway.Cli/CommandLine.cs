using System.CommandLine;
using Slipway.Cli.Commands.Doctor;
using Slipway.Cli.Commands.Run;
using Slipway.Cli.Commands.Store;
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

        // `run` and `plan` are cut by our splitter: what follows their target is not ours to parse.
        var (leading, rest) = GlobalOptions.CutLeading(words);
        if (rest is ["run" or "plan", ..] && !RunCommands.IsHelp(rest))
        {
            return await RunCommands.InvokeAsync(rest[0], [.. leading, .. rest[1..]], output, NewServices(), cancellationToken).ConfigureAwait(false);
        }

        var parsed = root.Parse(rest is ["run" or "plan", ..] ? [rest[0], "--help"] : words);
        if (parsed.Errors.Count > 0)
        {
            return output.Fail(new Failure(CliFailures.Usage, string.Join(' ', parsed.Errors.Select(error => error.Message))));
        }

        return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The tree of commands.</summary>
    internal static RootCommand Root(Output output)
    {
        var root = new RootCommand("Turns what a Python workload needs into an immutable environment, and starts the workload in it.");
        foreach (var option in GlobalOptions.All)
        {
            root.Options.Add(option);
        }

        root.Subcommands.Add(RunCommands.DefineRun());
        root.Subcommands.Add(RunCommands.DefinePlan());
        root.Subcommands.Add(StoreCommands.Define(output, NewServices));
        root.Subcommands.Add(DoctorCommand.Define(output, NewServices));
        return root;
    }

    private static Services NewServices() => new(StartupEnvironment.Read());
}
