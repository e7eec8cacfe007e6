using Slipway.Core.Failures;

namespace Slipway.Machines;

/// <summary>The failure codes of machines: 01 processes, 02 files, 03 locks and leases, 04 hosts that answer SSH.</summary>
public static class MachinesFailures
{
    /// <summary>A program to run does not exist.</summary>
    public static readonly FailureCode ProgramNotFound = new(
        "MCH0101", ExitCode.CommandNotFound, "A program was not found.", "Check its name and the PATH.");

    /// <summary>A program to run exists but cannot be executed.</summary>
    public static readonly FailureCode ProgramNotExecutable = new(
        "MCH0102", ExitCode.NotExecutable, "A program cannot be executed.", "Make the file executable and give it a valid first line.");

    /// <summary>The working directory of a process does not exist.</summary>
    public static readonly FailureCode WorkingDirectoryMissing = new(
        "MCH0103", ExitCode.NotFound, "A working directory does not exist.", "Create the directory or name another one.");

    /// <summary>An argument or variable cannot be passed to a process.</summary>
    public static readonly FailureCode CommandInvalid = new(
        "MCH0104", ExitCode.BadData, "A command cannot be passed to the system.", "Shorten the command, and remove NUL characters from it.");

    /// <summary>The system refused to start a process.</summary>
    public static readonly FailureCode StartRefused = new(
        "MCH0105", ExitCode.Unavailable, "The system refused to start a process.", "Look at memory, process and open-file limits, then try again.");

    /// <summary>The disk or a quota is full.</summary>
    public static readonly FailureCode DiskFull = new(
        "MCH0201", ExitCode.StoreNotWritable, "The disk is full.", "Free space on that file system, for example with 'slipway store gc'.");

    /// <summary>The file system is mounted read-only.</summary>
    public static readonly FailureCode ReadOnlyFileSystem = new(
        "MCH0202", ExitCode.StoreNotWritable, "The file system is read-only.", "Use a writable place: set SLIPWAY_HOME.");

    /// <summary>The user may not write there.</summary>
    public static readonly FailureCode WriteNotPermitted = new(
        "MCH0203", ExitCode.StoreNotWritable, "Writing is not permitted.", "Check owner and permissions of the path.");

    /// <summary>A file does not exist.</summary>
    public static readonly FailureCode FileNotFound = new(
        "MCH0204", ExitCode.NotFound, "A file does not exist.", "Check the path.");

    /// <summary>A file exists but the user may not read it.</summary>
    public static readonly FailureCode FileNotReadable = new(
        "MCH0205", ExitCode.NotFound, "A file cannot be read.", "Check owner and permissions of the path.");

    /// <summary>A file is larger than what is read at once.</summary>
    public static readonly FailureCode FileTooLarge = new(
        "MCH0206", ExitCode.BadData, "A file is larger than allowed.", "Use a smaller file.");

    /// <summary>A path names the wrong kind of thing, or is too long.</summary>
    public static readonly FailureCode PathUnusable = new(
        "MCH0207", ExitCode.BadData, "A path cannot be used.", "Look at what is there and move it away, or choose another path.");

    /// <summary>Any other error of the file system.</summary>
    public static readonly FailureCode FileSystemFault = new(
        "MCH0208", ExitCode.StoreNotWritable, "The file system reported an error.", "Check the disk, the mount and the system's log.");

    /// <summary>An inventory is not what was written.</summary>
    public static readonly FailureCode InventoryDamaged = new(
        "MCH0209", ExitCode.BadData, "An inventory file is damaged.", "Build the environment again.");

    /// <summary>A build lock stayed with someone else for too long.</summary>
    public static readonly FailureCode LockBusy = new(
        "MCH0301", ExitCode.Busy, "A build lock is held by another process.", "Wait for that process to end, then try again.");

    /// <summary>A lease is held in a way that excludes this use.</summary>
    public static readonly FailureCode LeaseBusy = new(
        "MCH0302", ExitCode.Busy, "An environment is in use.", "Wait until the workloads that use it have ended.");

    /// <summary>The file system has no locks.</summary>
    public static readonly FailureCode LocksUnsupported = new(
        "MCH0303", ExitCode.Configuration, "The file system does not support locks.", "Set SLIPWAY_HOME to a directory on a local disk.");

    /// <summary>An address of a host cannot be read.</summary>
    public static readonly FailureCode AddressInvalid = new(
        "MCH0401", ExitCode.BadData, "An address of a host cannot be read.", "Write user@host:port, ssh://user@host:port, an alias of your SSH configuration, or the ssh line of your provider.");

    /// <summary>A host does not answer.</summary>
    public static readonly FailureCode HostUnreachable = new(
        "MCH0402", ExitCode.Unavailable, "A host cannot be reached.", "Check that the machine is on, its name and port, and the network in between.");

    /// <summary>A host accepted no key.</summary>
    public static readonly FailureCode AuthenticationFailed = new(
        "MCH0403", ExitCode.Unavailable, "A host accepted no key.", "Check the user name, name the key with --key, or add it to your agent with ssh-add. Passwords are never asked for.");

    /// <summary>A host's key is not known.</summary>
    public static readonly FailureCode HostKeyUnknown = new(
        "MCH0404", ExitCode.Refused, "The key of a host is not known.", "Add the host with slipway host add, or connect to it once with ssh.");

    /// <summary>A host's key has changed.</summary>
    public static readonly FailureCode HostKeyChanged = new(
        "MCH0405", ExitCode.Refused, "The key of a host has changed.", "Make sure that it is the same machine. If it was set up anew, remove the host and add it again.");

    /// <summary>The connection broke.</summary>
    public static readonly FailureCode ConnectionLost = new(
        "MCH0406", ExitCode.Unavailable, "The connection to a host was lost.", "Try again. What ran attached to this connection was ended there.");

    /// <summary>A program is missing on a host.</summary>
    public static readonly FailureCode RemoteToolMissing = new(
        "MCH0407", ExitCode.Unavailable, "A host lacks a program that is needed there.", "Install it on the host: setsid and flock come with util-linux or busybox.");

    /// <summary>The OpenSSH client is missing here.</summary>
    public static readonly FailureCode ClientMissing = new(
        "MCH0408", ExitCode.Unavailable, "The OpenSSH client is missing.", "Install the package openssh-client.");

    /// <summary>A host runs no commands for us.</summary>
    public static readonly FailureCode NoRemoteShell = new(
        "MCH0409", ExitCode.Unavailable, "A host ran no shell.", "Check that the account has a login shell and that its key is not tied to one command.");

    /// <summary>A key file is not there.</summary>
    public static readonly FailureCode KeyFileMissing = new(
        "MCH0410", ExitCode.NotFound, "A key file for a host does not exist.", "Check the path; a leading ~/ is the home directory here.");

    /// <summary>All codes of this room.</summary>
    internal static IReadOnlyList<FailureCode> All { get; } =
    [
        ProgramNotFound, ProgramNotExecutable, WorkingDirectoryMissing, CommandInvalid, StartRefused,
        DiskFull, ReadOnlyFileSystem, WriteNotPermitted, FileNotFound, FileNotReadable, FileTooLarge, PathUnusable,
        FileSystemFault, InventoryDamaged, LockBusy, LeaseBusy, LocksUnsupported,
        AddressInvalid, HostUnreachable, AuthenticationFailed, HostKeyUnknown, HostKeyChanged, ConnectionLost, RemoteToolMissing, ClientMissing, NoRemoteShell,
        KeyFileMissing,
    ];
}
