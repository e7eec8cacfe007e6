using System.Collections.Immutable;
using Slipway.Core.Identity;
using Slipway.Core.Requirements;
using Slipway.Environments;
using Slipway.Environments.Locks;
using Slipway.Machines.Files;
using Slipway.Projects.Discovery;
using Slipway.Projects.Layout;
using Slipway.Projects.UseCases;
using Slipway.Store.Slots;

namespace Slipway.Projects.Checks;

/// <summary>Checks a project: each answer comes from executing or reading, never from something being there.</summary>
/// <param name="host">Where.</param>
/// <param name="status">How the environments stand.</param>
/// <param name="locks">Judges locks.</param>
/// <param name="finder">Reads what is declared.</param>
/// <param name="variable">Reads an environment variable.</param>
public sealed class CheckUseCase(BuildHost host, StatusUseCase status, LockUseCase locks, ProjectFinder finder, Func<string, string?> variable)
{
    /// <summary>All findings, those that are as they should be among them.</summary>
    public async Task<ImmutableArray<CheckFinding>> LookAsync(Project project, RequestSettings options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(project);
        var findings = ImmutableArray.CreateBuilder<CheckFinding>();
        var environments = await status.LookAsync(project, options, cancellationToken).ConfigureAwait(false);
        var anyPlace = environments.Select(environment => RecordOf(environment)?.Project).FirstOrDefault(static place => place is not null);
        foreach (var environment in environments)
        {
            findings.AddRange(Moved(environment, RecordOf(environment)?.Project ?? (environment.State is EnvironmentState.NotSynced ? anyPlace : null)) is { } moved ? [moved] : Standing(environment));
            findings.AddRange(LockOf(environment));
            findings.AddRange(await ForeignLockAsync(project, environment, options, cancellationToken).ConfigureAwait(false));
            findings.AddRange(project.Usual == environment.Name ? EnvrcOf(project, environment) : []);
            if (environment.Slot is { } slot && SlotName.Parse(slot).TryGet(out var name, out _))
            {
                var tree = new TreeChecks(host.Machine, host.Layout.Root(name), environment.Name.ToString(), $"`slipway store verify --repair {slot[..8]}`", OfPip(name));
                findings.AddRange(await tree.LookAsync(cancellationToken).ConfigureAwait(false));
            }
        }

        findings.AddRange(await new ToolVersionChecks(host, RecordOf).LookAsync(environments, cancellationToken).ConfigureAwait(false));
        findings.AddRange(VenvLink(project));
        findings.AddRange(await VenvAsync(project, cancellationToken).ConfigureAwait(false));
        findings.AddRange(FolderChecks.Look(project.Layout, variable("HOME")));
        return findings.ToImmutable();
    }

    // What the lock of a published environment has pip install.
    private ImmutableArray<PackageName> OfPip(SlotName slot) => new EnvironmentStore(host.Layout).Read(slot).Then(stored => ResolvedLock.Read(stored.Meta.Lock, host.Layout.Meta(slot))).TryGet(out var made, out _)
        ? [.. made.Files.Select(static file => file.Name)]
        : [];

    // Null where it has not moved. An environment that has the project installed by its place knows that place, also where its own name followed the directory's.
    private static CheckFinding? Moved(EnvironmentStatus environment, string? before)
    {
        if (environment is not { State: EnvironmentState.Outdated or EnvironmentState.NotSynced, Declaration.Request.Editable.Directory: { } now } || before is null || string.Equals(before, now, StringComparison.Ordinal))
        {
            return null;
        }

        var subject = environment.Name.ToString();
        return new CheckFinding("project-moved", CheckLevel.Error, subject, $"the project was moved: what is linked here has it installed from {before}, and it lies at {now}")
        {
            Remedy = $"`slipway sync --env {subject}`",
            Fix = CheckFix.Sync,
            Environment = environment.Name,
        };
    }

    // Null where its link leads to nothing that can be read.
    private SlotMeta? RecordOf(EnvironmentStatus environment) =>
        environment.Slot is { } slot && SlotName.Parse(slot).TryGet(out var name, out _) && new EnvironmentStore(host.Layout).Read(name).TryGet(out var stored, out _) ? stored.Meta : null;

    private static IEnumerable<CheckFinding> Standing(EnvironmentStatus environment)
    {
        var subject = environment.Name.ToString();
        CheckFinding Synced(string id, CheckLevel level, string message) =>
            new(id, level, subject, message) { Remedy = $"`slipway sync --env {subject}`", Fix = CheckFix.Sync, Environment = environment.Name };
        yield return environment.State switch
        {
            EnvironmentState.Ready => new CheckFinding("environment", CheckLevel.Pass, subject, "it is what is declared"),
            EnvironmentState.Outdated => Synced("outdated", CheckLevel.Warning, $"its link leads to what was declared before ({environment.Reason})"),
            EnvironmentState.NotSynced => Synced("not-synced", CheckLevel.Warning, "it has no link yet"),
            EnvironmentState.Gone => Synced("gone", CheckLevel.Error, environment.Reason),
            EnvironmentState.Undeclared => new CheckFinding("undeclared", CheckLevel.Warning, subject, "its link is there, and nothing declares it any more")
            {
                Remedy = $"`slipway env remove {subject}`",
                Fix = CheckFix.RemoveLink,
                Environment = environment.Name,
            },
            _ => new CheckFinding("unreadable", CheckLevel.Error, subject, environment.Reason) { Remedy = environment.Failure?.Remedy },
        };
    }

