using Slipway.Core.Failures;

namespace Slipway.Machines.Locks;

/// <summary>Work on files of this machine that one process or thread does at a time.</summary>
public static class LocalLock
{
    /// <summary>Does some work while holding a lock.</summary>
    /// <param name="path">The absolute path of the lock file; created when absent, and never removed.</param>
    /// <param name="holder">What the holder does, one line, for whoever waits.</param>
    /// <param name="wait">How long to wait for another holder; then the failure is <see cref="MachinesFailures.LockBusy"/>.</param>
    /// <param name="work">The work.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    public static async Task<Result<T>> HoldAsync<T>(string path, string holder, TimeSpan wait, Func<Task<Result<T>>> work, CancellationToken cancellationToken)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(work);
        var taken = await new BuildLocks(TimeProvider.System).TakeAsync(path, holder, wait, static _ => { }, cancellationToken).ConfigureAwait(false);
        if (!taken.TryGet(out var held, out var failure))
        {
            return failure;
        }

        using (held)
        {
            return await work().ConfigureAwait(false);
        }
    }
}
