using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Projects.Discovery;
using Slipway.Runs.Arguments;

namespace Slipway.Runs;

/// <summary>How far a plan goes.</summary>
public enum PlanDepth
{
    /// <summary>It says what is known: nothing is resolved, downloaded or built.</summary>
    Decide,

    /// <summary>What is not resolved yet is resolved.</summary>
    Resolve,

    /// <summary>The environment is had ready, and nothing is started in it.</summary>
    Build,
}

/// <summary>Plans as deep as they are asked for.</summary>
public static class PlanDepths
{
    /// <summary>What a command line asks for.</summary>
    public static PlanDepth Of(RunArguments arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        return arguments.Has(RunOptions.Build) ? PlanDepth.Build : arguments.Has(RunOptions.Resolve) ? PlanDepth.Resolve : PlanDepth.Decide;
    }

    /// <summary>Plans.</summary>
    internal static async Task<Result<EnvironmentPlan>> PlanAsync(
        this DependencyService service, WorkloadDeclaration declaration, EnsureOptions options, PlanDepth depth, IBuildProgress progress, CancellationToken cancellationToken)
    {
        var (request, subject) = (declaration.Request, declaration.Subject);
        var planned = depth switch
        {
            PlanDepth.Decide => await service.PlanAsync(request, subject, options, cancellationToken).ConfigureAwait(false),
            PlanDepth.Resolve => await service.ResolveAsync(request, subject, options, progress, cancellationToken).ConfigureAwait(false),
            _ => (await service.EnsureAsync(request, subject, options, progress, cancellationToken).ConfigureAwait(false)).Map(static ready => ready.Plan),
        };
        return planned.TryGet(out _, out var failure) ? planned : declaration.WithPlaces(failure);
    }
}
