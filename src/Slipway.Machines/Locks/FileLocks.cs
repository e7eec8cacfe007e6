using Slipway.Core.Failures;
using Slipway.Machines.Files;
using Slipway.Machines.Posix;

namespace Slipway.Machines.Locks;

/// <summary>The plain calls around <c>flock(2)</c>. A lock belongs to the open file, so threads exclude each other like processes do.</summary>
internal static class FileLocks
{
    /// <summary>Leases get numbers from here on, out of the way of what a workload opens or duplicates.</summary>
    public const int LowestLease = 200;

    private const int Shared = 1;
    private const int Exclusive = 2;
    private const int NoWait = 4;
    private const int Release = 8;
    private const uint OwnerOnly = 0x180; // 0600

    /// <summary>Opens a lock file for exclusive use (a network file system wants a writable descriptor for that).</summary>
    public static int OpenExclusive(string path) => Descriptor.Open(path, OpenFlags.ReadWrite | OpenFlags.Create, OwnerOnly);

    /// <summary>Opens a lock file for shared use; an existing one also where the file system is read-only.</summary>
    public static int OpenShared(string path)
    {
        var fd = Descriptor.Open(path, OpenFlags.ReadOnly | OpenFlags.Create, OwnerOnly);
        return fd is -Errno.ReadOnlyFileSystem or -Errno.AccessDenied ? Descriptor.Open(path, OpenFlags.ReadOnly) : fd;
    }

    /// <summary>0 when the lock was taken, <c>-EAGAIN</c> when another holds it, else the negated error number.</summary>
    public static int TryExclusive(int fd) => Try(fd, Exclusive | NoWait);

    /// <inheritdoc cref="TryExclusive"/>
    public static int TryShared(int fd) => Try(fd, Shared | NoWait);

    /// <summary>
    /// Releases and closes. Closing alone would leave the lock with any child that another thread is starting
    /// just now, until that child's exec.
    /// </summary>
    public static void ReleaseAndClose(int fd)
    {
        _ = Libc.Lock(fd, Release);
        Descriptor.Close(fd);
    }

    /// <summary>Gives a lease its high number, close-on-exec set; the same number when none is free.</summary>
    public static int Lift(int fd)
    {
        var lifted = Descriptor.Duplicate(fd, LowestLease);
        if (lifted < 0)
        {
            return fd;
        }

        Descriptor.Close(fd);
        return lifted;
    }

    /// <summary>The failure for an error of <c>flock</c> itself.</summary>
    public static Failure Unusable(string path, int errno) => Math.Abs(errno) switch
    {
        Errno.NoLocks or Errno.NotSupported or Errno.NotImplemented or Errno.Invalid => new Failure(
            MachinesFailures.LocksUnsupported,
            $"The file system of {path} does not support locks ({Errno.Describe(Math.Abs(errno))}); set SLIPWAY_HOME to a directory on a local disk."),
        _ => FileFailures.Writing(path, errno),
    };

    private static int Try(int fd, int operation)
    {
        while (true)
        {
            var result = Errno.Negate(Libc.Lock(fd, operation));
            if (result != -Errno.Interrupted)
            {
                return result;
            }
        }
    }
}
