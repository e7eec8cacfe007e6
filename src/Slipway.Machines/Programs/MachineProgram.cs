using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Machines.Processes;

namespace Slipway.Machines.Programs;

/// <summary>
/// Ordered steps that one machine executes as a whole. The local machine interprets them; an SSH machine
/// renders the same steps as one POSIX sh script. So a step holds only data that is known beforehand.
/// </summary>
/// <param name="Title">What the program does, for progress and for the holder text of locks.</param>
/// <param name="Steps">The steps; the first failure ends the program.</param>
public sealed record MachineProgram(string Title, ImmutableArray<Step> Steps);

/// <summary>One step of a <see cref="MachineProgram"/>: a closed set, so that every machine can render all of it.</summary>
public abstract record Step
{
    private protected Step()
    {
    }

    /// <summary>Creates a directory and its missing parents with <paramref name="Mode"/>; an existing one is left as it is.</summary>
    public sealed record MakeDirectory(string Path, UnixFileMode Mode) : Step;

    /// <summary>Writes a new file, replacing an old one. Durable only after <see cref="SyncFileSystem"/>.</summary>
    public sealed record WriteFile(string Path, ReadOnlyMemory<byte> Content, UnixFileMode Mode) : Step;

    /// <summary>
    /// Writes a new file out of parts, some of which only the steps before it made. Replaces an old one; durable only after
    /// <see cref="SyncFileSystem"/>.
    /// </summary>
    public sealed record JoinFiles(string Path, ImmutableArray<FilePart> Parts, UnixFileMode Mode) : Step;

    /// <summary>Renames within one file system, replacing a file at the target, then syncs the target's directory.</summary>
    public sealed record Move(string From, string To) : Step;

    /// <summary>Removes a tree if it is there; read-only directories are made writable first, links are never followed.</summary>
    public sealed record RemoveTree(string Path) : Step;

    /// <summary>Hard-links or, where the file system refuses that, copies a file.</summary>
    public sealed record LinkOrCopy(string From, string To) : Step;

    /// <summary>Runs a process; anything but exit code 0 fails the program with <paramref name="OnFailure"/>.</summary>
    /// <param name="Label">What is happening, for people: <c>Installing 3 packages</c>.</param>
    /// <param name="Command">The process.</param>
    /// <param name="OnFailure">The code of the failure; its detail is the tail of the process's output.</param>
    public sealed record Run(string Label, ProcessCommand Command, FailureCode OnFailure) : Step
    {
        /// <summary>A file that gets what the process wrote to its standard output, whole, once it has ended well; null for none.</summary>
        public string? OutputFile { get; init; }
    }

    /// <summary>Removes every write permission below a directory, itself included.</summary>
    public sealed record SealTree(string Path) : Step;

    /// <summary>
    /// Lists everything below <paramref name="Root"/> into <paramref name="Output"/>, in the format of
    /// <see cref="Slipway.Machines.Files.TreeInventory"/>.
    /// </summary>
    public sealed record TakeInventory(string Root, string Output) : Step;

    /// <summary>Flushes the whole file system that holds <paramref name="Path"/> (<c>syncfs</c>).</summary>
    public sealed record SyncFileSystem(string Path) : Step;

    /// <summary>Sets a file's modification time to now, creating the file when absent (mode 0600).</summary>
    public sealed record Touch(string Path) : Step;

    /// <summary>Ends the program well, as <see cref="ProgramOutcome.Stopped"/>, when the path exists.</summary>
    public sealed record StopIfExists(string Path) : Step;

    /// <summary>
    /// Ends the program well, as <see cref="ProgramOutcome.Stopped"/>, when the file was modified in another second than
    /// <paramref name="UnixSeconds"/>; whole seconds, because that is what every system's tools can tell.
    /// </summary>
    public sealed record StopIfModified(string Path, long UnixSeconds) : Step;

