using Slipway.Core.Failures;
using Slipway.Machines.Files;
using Slipway.Machines.Locks;
using Slipway.Store.Layout;

namespace Slipway.Projects.Editing;

/// <summary>
/// The one way in which a project's declarations change: they are read, changed and written by one command at a time, so that none undoes what
/// another has just written. The lock lies in the store: every file system of a store has locks, and a project is not littered with it.
/// </summary>
/// <param name="store">The store.</param>
public sealed class ProjectEdits(StoreLayout store)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    // Reading and writing a few files takes no time; checks before them may start an interpreter.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    /// <summary>Does some work while no other command changes the project. What the work changes, it reads itself: what was read before may be out of date.</summary>
    /// <param name="directory">The project's absolute directory; it need not be a project yet.</param>
    /// <param name="what">What is done, for whoever waits: <c>env create</c>.</param>
    /// <param name="work">The work.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    public async Task<Result<T>> DoAsync<T>(string directory, string what, Func<Task<Result<T>>> work, CancellationToken cancellationToken)
        where T : notnull
    {
        if (!LocalPaths.Resolve(directory).TryGet(out var real, out var failure)
            || !LocalFiles.MakeDirectory(store.BuildLocks, OwnerOnly).TryGet(out _, out failure))
        {
            return failure;
        }

        return await LocalLock.HoldAsync(store.ProjectLock(real), $"{what} in {real}", Longest, work, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc cref="DoAsync{T}(string, string, Func{Task{Result{T}}}, CancellationToken)"/>
    public Task<Result<T>> DoAsync<T>(string directory, string what, Func<Result<T>> work, CancellationToken cancellationToken)
        where T : notnull => DoAsync(directory, what, () => Task.FromResult(work()), cancellationToken);
}
