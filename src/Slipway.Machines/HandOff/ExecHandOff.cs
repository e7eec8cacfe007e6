using Slipway.Core.Failures;
using Slipway.Machines.Posix;
using Slipway.Machines.Processes;

namespace Slipway.Machines.HandOff;

/// <summary>
/// Replaces this process by another program. Synchronous and free of anything that is slow on its first
/// use, because a warm launch ends here.
/// </summary>
public static class ExecHandOff
{
    /// <summary>
    /// Calls <c>execve</c>: SIGPIPE default again, the parent's soft limit of open files, same process, group,
    /// session and terminal. Locks on descriptors that may be inherited stay held by the new program.
    /// </summary>
    /// <returns>Only when it failed: not found (127) or not executable (126); this process is then as before.</returns>
    public static unsafe Failure Exec(ExecImage image)
    {
        using var arguments = new CStrings(image.Arguments);
        using var environment = new CStrings(image.Environment);
        using var path = new CStrings([image.Path.ToArray()]);
        var pipeHandler = Libc.SetSignal(Signals.Pipe, Signals.Default);
        var limit = OpenFileLimit.Restore();
        RuntimeFiles.Remove();
        var errno = -Errno.Negate(Libc.Execute(path.Pointer[0], arguments.Pointer, environment.Pointer));
        _ = Libc.SetSignal(Signals.Pipe, pipeHandler);
        OpenFileLimit.Set(limit);
        return StartFailures.From(PosixText.Decode(image.Path), errno);
    }
}
