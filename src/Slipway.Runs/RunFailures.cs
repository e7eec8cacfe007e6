using Slipway.Core.Failures;

namespace Slipway.Runs;

/// <summary>The coded failures of starting workloads.</summary>
public static class RunFailures
{
    /// <summary>The command line of <c>run</c> is wrong.</summary>
    public static readonly FailureCode Usage = new(
        "RUN0101", ExitCode.Usage, "The command line is wrong.", "`slipway run -h` shows the options; they come before the target.");

    /// <summary>The script does not exist.</summary>
    public static readonly FailureCode NoSuchScript = new(
        "RUN0102", ExitCode.NotFound, "The script does not exist.", "Check the path, which is relative to the current directory.");

    /// <summary>The directory has no <c>__main__.py</c>.</summary>
    public static readonly FailureCode NotRunnable = new(
        "RUN0103", ExitCode.NotFound, "The directory cannot be run.", "A directory needs a __main__.py to be run.");

    /// <summary>The command is neither in the environment nor on PATH.</summary>
    public static readonly FailureCode CommandNotFound = new(
        "RUN0104", ExitCode.CommandNotFound, "The command was not found.", "Declare the package that provides it, for example with --with.");

    /// <summary>The file is there but cannot be executed.</summary>
    public static readonly FailureCode NotExecutable = new(
        "RUN0105", ExitCode.NotExecutable, "The file cannot be executed.", "Set its execute permission, or check its first line.");

    /// <summary>A variable that should be passed on is not set.</summary>
    public static readonly FailureCode MissingVariable = new(
        "RUN0106", ExitCode.Usage, "A variable that should be passed on is not set.", "Set it in the environment that starts slipway.");
}
