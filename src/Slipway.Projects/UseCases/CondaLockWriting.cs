using System.Collections.Immutable;
using System.Text;
using Slipway.Core.Conda;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Environments.Provisioners.Micromamba;
using Slipway.Machines.Files;
using Slipway.Projects.Discovery;
using Slipway.Projects.Layout;
using Slipway.Projects.Locks;
using Slipway.Projects.Managed;

namespace Slipway.Projects.UseCases;

/// <summary>
/// Has conda-lock write the lock of an environment whose project uses it: <c>conda-lock.yml</c>, for the platforms that it names already. That is the lock then; a
/// <c>pylock.toml</c> that lies there too is made to say the same. When anything fails, both are as they were.
/// </summary>
/// <param name="dependencies">The service that follows what was written.</param>
/// <param name="finder">Reads what is declared.</param>
/// <param name="tool">Runs conda-lock.</param>
internal sealed class CondaLockWriting(DependencyService dependencies, ProjectFinder finder, CondaLockTool tool)
{
    // conda-lock records its sources relative to the file that it writes, so the draft lies where the lock will.
    private const string Draft = ".slipway-draft-";

    /// <summary>The packages that a lock names; none when it cannot be read.</summary>
    public static IEnumerable<string> NamesIn(string path) =>
        ManagedFile.Read(Path.GetDirectoryName(path)!, Path.GetFileName(path)).Then(Read).TryGet(out var file, out _) ? file.Entries.Select(static entry => entry.Name) : [];

    /// <summary>Writes the lock, unless it answers what is declared and nothing new is asked for.</summary>
    public async Task<Result<WrittenLock>> WriteAsync(LockJob job, WorkloadDeclaration declaration, CondaSources sources, CancellationToken cancellationToken)
    {
        var (directory, name) = (Path.GetDirectoryName(sources.LockPath)!, Path.GetFileName(sources.LockPath));
        if (!ManagedFile.Read(directory, name).TryGet(out var file, out var failure))
        {
            return failure;
        }

        CondaLockFile? before = null;
        if (file.Content is not null && !Read(file).TryGet(out before, out failure))
        {
            return failure;
        }

        if (before is not null && !job.Wishes.AsksForNew && IsAnswering(job))
        {
            return new WrittenLock(job.Name, file.Path, IsChanged: false, Describe(before), LockChanges.Between(before, before));
        }

        var draft = Path.Combine(directory, Draft + name);
        try
        {
            var made = await DraftAsync(job, declaration, file, before, draft, cancellationToken).ConfigureAwait(false);
            return made.TryGet(out var drafted, out failure)
                ? await PlaceAsync(job, declaration, file, before, drafted, cancellationToken).ConfigureAwait(false)
                : failure;
        }
        finally
        {
            _ = LocalFiles.Exists(draft) ? LocalFiles.RemoveFile(draft) : Unit.Value;
        }
    }

    private async Task<Result<ManagedFile>> DraftAsync(LockJob job, WorkloadDeclaration declaration, ManagedFile file, CondaLockFile? before, string draft, CancellationToken cancellationToken)
    {
        // Only some packages are upgraded in what is there; all else is locked from nothing.
        ImmutableArray<string> update = job.Wishes.Upgrade || before is null ? [] : job.Wishes.UpgradePackages;
        var begun = !LocalFiles.Exists(draft) ? Unit.Value : LocalFiles.RemoveFile(draft);
        begun = begun.Then(_ => update.IsEmpty ? Unit.Value : LocalFiles.Write(draft, file.Content!, file.Mode));
        if (!begun.TryGet(out _, out var failure))
        {
            return failure;
        }

        var sources = declaration.CondaSources!;
        var order = new CondaLockOrder(sources.File, draft, before?.Platforms ?? [], sources.Channels, update) { IsOffline = declaration.IsOffline };
        var written = await tool.WriteAsync(order, job.Progress, cancellationToken).ConfigureAwait(false);
        return written.Then(_ => ManagedFile.Read(Path.GetDirectoryName(draft)!, Path.GetFileName(draft)));
    }

    private async Task<Result<WrittenLock>> PlaceAsync(
        LockJob job, WorkloadDeclaration declaration, ManagedFile file, CondaLockFile? before, ManagedFile draft, CancellationToken cancellationToken)
    {
        if (!Read(draft).TryGet(out var after, out var failure))
        {
            return failure;
        }

        var isSame = file.Content is { } there && there.AsSpan().SequenceEqual(draft.Content);
        using var journal = new WriteJournal();
        if (!isSame && !journal.Write(file, draft.Content!).TryGet(out _, out failure))
        {
            return failure;
        }

        if (!IsAnswering(job))
        {
            return new Failure(ProjectFailures.LockRefused, $"What conda-lock wrote does not answer {declaration.Origin}, so {file.Path} is as it was.")
            {
                Hint = "Run conda-lock by hand and compare its file with what is declared; or report this with its version.",
            };
        }

        if (!(await FollowAsync(job, journal, cancellationToken).ConfigureAwait(false)).TryGet(out _, out failure))
        {
            return failure;
        }

        journal.Keep();
        return new WrittenLock(job.Name, file.Path, !isSame, Describe(after), LockChanges.Between(before, after)) { IsNew = before is null };
    }

    // A lock for other platforms only is one that colleagues follow.
    private async Task<Result<Unit>> FollowAsync(LockJob job, WriteJournal journal, CancellationToken cancellationToken)
    {
        if (!finder.Declare(job.Project, job.Name, job.Options).TryGet(out var declaration, out var failure))
        {
            return failure;
        }

        var request = declaration.Request with { Lock = null };
        var followed = await dependencies.ResolveAsync(request, declaration.Subject, new EnsureOptions(Offline: declaration.IsOffline), job.Progress, cancellationToken).ConfigureAwait(false);
        if (!followed.TryGet(out var plan, out failure))
        {
            return failure.Code == EnvironmentFailures.CondaLockForeign ? Unit.Value : failure with { Message = $"What conda-lock wrote cannot be followed here: {failure.Message}" };
        }

        var own = job.Project.Layout.Lock(job.Project.Declared(job.Name));
        return !LocalFiles.Exists(own) ? Unit.Value : ManagedFile.Read(Path.GetDirectoryName(own)!, Path.GetFileName(own))
            .Then(file => journal.Write(file, Encoding.UTF8.GetBytes(ProjectLock.Text(plan, Path.GetDirectoryName(own)!))));
    }

    private bool IsAnswering(LockJob job) => finder.Declare(job.Project, job.Name, job.Options).TryGet(out var declaration, out _) && declaration.Request.Conda is { Lock: not null };

    private static Result<CondaLockFile> Read(ManagedFile file) => CondaLockFile.Parse(Encoding.UTF8.GetString(file.Content ?? []), file.Path);

    private static string Describe(CondaLockFile file) =>
        $"{file.Entries.Select(static entry => entry.Name).Distinct(StringComparer.Ordinal).Count()} packages for {string.Join(", ", file.Platforms)}";
}
