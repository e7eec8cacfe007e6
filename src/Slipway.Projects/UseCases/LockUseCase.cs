using System.Collections.Immutable;
using System.Text;
using Slipway.Core.Failures;
using Slipway.Core.Locks;
using Slipway.Environments;
using Slipway.Environments.Locks;
using Slipway.Environments.Provisioners.Micromamba;
using Slipway.Machines.Files;
using Slipway.Projects.Discovery;
using Slipway.Projects.Layout;
using Slipway.Projects.Locks;
using Slipway.Projects.Managed;
using Slipway.Projects.Naming;

namespace Slipway.Projects.UseCases;

/// <summary>One environment that is locked.</summary>
internal sealed record LockJob(Project Project, EnvironmentName Name, RequestSettings Options, LockWishes Wishes, IBuildProgress Progress);

/// <summary>Writes and checks the locks of a project's environments.</summary>
/// <param name="dependencies">The service that resolves.</param>
/// <param name="finder">Reads what is declared.</param>
/// <param name="condaLock">Runs conda-lock.</param>
public sealed class LockUseCase(DependencyService dependencies, ProjectFinder finder, CondaLockTool condaLock)
{
    /// <summary>Resolves an environment and writes its lock; one that says the same already is left as it is.</summary>
    /// <param name="project">The project.</param>
    /// <param name="name">One of its environments.</param>
    /// <param name="options">What options say.</param>
    /// <param name="wishes">Which versions.</param>
    /// <param name="progress">Watches the resolution.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Result<WrittenLock>> WriteAsync(
        Project project, EnvironmentName name, RequestSettings options, LockWishes wishes, IBuildProgress progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(project);
        ArgumentNullException.ThrowIfNull(wishes);
        var job = new LockJob(project, name, options, wishes, progress);
        if (!finder.Declare(project, name, options with { NoLock = true }).TryGet(out var declaration, out var failure))
        {
            return failure;
        }

        if (declaration.CondaSources is { } sources && (wishes.CondaLock || LocalFiles.Exists(sources.LockPath)))
        {
            return await new CondaLockWriting(dependencies, finder, condaLock).WriteAsync(job, declaration, sources, cancellationToken).ConfigureAwait(false);
        }

