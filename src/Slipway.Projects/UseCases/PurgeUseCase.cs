using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Locks;
using Slipway.Machines;
using Slipway.Machines.Files;
using Slipway.Projects.Configuration;
using Slipway.Projects.Layout;
using Slipway.Projects.Managed;

namespace Slipway.Projects.UseCases;

/// <summary>What a purge does to a path.</summary>
public enum PurgeAction
{
    /// <summary>It goes.</summary>
    Remove,

    /// <summary>Slipway's lines go, and the rest stays.</summary>
    TakeLinesOut,

    /// <summary>It stays.</summary>
    Keep,
}

/// <summary>A path that a purge looked at.</summary>
/// <param name="Name">Relative to the project.</param>
/// <param name="Action">What happens to it.</param>
/// <param name="Reason">Why, for people.</param>
public sealed record PurgeItem(string Name, PurgeAction Action, string Reason);

/// <summary>What a purge would do.</summary>
/// <param name="Items">Every path that it looked at.</param>
/// <param name="Problem">Why it cannot do all of it; null when it can.</param>
public sealed record PurgePlan(ImmutableArray<PurgeItem> Items, Failure? Problem)
{
    /// <summary>Whether anything would change.</summary>
    public bool ChangesNothing => Items.All(static item => item.Action is PurgeAction.Keep);
}

/// <summary>
/// Takes out of a project what Slipway put into it: by absolute path, without following a link, and with no tool asked to remove anything by a name.
/// Declarations, locks and settings stay, and so do environments in the store, which others may share.
/// </summary>
/// <param name="layout">The project.</param>
/// <param name="links">Its links.</param>
public sealed class PurgeUseCase(ProjectLayout layout, EnvironmentLinks links)
{
    private const string OwnName = ".slipway";
    private const string VenvName = ".venv";
    private const long MaxBytes = 16 * 1024 * 1024;

    private static readonly (string Name, string Reason)[] OfUser =
    [
        ("slipway.toml", "the project's settings"),
        ("pyproject.toml", "declares what is needed"),
        ("requirements.txt", "declares what is needed"),
        ("environment.yml", "declares what is needed"),
        ("environment.yaml", "declares what is needed"),
        (PinFile.Pyenv, "pins the Python"),
        (".tool-versions", "pins the Python"),
        ("conda-lock.yml", "a lock"),
        ("uv.lock", "a lock"),
        (VsCodeSettings.Name, "an editor's settings"),
    ];

    /// <summary>Says what would go and what stays; changes nothing.</summary>
    public PurgePlan Plan()
    {
        var items = ImmutableArray.CreateBuilder<PurgeItem>();
        Failure? problem = null;
        AddOwn(items);
        foreach (var name in (ReadOnlySpan<string>)[GitignoreFile.Name, EnvrcFile.Name])
        {
            problem = AddBlock(items, name) ?? problem;
        }

        AddDotEnv(items);
        items.AddRange(OfUser.Where(file => LocalFiles.Exists(At(file.Name))).Select(static file => new PurgeItem(file.Name, PurgeAction.Keep, file.Reason)));
        items.AddRange(Locks().Select(static name => new PurgeItem(name, PurgeAction.Keep, "a lock")));
        return new PurgePlan(items.ToImmutable(), problem);
    }

    /// <summary>Does it. What cannot be removed does not stop the rest; a second purge goes on.</summary>
    public Result<Unit> Execute(PurgePlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var problem = plan.Problem;
        foreach (var item in plan.Items.Where(static item => item.Action is not PurgeAction.Keep))
        {
            if (!Take(item).TryGet(out _, out var failure))
            {
                problem ??= failure;
            }
        }

        return problem is null ? Unit.Value : problem;
    }

    private void AddOwn(ImmutableArray<PurgeItem>.Builder items)
    {
        var (own, venv) = (LocalPaths.StatusOf(layout.Own), LocalPaths.StatusOf(layout.Venv));
        if (own.Exists)
        {
            items.Add(own.Kind is FileKind.Directory
                ? new PurgeItem(OwnName, PurgeAction.Remove, "links to environments, and which one is active")
                : new PurgeItem(OwnName, PurgeAction.Keep, "not a directory, so nothing that Slipway made"));
        }

        if (venv.Exists)
        {
            items.Add(links.IsOwnVenv()
                ? new PurgeItem(VenvName, PurgeAction.Remove, "a link to the active environment")
                : new PurgeItem(VenvName, PurgeAction.Keep, "no link of Slipway"));
        }
    }

    private Failure? AddBlock(ImmutableArray<PurgeItem>.Builder items, string name)
    {
        var status = LocalPaths.StatusOf(At(name));
        if (status.Kind is not FileKind.File)
        {
            return null;
        }

        if (!LocalFiles.Read(At(name), MaxBytes).TryGet(out var content, out var failure) || !ManagedBlock.Find(At(name), content).TryGet(out var block, out failure))
        {
            items.Add(new PurgeItem(name, PurgeAction.Keep, failure.Message));
            return failure;
        }

        if (block.IsThere)
        {
            items.Add(block is { MadeFile: true, Outside: [] }
                ? new PurgeItem(name, PurgeAction.Remove, "Slipway made it, and nothing else is in it")
                : new PurgeItem(name, PurgeAction.TakeLinesOut, "the rest of it is yours"));
        }

        return null;
    }

    private void AddDotEnv(ImmutableArray<PurgeItem>.Builder items)
    {
        var status = LocalPaths.StatusOf(At(DotEnvFile.Name));
        if (status.Exists)
        {
            items.Add(status is { Kind: FileKind.File, Size: 0 }
                ? new PurgeItem(DotEnvFile.Name, PurgeAction.Remove, "it is empty")
                : new PurgeItem(DotEnvFile.Name, PurgeAction.Keep, "it is yours, and not empty"));
        }
    }

    // Looked at once more: between a preview and its yes a person may have changed something.
    private Result<Unit> Take(PurgeItem item)
    {
        if (!Plan().Items.Contains(item))
        {
            return new Failure(ProjectFailures.NotPlainFile, $"{At(item.Name)} changed in the meantime, so it stays.") { Hint = "Look again with `slipway purge --dry-run`." };
        }

        return item switch
        {
            { Name: OwnName } => LocalFiles.RemoveTree(layout.Own),
            { Action: PurgeAction.Remove } => LocalFiles.RemoveFile(At(item.Name)),
            _ => ManagedFile.Read(layout.Directory, item.Name)
                .Then(file => ManagedBlock.Find(file.Path, file.Content).Then(block => LocalFiles.Write(file.Path, block.Outside, file.Mode))),
        };
    }

    private IEnumerable<string> Locks() => Directory.EnumerateFiles(layout.Directory)
        .Select(static path => Path.GetFileName(path))
        .Where(PylockFileName.IsValid)
        .Order(StringComparer.Ordinal);

    private string At(string name) => $"{layout.Directory}/{name}";
}
