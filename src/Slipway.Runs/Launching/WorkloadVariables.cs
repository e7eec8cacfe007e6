using Slipway.Core.Failures;
using Slipway.Machines.HandOff;
using Slipway.Machines.Posix;
using Slipway.Runs.Arguments;

namespace Slipway.Runs.Launching;

/// <summary>The variables that a command line gives to the workload alone: they reach no resolver, no build and no digest.</summary>
internal static class WorkloadVariables
{
    /// <summary>Whether every <c>--env-var</c> is an assignment.</summary>
    public static bool AreWellFormed(RunArguments arguments)
    {
        foreach (var assignment in arguments.Values(RunOptions.EnvVar))
        {
            if (assignment.IndexOf('=', StringComparison.Ordinal) <= 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Says what is wrong with them, if anything. Values are never shown.</summary>
    public static Failure? Check(RunArguments arguments, EnvironmentBlock variables)
    {
        if (!AreWellFormed(arguments))
        {
            return new Failure(RunFailures.Usage, "--env-var needs NAME=VALUE.");
        }

        foreach (var name in arguments.Values(RunOptions.Secret))
        {
            if (name.Contains('=', StringComparison.Ordinal))
            {
                return new Failure(RunFailures.Usage, "--secret takes only the name of a variable: a value on a command line is no secret.");
            }

            if (variables.Find(PosixText.Encode(name)) is null)
            {
                return new Failure(RunFailures.MissingVariable, $"--secret {name}: the variable is not set.");
            }
        }

        return null;
    }
}
