namespace Slipway.TestKit;

/// <summary>Says of processes that are not our children whether they live.</summary>
public static class LiveProcesses
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(5);

    /// <summary>Whether a process runs; one that has ended and only waits for its parent to notice does not.</summary>
    public static bool IsAlive(int pid)
    {
        if (!OperatingSystem.IsLinux())
        {
            return Native.Kill(pid, 0) == 0;
        }

        return ProcessTree.ReadStat(pid) is { } stat && stat[0] is not ("Z" or "X");
    }

    /// <summary>Waits until a process has ended.</summary>
    /// <exception cref="CommandTimeoutException">It lives on.</exception>
    public static async Task WaitForEndAsync(int pid, TimeSpan timeout)
    {
        // Only a parent is told of the end of a process; everyone else has to look.
        using var timer = new PeriodicTimer(Poll);
        using var limit = new CancellationTokenSource(timeout);
        try
        {
            while (IsAlive(pid))
            {
                await timer.WaitForNextTickAsync(limit.Token);
            }
        }
        catch (OperationCanceledException late)
        {
            throw new CommandTimeoutException($"Process {pid} lives on after {timeout}.", late);
        }
    }
}
