using Slipway.Core.Failures;

namespace Slipway.Machines;

/// <summary>The failure codes of machines: 01 processes, 02 files, 03 locks and leases.</summary>
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

    /// <summary>All codes of this room.</summary>
    internal static IReadOnlyList<FailureCode> All { get; } =
    [
        ProgramNotFound, ProgramNotExecutable, WorkingDirectoryMissing, CommandInvalid, StartRefused,
        DiskFull, ReadOnlyFileSystem, WriteNotPermitted, FileNotFound, FileNotReadable, FileTooLarge, PathUnusable,
        FileSystemFault, InventoryDamaged, LockBusy, LeaseBusy, LocksUnsupported,
    ];
}
