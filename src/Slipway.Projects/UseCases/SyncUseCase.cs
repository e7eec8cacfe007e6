using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Projects.Discovery;
using Slipway.Projects.Layout;
using Slipway.Projects.Naming;

namespace Slipway.Projects.UseCases;

/// <summary>What became of <c>.venv</c>.</summary>
public enum VenvLink
{
    /// <summary>Another environment is the active one.</summary>
    OfAnother,

    /// <summary>It leads to this environment.</summary>
    Points,

    /// <summary>Something else of that name is there, which stays.</summary>
    InTheWay,
}

/// <summary>An environment of a project that is ready and linked.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Declaration">What it is declared to need.</param>
/// <param name="Environment">The environment.</param>
/// <param name="Link">The link that leads to it.</param>
/// <param name="Venv">What became of <c>.venv</c>.</param>
public sealed record SyncedEnvironment(EnvironmentName Name, WorkloadDeclaration Declaration, ReadyEnvironment Environment, string Link, VenvLink Venv);

/// <summary>Has a project's environments ready and linked: behind <c>sync</c>, <c>init</c> and <c>env use</c>.</summary>
/// <param name="host">Where.</param>
/// <param name="dependencies">The service that has environments ready.</param>
/// <param name="finder">Reads what is declared.</param>
public sealed class SyncUseCase(BuildHost host, DependencyService dependencies, ProjectFinder finder)
{
    /// <summary>Has one environment ready and points its links at it.</summary>
    /// <param name="project">The project.</param>
    /// <param name="name">One of its environments.</param>
    /// <param name="options">What options say.</param>
    /// <param name="refresh">Whether to resolve again, whatever is remembered.</param>
    /// <param name="progress">Watches the build.</param>
    /// <param name="cancellationToken">Ends the work; links are made last.</param>
    public async Task<Result<SyncedEnvironment>> SyncAsync(
        Project project, EnvironmentName name, RequestSettings options, bool refresh, IBuildProgress progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(project);
        if (!finder.Declare(project, name, options).TryGet(out var declaration, out var failure))
        {
            return failure;
        }

        var ensured = await dependencies
            .EnsureAsync(declaration.Request, declaration.Subject, new EnsureOptions(refresh, declaration.IsOffline), progress, cancellationToken)
            .ConfigureAwait(false);
        return ensured.Then(environment => Link(project, name, declaration, environment));
    }

    private Result<SyncedEnvironment> Link(Project project, EnvironmentName name, WorkloadDeclaration declaration, ReadyEnvironment environment)
    {
        var links = new EnvironmentLinks(project.Layout, host.Layout);
        var isActive = project.Usual == name;
        return links.Point(name, environment.Root)
            .Then(_ => isActive ? links.PointVenv(name).Map(static done => done ? VenvLink.Points : VenvLink.InTheWay) : VenvLink.OfAnother)
            .Map(venv => new SyncedEnvironment(name, declaration, environment, project.Layout.Link(name), venv));
    }
}
