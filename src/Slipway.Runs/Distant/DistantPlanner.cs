using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Environments.Tools;
using Slipway.Machines;
using Slipway.Projects.Backends;
using Slipway.Projects.Discovery;
using Slipway.Runs.Arguments;

namespace Slipway.Runs.Distant;

/// <summary>What a run on a host would do.</summary>
/// <param name="Declaration">What was declared here.</param>
/// <param name="Plan">The decision there.</param>
public sealed record DistantPlan(WorkloadDeclaration Declaration, EnvironmentPlan Plan);

/// <summary>The use case behind <c>plan --on</c>: the decision that a run on a host would take. It brings, resolves and builds something only when it is asked to.</summary>
/// <param name="context">What it is made with.</param>
public sealed class DistantPlanner(DistantContext context)
{
    /// <summary>Decides.</summary>
    /// <param name="machine">The host.</param>
    /// <param name="on">What it was found by.</param>
    /// <param name="arguments">The command line.</param>
    /// <param name="depth">How far it goes.</param>
    /// <param name="progress">Watches a resolution or a build.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Result<DistantPlan>> PlanAsync(
        IMachine machine, string on, RunArguments arguments, PlanDepth depth, IBuildProgress progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(machine);
        ArgumentNullException.ThrowIfNull(arguments);
        if (!(await context.Hosts.OpenAsync(machine, on, cancellationToken).ConfigureAwait(false)).TryGet(out var host, out var failure)
            || !context.Runs.Discover(arguments, () => ToolSearch.Of(host).Find(BackendDetector.Uv).Any()).TryGet(out var declaration, out failure))
        {
            return failure;
        }

        if (SourceCarrier.Refused(declaration.Request) is { } refused)
        {
            return refused;
        }

        if (depth is not PlanDepth.Decide)
        {
            var brought = await new SourceCarrier(context.Here, host, context.Time).BringAsync(declaration.Request, progress, cancellationToken).ConfigureAwait(false);
            if (!brought.TryGet(out var sources, out failure))
            {
                return failure;
            }

            host = host with { Brought = sources };
        }

        var planned = await context.Dependencies(host).PlanAsync(declaration, RunUseCase.Options(arguments, declaration), depth, progress, cancellationToken).ConfigureAwait(false);
        return planned.Map(plan => new DistantPlan(declaration, plan));
    }
}
