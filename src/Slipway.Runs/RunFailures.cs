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

    /// <summary>The file of <c>--report</c> cannot be written.</summary>
    public static readonly FailureCode ReportUnwritable = new(
        "RUN0107", ExitCode.StoreNotWritable, "The report of a run cannot be written.", "Name a file that can be written, in a directory that can.");

    /// <summary>There is no terminal here for <c>--tty</c>.</summary>
    public static readonly FailureCode NoTerminal = new(
        "RUN0108", ExitCode.Usage, "There is no terminal.", "Leave out --tty, or start it from a terminal.");

    /// <summary>A host's name cannot be one.</summary>
    public static readonly FailureCode HostNameInvalid = new(
        "RUN0201", ExitCode.Usage, "A host's name cannot be used.", "Use letters, digits, '.', '_' and '-', and begin with a letter or a digit.");

    /// <summary>No host has that name.</summary>
    public static readonly FailureCode HostUnknown = new(
        "RUN0202", ExitCode.NotFound, "There is no host of that name.", "`slipway host list` shows the hosts; give an address as user@host:port.");

    /// <summary>A host of that name was added already.</summary>
    public static readonly FailureCode HostExists = new(
        "RUN0203", ExitCode.Usage, "There is a host of that name.", "Choose another name, or replace it with --replace.");

    /// <summary>The list of hosts cannot be read.</summary>
    public static readonly FailureCode HostsUnreadable = new(
        "RUN0204", ExitCode.Configuration, "The list of hosts cannot be read.", "Mend hosts.toml at the place that is named.");

    /// <summary>A host is of a kind that Slipway does not run on.</summary>
    public static readonly FailureCode HostUnsupported = new(
        "RUN0205", ExitCode.Unavailable, "A host is of a kind that is not supported.", "Use a Linux host.");

    /// <summary>A request names something of this machine that a host does not have.</summary>
    public static readonly FailureCode NotOnHost = new(
        "RUN0206", ExitCode.BadData, "Something that only this machine has is needed on a host.", "Put it into the project's directory, serve it from an index, or run here.");

    /// <summary>Slipway's program cannot run where it is to run.</summary>
    public static readonly FailureCode NotCarriable = new(
        "RUN0109", ExitCode.Configuration, "Slipway's program cannot be carried there.", "Use the native program, which `./build` makes where there is a C compiler, and a host of linux-x86_64 with glibc.");
}