    /// <summary>
    /// Ends the program well, as <see cref="ProgramOutcome.Stopped"/>, when the file does not hold exactly this text, which has no newline at its end.
    /// </summary>
    public sealed record StopUnlessContent(string Path, string Text) : Step;

    /// <summary>Gives a file or a directory exactly this mode; a link is refused.</summary>
    public sealed record SetMode(string Path, UnixFileMode Mode) : Step;

    /// <summary>Ends the program, as <see cref="ProgramOutcome.Missing"/>, when the path does not exist.</summary>
    public sealed record RequireExists(string Path) : Step;

    /// <summary>
    /// Executes <paramref name="Body"/> under an exclusive <c>flock</c> on <paramref name="LockPath"/>. While
    /// it is held, the lock file's text names the holder's process, host and <paramref name="Holder"/>.
    /// </summary>
    /// <param name="LockPath">The lock file; created when absent (0600), never removed.</param>
    /// <param name="Holder">What the holder is doing, one line.</param>
    /// <param name="Wait">How long to wait before failing as busy, naming the holder.</param>
    /// <param name="FailureRecord">
    /// Where a failing body's failure is recorded. Who had to wait and finds a record made since then fails with that
    /// same failure in place of repeating the work. Null: no record.
    /// </param>
    /// <param name="Body">The guarded steps.</param>
    public sealed record WithBuildLock(
        string LockPath, string Holder, TimeSpan Wait, string? FailureRecord, ImmutableArray<Step> Body) : Step;

    /// <summary>
    /// Takes a shared <c>flock</c> on <paramref name="LeasePath"/> that lasts until the program ends and that a
    /// <see cref="HandOff"/> or <see cref="Run"/> inherits (descriptor 200 or above); sets its modification time to now.
    /// </summary>
    public sealed record Lease(string LeasePath) : Step;

    /// <summary>
    /// Takes the lease exclusively without waiting, for collection and repair; busy when a workload holds it.
    /// Lasts until the program ends. Only inside <see cref="WithBuildLock"/>.
    /// </summary>
    public sealed record ExclusiveLease(string LeasePath) : Step;

    /// <summary>
    /// Replaces this process by the command (<c>execve</c>): SIGPIPE default, the parent's soft limit of
    /// open files, the same process group and terminal. Only as the last step; returns only on failure.
    /// </summary>
    public sealed record HandOff(ProcessCommand Command) : Step;
}

/// <summary>One part of a file that <see cref="Step.JoinFiles"/> writes.</summary>
/// <param name="Content">Its bytes, where they are known beforehand.</param>
/// <param name="File">The absolute path of the file that holds them; null when they are known.</param>
public readonly record struct FilePart(ReadOnlyMemory<byte> Content, string? File)
{
    /// <summary>Bytes that are known.</summary>
    public static FilePart Of(ReadOnlyMemory<byte> content) => new(content, null);

    /// <summary>The bytes of a file.</summary>
    public static FilePart From(string file) => new(default, file);
}

/// <summary>How a program ended when no step failed.</summary>
public enum ProgramOutcome
{
    /// <summary>All steps were executed.</summary>
    Completed,

    /// <summary>A <see cref="Step.StopIfExists"/> found its path.</summary>
    Stopped,

    /// <summary>A <see cref="Step.RequireExists"/> did not find its path.</summary>
    Missing,
}

/// <summary>Watches a program. Calls may come from any thread, one at a time.</summary>
public interface IProgramObserver
{
    /// <summary>A <see cref="Step.Run"/> starts.</summary>
    void StepStarted(string label);

    /// <summary>Output of the running step, cut anywhere.</summary>
    void StepOutput(string label, OutputStream stream, ReadOnlySpan<byte> chunk);

    /// <summary>A build lock is held by someone else and is being waited for.</summary>
    /// <param name="holder">The text of the lock file: process, host and what is being done.</param>
    void Waiting(string holder);
}
