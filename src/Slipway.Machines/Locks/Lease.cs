using Slipway.Machines.Posix;

namespace Slipway.Machines.Locks;

/// <summary>A held lease. Without a finalizer on purpose, like <see cref="BuildLock"/>.</summary>
internal sealed class Lease(int fd, bool isShared) : IDisposable
{
    private int _fd = fd;

    /// <summary>The descriptor, close-on-exec, while held.</summary>
    public int Fd => _fd;

    /// <summary>Shared leases go to the processes of a program; an exclusive one never leaves it.</summary>
    public bool IsShared => isShared;

    public void Dispose()
    {
        var held = Interlocked.Exchange(ref _fd, -1);
        if (held < 0)
        {
            return;
        }

        if (isShared)
        {
            // Only closed: a process that inherited it keeps the lock.
            Descriptor.Close(held);
        }
        else
        {
            FileLocks.ReleaseAndClose(held);
        }
    }
}
