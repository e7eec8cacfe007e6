using Slipway.Machines.Posix;

namespace Slipway.Machines.Locks;

/// <summary>A held build lock. Without a finalizer on purpose: only <see cref="Dispose"/>, or the end of the process, releases it.</summary>
internal sealed class BuildLock(int fd, bool waited) : IDisposable
{
    private int _fd = fd;

    /// <summary>
    /// The descriptor, close-on-exec, while held. Processes of the guarded steps inherit it: where this process is
    /// killed, the lock stays taken until they have ended, for they may still write.
    /// </summary>
    public int Fd => _fd;

    /// <summary>Whether someone else held the lock when it was asked for.</summary>
    public bool Waited => waited;

    public void Dispose()
    {
        var held = Interlocked.Exchange(ref _fd, -1);
        if (held >= 0)
        {
            // Who reads the file while nobody holds it must not find a name there.
            _ = Libc.Truncate(held, 0);
            FileLocks.ReleaseAndClose(held);
        }
    }
}