    private static IEnumerable<CheckFinding> LockOf(EnvironmentStatus environment)
    {
        var subject = environment.Name.ToString();
        if (environment.Declaration is { LockStanding: LockStanding.LeftOut } declaration)
        {
            yield return new CheckFinding("stale-lock", CheckLevel.Warning, subject, declaration.LockWarning!) { Remedy = $"`slipway lock --env {subject}`", Fix = CheckFix.Lock, Environment = environment.Name };
        }
        else if (environment.Declaration is { LockStanding: LockStanding.Missing, LockPath: { } path })
        {
            yield return new CheckFinding("no-lock", CheckLevel.Note, subject, $"there is no {path}: CI and colleagues may get other versions") { Remedy = $"`slipway lock --env {subject}`", Environment = environment.Name };
        }
    }

    // No fix: which Python is meant is not for a check to say.
    private async Task<IEnumerable<CheckFinding>> ForeignLockAsync(Project project, EnvironmentStatus environment, RequestSettings options, CancellationToken cancellationToken)
    {
        var subject = environment.Name.ToString();
        return environment.Declaration is { LockStanding: LockStanding.Used }
            && (await locks.CheckAsync(project, environment.Name, options, cancellationToken).ConfigureAwait(false)).TryGet(out var found, out _) && found.Standing is LockStanding.Foreign
            ? [new CheckFinding("foreign-lock", CheckLevel.Warning, subject, found.Reason!) { Remedy = $"choose a Python that it was made for, or `slipway lock --env {subject}`", Environment = environment.Name }]
            : [];
    }

    private IEnumerable<CheckFinding> EnvrcOf(Project project, EnvironmentStatus environment)
    {
        if (environment.Declaration is not { Backend.Kind: var backend })
        {
            yield break;
        }

        if (!new EnvrcUseCase(finder).Drifts(project, environment.Name, backend).TryGet(out var drifts, out var failure))
        {
            yield return new CheckFinding("envrc-unreadable", CheckLevel.Warning, ".envrc", failure.Message) { Remedy = failure.Remedy };
        }
        else if (drifts)
        {
            yield return new CheckFinding("envrc-drift", CheckLevel.Warning, ".envrc", $"Slipway's lines in it are not those for {environment.Name} by {backend}")
            {
                Remedy = "`slipway init`, then `direnv allow`",
                Fix = CheckFix.FollowInEnvrc,
                Environment = environment.Name,
            };
        }
    }

    // Editors and direnv follow this link, so it must lead to what is meant.
    private IEnumerable<CheckFinding> VenvLink(Project project)
    {
        var venv = project.Layout.Venv;
        if (project.Usual is not { } usual || !LocalFiles.Exists(project.Layout.Link(usual)) || LocalFiles.Exists($"{venv}/pyvenv.cfg") && !new EnvironmentLinks(project.Layout, host.Layout).IsOwnVenv())
        {
            yield break;
        }

        var leads = new FileInfo(venv).LinkTarget is { } target ? Path.GetFullPath(target, project.Layout.Directory) : null;
        if (string.Equals(leads, project.Layout.Link(usual), StringComparison.Ordinal))
        {
            yield return new CheckFinding("venv", CheckLevel.Pass, ".venv", $"it leads to {usual}");
        }
        else if (leads is null && LocalFiles.Exists(venv))
        {
            yield return new CheckFinding("venv-in-the-way", CheckLevel.Warning, ".venv", "it is neither a virtual environment nor a link of Slipway") { Remedy = "Move it away, and `slipway sync` links the environment that is meant." };
        }
        else
        {
            yield return new CheckFinding("venv-elsewhere", CheckLevel.Warning, ".venv", leads is null ? "it is not there" : $"it leads to {leads}, and {usual} is meant")
            {
                Remedy = $"`slipway sync --env {usual}`",
                Fix = CheckFix.Sync,
                Environment = usual,
            };
        }
    }

    // A virtual environment of the user's own stands where editors look: whether it works matters as much.
    private async Task<IEnumerable<CheckFinding>> VenvAsync(Project project, CancellationToken cancellationToken)
    {
        var venv = project.Layout.Venv;
        if (new EnvironmentLinks(project.Layout, host.Layout).IsOwnVenv() || !LocalFiles.Exists($"{venv}/pyvenv.cfg"))
        {
            return [];
        }

        var tree = new TreeChecks(host.Machine, venv, ".venv", "Move it away, and `slipway sync` links the environment that is declared.", []);
        var own = new CheckFinding("own-venv", CheckLevel.Note, ".venv", "it is a virtual environment of your own; Slipway leaves it as it is");
        return (await tree.LookAsync(cancellationToken).ConfigureAwait(false)).Insert(0, own);
    }
}
