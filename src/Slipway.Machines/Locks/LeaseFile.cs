using System.Diagnostics.CodeAnalysis;
using Slipway.Core.Failures;
using Slipway.Machines.Files;
using Slipway.Machines.Posix;

namespace Slipway.Machines.Locks;

/// <summary>
/// Leases: a shared <c>flock</c> that a workload inherits through a descriptor, so that it ends exactly when the
/// workload does, however that happens. The file's modification time is the last use.
/// </summary>
public static class LeaseFile
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private const int FirstDelayMilliseconds = 10;
    private const int LongestDelayMilliseconds = 250;

    /// <summary>
    /// Takes the lease at once or not at all, for the launch that ends in <c>execve</c>: the descriptor is 200 or
    /// above and is inherited. Nothing closes it but <see cref="Release"/> or the end of the process.
    /// </summary>
    /// <param name="path">The lease file; created when absent (mode 0600).</param>
    /// <param name="fd">The descriptor; -1 when false.</param>
    /// <returns>False when it is held exclusively, or cannot be opened or locked: the full path then says why.</returns>
    public static bool TryShare(string path, out int fd)
    {
        fd = TryTake(path, out _, out _);
        if (fd < 0)
        {
            fd = -1;
            return false;
        }

        Descriptor.SetInheritable(fd, true);
        return true;
    }

    /// <summary>Gives a lease of <see cref="TryShare"/> back.</summary>
    public static void Release(int fd) => Descriptor.Close(fd);

    /// <summary>Takes a shared lease that no child inherits by itself; waits a little for collection or repair to let go.</summary>
    internal static async Task<Result<Lease>> ShareAsync(string path, TimeProvider time, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        for (var delay = FirstDelayMilliseconds; ; delay = Math.Min(delay * 2, LongestDelayMilliseconds))
        {
            var fd = TryTake(path, out var opened, out var errno);
            if (fd >= 0)
            {
                return new Lease(fd, isShared: true);
            }

            if (!opened)
            {
                return FileFailures.Writing(path, errno);
            }

            if (errno != Errno.TryAgain)
            {
                return FileLocks.Unusable(path, errno);
            }

            if (time.GetElapsedTime(began) >= Patience)
            {
                return Collected(path);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(delay), time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Takes the lease exclusively, or fails as busy at once.</summary>
    [SuppressMessage("Reliability", "CA2000", Justification = "The lease is the result.")]
    internal static Result<Lease> TakeExclusive(string path)
    {
        var fd = FileLocks.OpenExclusive(path);
        if (fd < 0)
        {
            return FileFailures.Writing(path, fd);
        }

        var result = FileLocks.TryExclusive(fd);
        if (result == 0)
        {
            return new Lease(FileLocks.Lift(fd), isShared: false);
        }

        Descriptor.Close(fd);
        return result == -Errno.TryAgain
            ? Held(path)
            : FileLocks.Unusable(path, result);
    }

    /// <summary>The failure of who wants to share a lease that stays exclusive.</summary>
    internal static Failure Collected(string path) => new(MachinesFailures.LeaseBusy, $"The environment of the lease {path} is being collected or repaired.")
    {
        Hint = "Wait for that to end, then try again.",
    };

    /// <summary>The failure of who wants a lease exclusively that a workload holds.</summary>
    internal static Failure Held(string path) => new(MachinesFailures.LeaseBusy, $"A running workload holds the lease {path}.");

    /// <summary>The descriptor, or a negative number and the error.</summary>
    private static int TryTake(string path, out bool opened, out int errno)
    {
        var fd = FileLocks.OpenShared(path);
        (opened, errno) = (fd >= 0, -fd);
        if (fd < 0)
        {
            return fd;
        }

        errno = -FileLocks.TryShared(fd);
        if (errno != 0)
        {
            Descriptor.Close(fd);
            return -errno;
        }

        // Only a mark for collection by age: where it cannot be set (another owner, read-only) nothing collects.
        _ = FileTimes.SetNow(fd);
        return FileLocks.Lift(fd);
    }
}
