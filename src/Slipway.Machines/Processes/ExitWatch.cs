using System.Buffers.Binary;
using Slipway.Machines.Posix;

namespace Slipway.Machines.Processes;

/// <summary>
/// Tells when a child has ended without reaping it: its number, and with it the group's, stays taken until
/// <see cref="Reap"/>, so a signal never meets a stranger. Uses a pidfd, or on kernels before 5.3 a waiting thread.
/// </summary>
internal sealed class ExitWatch : IDisposable
{
    private const long PidFdOpen = 434;
    private const int ByProcess = 1;            // P_PID
    private const int Exited = 4;               // WEXITED
    private const int NoHang = 1;               // WNOHANG
    private const int LeaveWaitable = 0x01000000; // WNOWAIT
    private const int CodeExited = 1;           // CLD_EXITED

    private readonly int _pid;

    public ExitWatch(int pid, WakeUp wake, bool usePidFd = true)
    {
        _pid = pid;
        Fd = usePidFd ? PipeEnds.Lift((int)Errno.Negate(Libc.CallPidFd(PidFdOpen, pid, 0))) : -Errno.NotImplemented;
        if (Fd < 0)
        {
            var waiter = new Thread(() =>
            {
                Wait(pid, LeaveWaitable, out _);
                wake.Signal();
            }, 128 * 1024) { IsBackground = true, Name = "process exit" };
            waiter.Start();
        }
    }

    /// <summary>The descriptor to poll; negative when a thread waits and signals the wake-up instead.</summary>
    public int Fd { get; }

    /// <summary>Whether the process has ended.</summary>
    public bool HasExited => Wait(_pid, NoHang | LeaveWaitable, out _);

    /// <summary>Removes the ended process and says how it ended.</summary>
    public (bool Signalled, int Code) Reap() => ReapChild(_pid);

    /// <summary>Waits for a child's end without reaping it.</summary>
    public static void AwaitEnd(int pid) => Wait(pid, LeaveWaitable, out _);

    /// <summary>Removes a child that has ended and says how it ended.</summary>
    public static (bool Signalled, int Code) ReapChild(int pid)
    {
        Wait(pid, NoHang, out var status);
        return status;
    }

    public void Dispose() => Descriptor.Close(Fd);

    private static bool Wait(int pid, int options, out (bool Signalled, int Code) status)
    {
        Span<byte> info = stackalloc byte[128];
        info.Clear();
        int result;
        do
        {
            result = Errno.Negate(Libc.WaitId(ByProcess, pid, info, Exited | options));
        }
        while (result == -Errno.Interrupted);

        status = (BinaryPrimitives.ReadInt32LittleEndian(info[8..]) != CodeExited, BinaryPrimitives.ReadInt32LittleEndian(info[24..]));
        return result < 0 || BinaryPrimitives.ReadInt32LittleEndian(info[16..]) != 0;
    }
}