        return wishes.CondaLock
            ? new Failure(ProjectFailures.CondaLockUnfit, $"conda-lock locks what an environment.yml declares, and {name} is declared by {declaration.Origin}.")
            : await WriteOwnAsync(job, declaration, cancellationToken).ConfigureAwait(false);
    }

    private async Task<Result<WrittenLock>> WriteOwnAsync(LockJob job, WorkloadDeclaration declaration, CancellationToken cancellationToken)
    {
        var path = PathOf(job.Project, job.Name, declaration);
        if (!ManagedFile.Read(Path.GetDirectoryName(path)!, Path.GetFileName(path)).TryGet(out var file, out var failure))
        {
            return failure;
        }

        var before = Read(file);
        if (before is not null && !job.Wishes.AsksForNew && await KeptAsync(job, path, before, cancellationToken).ConfigureAwait(false) is { } kept)
        {
            return kept;
        }

        if (!(await ReplaceableAsync(job, path, declaration, before, cancellationToken).ConfigureAwait(false)).TryGet(out var isForeign, out failure))
        {
            return failure;
        }

        // conda's versions and builds differ from platform to platform; those of Python's packages seldom do.
        var request = LockPreferences.Apply(declaration.Request, isForeign && declaration.Request.Conda is not null ? null : before, job.Wishes);
        var resolved = await dependencies
            .ResolveAsync(request, declaration.Subject, new EnsureOptions(job.Wishes.AsksForNew, declaration.IsOffline), job.Progress, cancellationToken)
            .ConfigureAwait(false);
        return resolved.TryGet(out var plan, out failure)
            ? await PlaceAsync(job, file, before, plan, isProved: declaration.IsOffline, cancellationToken).ConfigureAwait(false)
            : failure;
    }

    // A lock that nobody can follow is worth nothing: it is followed here first, and what uses it next finds that done.
    private async Task<Result<WrittenLock>> PlaceAsync(LockJob job, ManagedFile file, Pylock? before, EnvironmentPlan plan, bool isProved, CancellationToken cancellationToken)
    {
        var text = ProjectLock.Text(plan, Path.GetDirectoryName(file.Path)!);
        var content = Encoding.UTF8.GetBytes(text);
        var isSame = file.Content is { } there && there.AsSpan().SequenceEqual(content);
        if (!isSame && !LocalFiles.Write(file.Path, content, file.Mode).TryGet(out _, out var failure))
        {
            return failure;
        }

        if (!isSame && !isProved && !(await FollowAsync(job, cancellationToken).ConfigureAwait(false)).TryGet(out _, out failure))
        {
            return Undo(file).Then(_ => (Result<WrittenLock>)(failure with { Message = $"The lock that would be written cannot be followed here: {failure.Message}" }));
        }

        return PylockReader.Read(text, file.Path).Map(after => new WrittenLock(job.Name, file.Path, !isSame, plan.Lock!.Describe(), LockChanges.Between(before, after))
        {
            IsNew = before is null,
            WasFor = before is { Environments.IsEmpty: false } && MadeFor(before) is var meant && meant != MadeFor(after) ? meant : null,
        });
    }

    /// <summary>A lock that was followed.</summary>
    private sealed record Followed(WorkloadDeclaration Declaration, EnvironmentPlan Plan);

    private async Task<Result<Followed>> FollowAsync(LockJob job, CancellationToken cancellationToken)
    {
        if (!finder.Declare(job.Project, job.Name, job.Options with { Locked = true }).TryGet(out var declaration, out var failure))
        {
            return failure;
        }

        var followed = await dependencies.ResolveAsync(declaration.Request, declaration.Subject, new EnsureOptions(Offline: declaration.IsOffline), job.Progress, cancellationToken).ConfigureAwait(false);
        return followed.Map(plan => new Followed(declaration, plan));
    }

    // A lock that answers what is declared, and can be followed here, is what colleagues agreed on: new versions are asked for by name. Null when there is none.
    private async Task<WrittenLock?> KeptAsync(LockJob job, string path, Pylock before, CancellationToken cancellationToken) =>
        (await FollowAsync(job, cancellationToken).ConfigureAwait(false)).TryGet(out var followed, out _) && followed.Declaration.LockStanding is LockStanding.Used
            ? new WrittenLock(job.Name, path, IsChanged: false, followed.Plan.Lock!.Describe(), LockChanges.Between(before, before))
            : null;

    // Colleagues on the other platform use what is there, so it is never replaced by the way. The value: whether it is a lock of another platform that may be.
    private async Task<Result<bool>> ReplaceableAsync(LockJob job, string path, WorkloadDeclaration declaration, Pylock? before, CancellationToken cancellationToken)
    {
        if (before is null)
        {
            return false;
        }

        var judged = await dependencies.ForeignPlatformAsync(declaration.Request, before, cancellationToken).ConfigureAwait(false);
        return !judged.TryGet(out var maybe, out var failure) ? failure
            : !maybe.TryGet(out var platform) ? false
            : job.Wishes is { Upgrade: true } or { Replace: true } ? true
            : new Failure(ProjectFailures.LockOfAnotherPlatform, $"{path} was made for another platform ({platform}), and a lock that is written here is for this one: those who use it there would lose theirs.");
    }

    private static Result<Unit> Undo(ManagedFile file) => file.Content is { } good ? LocalFiles.Write(file.Path, good, file.Mode) : LocalFiles.RemoveFile(file.Path);

    private static string MadeFor(Pylock document) => string.Join(" or ", document.Environments.Select(static marker => marker.ToString()));

    private static Pylock? Read(ManagedFile file) =>
        file.Content is { } content && PylockReader.Read(Encoding.UTF8.GetString(content), file.Path).TryGet(out var document, out _) ? document : null;

    private static string PathOf(Project project, EnvironmentName name, WorkloadDeclaration declaration) => declaration.LockPath ?? project.Layout.Lock(project.Declared(name));

    /// <summary>Whether an environment's lock would be followed by <c>sync --locked</c>: by the same rule. Nothing is resolved, and no network is used.</summary>
    public async Task<Result<CheckedLock>> CheckAsync(Project project, EnvironmentName name, RequestSettings options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(project);
        ArgumentNullException.ThrowIfNull(options);
        if (!finder.Declare(project, name, options with { NoLock = true }).TryGet(out var loose, out var failure))
        {
            return failure;
        }

        var isConda = loose.CondaSources is { } sources && LocalFiles.Exists(sources.LockPath) && !LocalFiles.Exists(PathOf(project, name, loose));
        var path = isConda ? loose.CondaSources!.LockPath : PathOf(project, name, loose);
        CheckedLock Stands(LockStanding standing, string? reason) => new(name, path, standing, reason, loose.CondaSources?.File ?? loose.Origin);
        if (!finder.Declare(project, name, options with { Locked = true }).TryGet(out var declaration, out failure))
        {
            return failure.Code == ProjectFailures.LockMissing ? Stands(LockStanding.Missing, $"There is no {path}.")
                : failure.Code == ProjectFailures.LockRefused ? Stands(LockStanding.LeftOut, LockChoice.WithoutOption(failure.Message))
                : failure;
        }

        var refusal = await dependencies.RefusalOfLockAsync(declaration.Request, declaration.Subject, cancellationToken).ConfigureAwait(false);
        return refusal is null ? Stands(declaration.LockStanding, null)
            : refusal.Code == EnvironmentFailures.ForeignLock || refusal.Code == EnvironmentFailures.CondaLockForeign ? Stands(LockStanding.Foreign, refusal.Message)
            : refusal.Code == EnvironmentFailures.StaleLock ? Stands(LockStanding.LeftOut, refusal.Message)
            : refusal;
    }

    /// <summary>Whether each package that is to be upgraded is in a lock of these environments, or declared for one.</summary>
    /// <returns><see cref="ProjectFailures.UpgradeUnknown"/> for the first that is not.</returns>
    public Result<Unit> CheckUpgrades(Project project, ImmutableArray<EnvironmentName> names, RequestSettings options, LockWishes wishes)
    {
        ArgumentNullException.ThrowIfNull(project);
        ArgumentNullException.ThrowIfNull(wishes);
        var known = wishes.UpgradePackages.IsEmpty ? [] : names.SelectMany(name => NamesOf(project, name, options)).Select(LockWishes.Normal).ToHashSet(StringComparer.Ordinal);
        return wishes.UpgradePackages.FirstOrDefault(asked => !known.Contains(LockWishes.Normal(asked))) is { } unknown
            ? new Failure(ProjectFailures.UpgradeUnknown, $"--upgrade-package {unknown}: no such package is locked or declared here.")
            : Unit.Value;
    }

    private IEnumerable<string> NamesOf(Project project, EnvironmentName name, RequestSettings options)
    {
        if (!finder.Declare(project, name, options with { NoLock = true }).TryGet(out var declaration, out _))
        {
            return [];
        }

        var path = PathOf(project, name, declaration);
        var locked = ManagedFile.Read(Path.GetDirectoryName(path)!, Path.GetFileName(path)).TryGet(out var file, out _) ? Read(file) : null;
        return
        [
            .. declaration.Request.Requirements.Select(static package => package.Requirement.Name.Normalized),
            .. declaration.Request.Conda?.Specs.Select(static spec => spec.Name) ?? [],
            .. locked?.Packages.Select(static package => package.Name.Normalized) ?? [],
            .. locked is null ? [] : CondaSet.Of(locked)?.Packages.Select(static package => package.Name) ?? [],
            .. declaration.CondaSources is { } sources ? CondaLockWriting.NamesIn(sources.LockPath) : [],
        ];
    }
}
