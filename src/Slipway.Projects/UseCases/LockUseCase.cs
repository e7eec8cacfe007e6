using System.Text;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Machines.Files;
using Slipway.Projects.Discovery;
using Slipway.Projects.Layout;
using Slipway.Projects.Locks;
using Slipway.Projects.Managed;
using Slipway.Projects.Naming;

namespace Slipway.Projects.UseCases;

/// <summary>What became of a lock.</summary>
/// <param name="Name">The environment.</param>
/// <param name="Path">The lock.</param>
/// <param name="IsChanged">Whether it was written; false when it said the same before.</param>
/// <param name="Packages">For people: <c>3 packages</c>.</param>
public sealed record WrittenLock(EnvironmentName Name, string Path, bool IsChanged, string Packages);

/// <summary>Whether a lock answers what is needed.</summary>
/// <param name="Name">The environment.</param>
/// <param name="Path">The lock.</param>
/// <param name="Standing">How it stands.</param>
/// <param name="Reason">What is different, for people; null when it answers.</param>
public sealed record CheckedLock(EnvironmentName Name, string Path, LockStanding Standing, string? Reason);

/// <summary>Writes and checks the locks of a project's environments.</summary>
/// <param name="dependencies">The service that resolves.</param>
/// <param name="finder">Reads what is declared.</param>
public sealed class LockUseCase(DependencyService dependencies, ProjectFinder finder)
{
    /// <summary>Resolves an environment and writes its lock; one that says the same already is left as it is.</summary>
    /// <param name="project">The project.</param>
    /// <param name="name">One of its environments.</param>
    /// <param name="options">What options say.</param>
    /// <param name="upgrade">Whether to resolve again; else a lock that answers what is declared stays as it is.</param>
    /// <param name="progress">Watches the resolution.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Result<WrittenLock>> WriteAsync(
        Project project, EnvironmentName name, RequestSettings options, bool upgrade, IBuildProgress progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(project);
        if (!upgrade && await KeptAsync(project, name, options, progress, cancellationToken).ConfigureAwait(false) is { } kept)
        {
            return kept;
        }

        if (!finder.Declare(project, name, options with { NoLock = true }).TryGet(out var declaration, out var failure))
        {
            return failure;
        }

        var resolved = await dependencies
            .ResolveAsync(declaration.Request, declaration.Subject, new EnsureOptions(upgrade, declaration.IsOffline), progress, cancellationToken)
            .ConfigureAwait(false);
        if (!resolved.TryGet(out var plan, out failure))
        {
            return failure;
        }

        var path = declaration.LockPath ?? project.Layout.Lock(project.Declared(name));
        var text = Encoding.UTF8.GetBytes(ProjectLock.Text(plan, Path.GetDirectoryName(path)!));
        if (!ManagedFile.Read(Path.GetDirectoryName(path)!, Path.GetFileName(path)).TryGet(out var before, out failure))
        {
            return failure;
        }

        var isSame = before.Content is { } there && there.AsSpan().SequenceEqual(text);
        if (!isSame && !LocalFiles.Write(path, text, before.Mode).TryGet(out _, out failure))
        {
            return failure;
        }

        var proof = isSame || declaration.IsOffline ? Unit.Value : await ProveAsync(project, name, options, progress, cancellationToken).ConfigureAwait(false);
        return proof.TryGet(out _, out var unfollowed)
            ? new WrittenLock(name, path, !isSame, plan.Lock!.Describe())
            : (before.Content is { } good ? LocalFiles.Write(path, good, before.Mode) : LocalFiles.RemoveFile(path)).Then(_ => (Result<WrittenLock>)unfollowed);
    }

    // A lock that answers what is declared, and can be followed here, is what colleagues agreed on: new versions are asked for by name. Null when there is none.
    private async Task<WrittenLock?> KeptAsync(Project project, EnvironmentName name, RequestSettings options, IBuildProgress progress, CancellationToken cancellationToken)
    {
        if (!finder.Declare(project, name, options with { Locked = true }).TryGet(out var declaration, out _) || declaration is not { LockStanding: LockStanding.Used, LockPath: { } path })
        {
            return null;
        }

        var followed = await dependencies.ResolveAsync(declaration.Request, declaration.Subject, new EnsureOptions(Offline: declaration.IsOffline), progress, cancellationToken).ConfigureAwait(false);
        return followed.TryGet(out var plan, out _) ? new WrittenLock(name, path, IsChanged: false, plan.Lock!.Describe()) : null;
    }

    // A lock that nobody can follow is worth nothing: it is followed here first, and what uses it next finds that done.
    private async Task<Result<Unit>> ProveAsync(Project project, EnvironmentName name, RequestSettings options, IBuildProgress progress, CancellationToken cancellationToken)
    {
        if (!finder.Declare(project, name, options with { Locked = true }).TryGet(out var declaration, out var failure))
        {
            return failure;
        }

        var followed = await dependencies.ResolveAsync(declaration.Request, declaration.Subject, new EnsureOptions(), progress, cancellationToken).ConfigureAwait(false);
        return followed.TryGet(out _, out failure) ? Unit.Value : failure with { Message = $"The lock that would be written cannot be followed here: {failure.Message}" };
    }

    /// <summary>Whether an environment's lock answers what is needed. Nothing is resolved, and no network is used.</summary>
    public Result<CheckedLock> Check(Project project, EnvironmentName name, RequestSettings options)
    {
        ArgumentNullException.ThrowIfNull(project);
        return finder.Declare(project, name, options).Map(declaration =>
        {
            var path = declaration.LockPath ?? project.Layout.Lock(project.Declared(name));
            var reason = declaration.LockStanding switch
            {
                LockStanding.Used => null,
                LockStanding.LeftOut => declaration.LockWarning,
                _ => $"There is no {path}.",
            };
            return new CheckedLock(name, path, declaration.LockStanding, reason);
        });
    }
}
