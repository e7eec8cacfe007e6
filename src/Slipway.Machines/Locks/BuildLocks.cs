using System.Security.Cryptography;
using Slipway.Core.Failures;
using Slipway.Machines.Files;
using Slipway.Machines.Posix;

namespace Slipway.Machines.Locks;

/// <summary>
/// Takes build locks: exclusive <c>flock</c> on a file that is never removed and whose text names the holder.
/// Waiting polls, because a blocking <c>flock</c> cannot be cancelled.
/// </summary>
internal sealed class BuildLocks(TimeProvider time)
{
    private const int FirstDelayMilliseconds = 10;
    private const int LongestDelayMilliseconds = 250;
    private const int HolderLimit = 1024;

    /// <summary>Takes the lock.</summary>
    /// <param name="path">The lock file; created when absent.</param>
    /// <param name="holder">What the holder does, one line.</param>
    /// <param name="wait">How long to wait; then the failure is <see cref="MachinesFailures.LockBusy"/>.</param>
    /// <param name="waiting">Called with the holder's text when waiting begins and when the holder changes.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    public async Task<Result<BuildLock>> TakeAsync(
        string path, string holder, TimeSpan wait, Action<string> waiting, CancellationToken cancellationToken)
    {
        var fd = FileLocks.OpenExclusive(path);
        if (fd < 0)
        {
            return FileFailures.Writing(path, fd);
        }

        var taken = false;
        try
        {
            var failure = await WaitAsync(fd, path, wait, waiting, cancellationToken).ConfigureAwait(false);
            if (failure.Failure is not null)
            {
                return failure.Failure;
            }

            taken = true;
            WriteHolder(fd, holder);
            return new BuildLock(fd, failure.Waited);
        }
        finally
        {
            if (!taken)
            {
                Descriptor.Close(fd);
            }
        }
    }

    /// <summary>The text of a lock file, for people.</summary>
    internal static string ReadHolder(string path)
    {
        var fd = Descriptor.Open(path, OpenFlags.ReadOnly);
        if (fd < 0)
        {
            return Unknown;
        }

        var buffer = new byte[HolderLimit];
        var count = Descriptor.Read(fd, buffer);
        Descriptor.Close(fd);
        var text = PosixText.Decode(buffer.AsSpan(0, Math.Max(0, count))).Trim();
        return text.Length == 0 ? Unknown : text;
    }

    internal const string Unknown = "a process that has not named itself";

    private async Task<(Failure? Failure, bool Waited)> WaitAsync(
        int fd, string path, TimeSpan wait, Action<string> waiting, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        string? told = null;
        for (var delay = FirstDelayMilliseconds; ; delay = Math.Min(delay * 2, LongestDelayMilliseconds))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var result = FileLocks.TryExclusive(fd);
            if (result != -Errno.TryAgain)
            {
                return (result < 0 ? FileLocks.Unusable(path, result) : null, told is not null);
            }

            var holder = ReadHolder(path);
            var left = wait - time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero)
            {
                return (Busy(path, wait, holder), true);
            }

            if (!string.Equals(holder, told, StringComparison.Ordinal) && (told is null || holder != Unknown))
            {
                told = holder;
                waiting(holder);
            }

            var next = TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(delay / 2, delay + 1));
            await Task.Delay(next < left ? next : left, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The failure of who waited in vain.</summary>
    internal static Failure Busy(string path, TimeSpan wait, string holder) => new(
        MachinesFailures.LockBusy, $"Waited {wait.TotalSeconds:0.#} s for the lock {path}, which is still held by {holder}.");

    /// <summary>The text is for people; a full disk must not stop who has the lock already.</summary>
    private static void WriteHolder(int fd, string holder)
    {
        var line = $"process {Libc.GetProcessId()} on {Environment.MachineName}: {holder.ReplaceLineEndings(" ")}\n";
        _ = Libc.Truncate(fd, 0);
        _ = Descriptor.WriteAll(fd, PosixText.Encode(line));
    }
}
