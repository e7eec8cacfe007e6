using Slipway.Core.Failures;
using Slipway.Machines.Processes;
using Slipway.Machines.Programs;

namespace Slipway.Machines;

/// <summary>
/// A host: this machine, or one that answers SSH. It offers primitives, and <em>programs</em> of steps under
/// guards, so that locks and leases are taken where the work runs and never held by a caller at a distance.
/// Every implementation passes the same contract tests.
/// </summary>
/// <remarks>Paths are absolute POSIX paths on that machine. All methods are safe to call concurrently.</remarks>
public interface IMachine
{
    /// <summary>The host's name as the user knows it; <c>local</c> for this machine.</summary>
    string Name { get; }

    /// <summary>What the machine is. Probed once and remembered for the lifetime of this object.</summary>
    Task<Result<MachineFacts>> GetFactsAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Runs a process to its end in a POSIX session of its own, with both output pipes drained concurrently.
    /// Cancellation sends TERM to the whole group, then KILL after the command's grace period, and only
    /// then throws <see cref="OperationCanceledException"/>: nothing is left running.
    /// </summary>
    /// <param name="command">What to run.</param>
    /// <param name="output">Receives output as it arrives; null when only the captured tail is wanted.</param>
    /// <param name="cancellationToken">Ends the process group.</param>
    /// <returns>How the process ended; a failure only when it could not be started.</returns>
    Task<Result<ProcessOutcome>> RunAsync(ProcessCommand command, IOutputSink? output, CancellationToken cancellationToken);

    /// <summary>Reads a whole file of at most <paramref name="maxBytes"/> bytes.</summary>
    Task<Result<byte[]>> ReadFileAsync(string path, long maxBytes, CancellationToken cancellationToken);

    /// <summary>
    /// Writes a file atomically and durably: a temporary name beside it, file sync, rename, directory sync.
    /// Missing parent directories are created with mode 0700.
    /// </summary>
    Task<Result<Unit>> WriteFileAsync(string path, ReadOnlyMemory<byte> content, UnixFileMode mode, CancellationToken cancellationToken);

    /// <summary>The status of a path, the last component not followed; <see cref="FileStatus.Missing"/> when nothing is there.</summary>
    Task<Result<FileStatus>> StatAsync(string path, CancellationToken cancellationToken);

    /// <summary>
    /// Executes a program: its steps in order, stopping at the first that fails. Guards are taken and
    /// released where the program runs.
    /// </summary>
    /// <returns>How the program ended; a failure when a step failed, a lock stayed busy or a guard could not be taken.</returns>
    Task<Result<ProgramOutcome>> ExecuteAsync(MachineProgram program, IProgramObserver observer, CancellationToken cancellationToken);

    /// <summary>
    /// Executes a program of guards and questions, then runs a command under them, in one go: what the program proved still holds when the
    /// command starts, and its leases last as long as the command.
    /// </summary>
    /// <param name="guards">Leases and questions; no build lock and no hand-off.</param>
    /// <param name="command">What to run when every step was completed.</param>
    /// <param name="output">Receives the command's output as it arrives; null when only the captured tail is wanted.</param>
    /// <param name="cancellationToken">Ends the command and all of its session.</param>
    /// <returns>How both ended; a failure when a step failed, or the command could not be started.</returns>
    Task<Result<GuardedOutcome>> RunGuardedAsync(MachineProgram guards, ProcessCommand command, IOutputSink? output, CancellationToken cancellationToken);
}
