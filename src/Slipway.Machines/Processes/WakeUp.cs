using Slipway.Machines.Posix;

namespace Slipway.Machines.Processes;

/// <summary>Interrupts a poll from another thread: cancellation, timers, a waiting thread.</summary>
internal sealed class WakeUp : IDisposable
{
    private readonly Lock _gate = new();
    private int _fd = PipeEnds.Lift(Errno.Negate(Libc.EventFd(0, OpenFlags.CloseOnExec | OpenFlags.NonBlocking)));

    /// <summary>The descriptor to poll; the negated error number when there is none to be had.</summary>
    public int Fd => _fd;

    /// <summary>Safe from any thread, also after disposal.</summary>
    public void Signal()
    {
        lock (_gate)
        {
            if (_fd >= 0)
            {
                _ = Descriptor.Write(_fd, [1, 0, 0, 0, 0, 0, 0, 0]);
            }
        }
    }

    public void Clear()
    {
        Span<byte> counter = stackalloc byte[8];
        _ = Descriptor.Read(_fd, counter);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            Descriptor.Close(_fd);
            _fd = -1;
        }
    }
}
