using Slipway.Core.Failures;
using Slipway.Machines.HandOff;
using Slipway.Machines.Posix;
using Slipway.Runs.Arguments;

namespace Slipway.Runs.Launching;

/// <summary>The variables that a command line gives to the workload alone: they reach no resolver, no build and no digest.</summary>
public static class WorkloadVariables
{
    /// <summary>What Slipway was started with, less what is the workload's secret: all that resolvers and builds may inherit.</summary>
    /// <param name="startup">What Slipway was started with.</param>
    /// <param name="arguments">The command line that names the secrets.</param>
    public static StartupEnvironment WithoutSecrets(StartupEnvironment startup, RunArguments arguments)
    {
        var block = startup.ToBlock();
        foreach (var name in arguments.Values(RunOptions.Secret))
        {
            block.Unset(PosixText.Encode(name));
        }

        return new StartupEnvironment(block.ToArray());
    }

    /// <summary>Whether every <c>--env-var</c> is an assignment.</summary>
    internal static bool AreWellFormed(RunArguments arguments)
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

    /// <summary>The name and the value of a well-formed <c>--env-var</c>.</summary>
    internal static Assignment Parse(string assignment)
    {
        var equals = assignment.IndexOf('=', StringComparison.Ordinal);
        return new Assignment(assignment[..equals], assignment[(equals + 1)..]);
    }

    /// <summary>Says what is wrong with them, if anything. Values are never shown.</summary>
    internal static Failure? Check(RunArguments arguments, EnvironmentBlock variables)
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

            if (name.Length == 0)
            {
                return new Failure(RunFailures.Usage, "--secret needs the name of a variable.");
            }

            if (variables.Find(PosixText.Encode(name)) is null)
            {
                return new Failure(RunFailures.MissingVariable, $"--secret {name}: the variable is not set.");
            }
        }

        return null;
    }
}
