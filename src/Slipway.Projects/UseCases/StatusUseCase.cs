using System.Collections.Immutable;
using Slipway.Core.Decisions;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Machines.Files;
using Slipway.Projects.Discovery;
using Slipway.Projects.Layout;
using Slipway.Projects.Naming;

namespace Slipway.Projects.UseCases;

/// <summary>Looks at a project's environments and changes nothing: no resolution, no download, no code of packages.</summary>
/// <param name="host">Where.</param>
/// <param name="dependencies">The service that plans.</param>
/// <param name="finder">Reads what is declared.</param>
public sealed class StatusUseCase(BuildHost host, DependencyService dependencies, ProjectFinder finder)
{
    /// <summary>How every environment stands: the declared ones in their order, then links that nothing declares.</summary>
    public async Task<ImmutableArray<EnvironmentStatus>> LookAsync(Project project, RequestSettings options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(project);
        var links = new EnvironmentLinks(project.Layout, host.Layout);
        var found = ImmutableArray.CreateBuilder<EnvironmentStatus>();
        foreach (var name in project.Environments)
        {
            found.Add(await OneAsync(project, links, name, options, cancellationToken).ConfigureAwait(false));
        }

        foreach (var name in links.Linked().Where(name => !project.Environments.Contains(name)))
        {
            found.Add(new EnvironmentStatus(name, EnvironmentState.Undeclared, "nothing declares it any more") { Slot = links.SlotOf(name)?.ToString() });
        }

        return found.ToImmutable();
    }

    private async Task<EnvironmentStatus> OneAsync(Project project, EnvironmentLinks links, EnvironmentName name, RequestSettings options, CancellationToken cancellationToken)
    {
        var slot = links.SlotOf(name)?.ToString();
        if (!finder.Declare(project, name, options).TryGet(out var declaration, out var failure))
        {
            return new EnvironmentStatus(name, EnvironmentState.Unreadable, failure.Message) { Failure = failure, Slot = slot };
        }

        var planned = await dependencies.PlanAsync(declaration.Request, declaration.Subject, new EnsureOptions(), cancellationToken).ConfigureAwait(false);
        if (!planned.TryGet(out var plan, out failure))
        {
            return new EnvironmentStatus(name, EnvironmentState.Unreadable, failure.Message) { Declaration = declaration, Failure = failure, Slot = slot };
        }

        var (state, reason) = Judge(project, name, slot, plan);
        return new EnvironmentStatus(name, state, reason) { Declaration = declaration, Plan = plan, Slot = slot };
    }

    private static (EnvironmentState State, string Reason) Judge(Project project, EnvironmentName name, string? slot, EnvironmentPlan plan)
    {
        var hasLink = LocalPaths.StatusOf(project.Layout.Link(name)).Exists;
        return slot switch
        {
            null when hasLink => (EnvironmentState.Gone, $"{project.Layout.Link(name)} leads to an environment that is no longer in the store"),
            null => (EnvironmentState.NotSynced, plan.Decision.Kind is DecisionKind.Hit ? "built, not linked here yet" : plan.Decision.Sentence),
            _ when string.Equals(slot, plan.Reference.Slot, StringComparison.Ordinal) => (EnvironmentState.Ready, plan.Decision.Sentence),
            _ => (EnvironmentState.Outdated, plan.Decision.FirstDifference is { } difference ? $"changed since: {difference}" : $"now: {plan.Decision.Sentence}"),
        };
    }
}
