using System.Text;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Machines;
using Slipway.Machines.Files;
using Slipway.Projects.Naming;
using Slipway.Store.Layout;
using Slipway.Store.Roots;

namespace Slipway.Projects.Layout;

/// <summary>
/// The links by which a project names its environments in the store: <c>.slipway/envs/NAME</c>, and <c>.venv</c> for the active one. They
/// change by rename, and nothing that is no link of ours is ever replaced.
/// </summary>
/// <param name="project">The project.</param>
/// <param name="store">The store.</param>
public sealed class EnvironmentLinks(ProjectLayout project, StoreLayout store)
{
    /// <summary>The environment that <c>slipway env use</c> chose; null when none was.</summary>
    public EnvironmentName? Active => LocalFiles.Read(project.Active, 4096).TryGet(out var bytes, out _)
        && EnvironmentName.Parse(Encoding.UTF8.GetString(bytes).Trim(), project.Active).TryGet(out var name, out _) ? name : null;

    /// <summary>Points an environment's link at a published tree.</summary>
    /// <param name="name">The environment.</param>
    /// <param name="root">The absolute path of the tree.</param>
    public Result<Unit> Point(EnvironmentName name, string root) => Own()
        .Then(_ => LocalFiles.MakeDirectory(project.Links, FileModes.Directory))
        .Then(_ => IgnoreOwn())
        .Then(_ => LocalFiles.PlaceLink(project.Link(name), root))
        .Then(_ => new ProjectLinks(store).Add(project.Link(name)));

    /// <summary>Points <c>.venv</c> at an environment's link.</summary>
    /// <returns>Whether it does now; false when something else of that name is there, which stays.</returns>
    public Result<bool> PointVenv(EnvironmentName name)
    {
        var status = LocalPaths.StatusOf(project.Venv);
        if (status.Exists && !IsOwnVenv())
        {
            return false;
        }

        return LocalFiles.PlaceLink(project.Venv, Path.GetRelativePath(project.Directory, project.Link(name))).Map(static _ => true);
    }

    /// <summary>Remembers the active environment.</summary>
    public Result<Unit> Remember(EnvironmentName name) => Own()
        .Then(_ => LocalFiles.MakeDirectory(project.Own, FileModes.Directory))
        .Then(_ => IgnoreOwn())
        .Then(_ => LocalFiles.Write(project.Active, Encoding.UTF8.GetBytes($"{name}\n"), FileModes.File));

    /// <summary>The slot that an environment's link leads to; null when there is none, or the slot is gone.</summary>
    public SlotName? SlotOf(EnvironmentName name)
    {
        var prefix = store.Environments + "/";
        return LocalPaths.StatusOf(project.Link(name)).Kind is FileKind.Link
            && LocalPaths.Resolve(project.Link(name)).TryGet(out var target, out _)
            && target.StartsWith(prefix, StringComparison.Ordinal)
            && SlotName.Parse(target[prefix.Length..].Split('/')[0]).TryGet(out var slot, out _)
            && LocalFiles.Exists(store.Meta(slot)) ? slot : null;
    }

    /// <summary>The names of all links, sorted, whether or not anything declares them.</summary>
    public IEnumerable<EnvironmentName> Linked() => !Directory.Exists(project.Links) ? [] : Directory.EnumerateFileSystemEntries(project.Links)
        .Select(path => EnvironmentName.Parse(Path.GetFileName(path), path))
        .Where(static parsed => parsed.IsOk)
        .Select(static parsed => parsed.Value)
        .OrderBy(static name => name.ToString(), StringComparer.Ordinal);

    /// <summary>Whether <c>.venv</c> is a link that Slipway made: into this project's links.</summary>
    public bool IsOwnVenv() =>
        new FileInfo(project.Venv).LinkTarget is { } target
        && Path.GetFullPath(target, project.Directory).StartsWith(project.Links + "/", StringComparison.Ordinal);

    /// <summary>Takes an environment's links away; the environment itself stays in the store for whoever else uses it.</summary>
    public Result<Unit> Remove(EnvironmentName name)
    {
        if (!Own().TryGet(out _, out var refused))
        {
            return refused;
        }

        var venv = IsOwnVenv() && string.Equals(Path.GetFullPath(new FileInfo(project.Venv).LinkTarget!, project.Directory), project.Link(name), StringComparison.Ordinal)
            ? LocalFiles.RemoveFile(project.Venv)
            : Unit.Value;
        var active = Active == name ? LocalFiles.RemoveFile(project.Active) : Unit.Value;
        return venv.Then(_ => active).Then(_ => LocalPaths.StatusOf(project.Link(name)).Kind is FileKind.Link ? LocalFiles.RemoveFile(project.Link(name)) : Unit.Value);
    }

    // What a link leads to is not the project's: nothing is written or removed there.
    private Result<Unit> Own()
    {
        foreach (var directory in (ReadOnlySpan<string>)[project.Own, project.Links])
        {
            if (LocalPaths.StatusOf(directory) is { Exists: true, Kind: not FileKind.Directory })
            {
                return new Failure(ProjectFailures.NotPlainFile, $"{directory} is not a directory of the project, so nothing is written into it.") { Hint = "Move it away; it is made anew." };
            }
        }

        return Unit.Value;
    }

    // Like a virtual environment of the standard library, the directory ignores itself: also where nobody tells git.
    private Result<Unit> IgnoreOwn()
    {
        var path = $"{project.Own}/.gitignore";
        return LocalFiles.Exists(path) ? Unit.Value : LocalFiles.WriteUnsynced(path, "*\n"u8.ToArray(), FileModes.File);
    }
}
