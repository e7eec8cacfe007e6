using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Machines.Processes;
using Slipway.Runs.Arguments;
using Slipway.Runs.Launching;

namespace Slipway.Runs.Distant;

/// <summary>Decides what exactly is executed on a host.</summary>
internal static class DistantCommand
{
    /// <summary>The command.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="environment">In what.</param>
    /// <param name="luggage">What was brought.</param>
    /// <param name="place">Where it lies.</param>
    /// <param name="workingDirectory">The working directory here, links resolved.</param>
    /// <param name="variables">Its variables.</param>
    public static Result<ProcessCommand> Plan(
        RunArguments arguments, ReadyEnvironment environment, DistantLuggage luggage, DistantPlace place, string workingDirectory, EnvironmentChanges variables)
    {
        var target = arguments.Target!;
        if (environment.Plan.Python is null && (target.Form is not TargetForm.Word || luggage.Script is not null))
        {
            return new Failure(RunFailures.CommandNotFound, $"The environment {environment.Slot} has no Python to run it with.") { Hint = "Name python among the dependencies." };
        }

        var directory = place.ToThere(workingDirectory) ?? place.There;
        var command = Word(target, environment, luggage, place, workingDirectory) with
        {
            WorkingDirectory = directory,
            Environment = variables,
        };
        return command with { Arguments = [.. command.Arguments, .. arguments.Tail] };
    }

    private static ProcessCommand Word(RunTarget target, ReadyEnvironment environment, DistantLuggage luggage, DistantPlace place, string workingDirectory)
    {
        var python = environment.Python;
        return target.Form switch
        {
            TargetForm.Module => ProcessCommand.Create(python, "-m", target.Text),
            TargetForm.StandardInput => ProcessCommand.Create(python, "-"),
            _ when luggage.Script is { } script => ProcessCommand.Create(python, Script(target, script, place, workingDirectory)),
            _ when target.Text is "python" or "python3" && environment.Plan.Python is not null => ProcessCommand.Create(python),

            // Looked for there: what the environment has comes first on its PATH.
            _ when target.Text.Contains('/', StringComparison.Ordinal) => ProcessCommand.Create(place.ToThere(Path.GetFullPath(target.Text, workingDirectory)) ?? target.Text),
            _ => ProcessCommand.Create(target.Text),
        };
    }

    // As it was typed, where the same text leads to it there; Python would take a leading dash for an option of its own.
    private static string Script(RunTarget target, string script, DistantPlace place, string workingDirectory)
    {
        var typed = target.Text.StartsWith('-') ? $"./{target.Text}" : target.Text;
        var isTypedThere = !Path.IsPathRooted(typed) && place.ToThere(workingDirectory) is not null && place.ToThere(Path.GetFullPath(typed, workingDirectory)) is not null;
        return isTypedThere ? typed : place.ToThere(script) ?? $"{place.There}/{Path.GetFileName(script)}";
    }

    /// <summary>The variables that are the same for every run of a command line: those of the environment, and where the project's own modules are.</summary>
    /// <param name="environment">The environment.</param>
    /// <param name="projectPath">The directory there from which the project's own modules are imported; null for none.</param>
    public static EnvironmentChanges Shared(ReadyEnvironment environment, string? projectPath)
    {
        var none = EnvironmentChanges.None;

        // Output goes through a pipe there, and Python would keep it back.
        return environment.Activation.Then(none with
        {
            Set = none.Set.Add("PYTHONUNBUFFERED", "1"),
            Prepend = projectPath is null ? none.Prepend : none.Prepend.Add("PYTHONPATH", projectPath),
        });
    }

    /// <summary>The variables that a command line gives to the workload.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="secret">Reads a variable that is passed on.</param>
    public static EnvironmentChanges Variables(RunArguments arguments, Func<string, string?> secret)
    {
        var set = EnvironmentChanges.None.Set;
        foreach (var name in arguments.Values(RunOptions.Secret))
        {
            set = set.SetItem(name, secret(name) ?? string.Empty);
        }

        foreach (var text in arguments.Values(RunOptions.EnvVar))
        {
            var (name, value) = WorkloadVariables.Parse(text);
            set = set.SetItem(name, value);
        }

        return EnvironmentChanges.None with { Set = set };
    }
}
