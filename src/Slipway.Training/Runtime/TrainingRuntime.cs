using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Training.Configuration;
using Slipway.Training.Experiments;
using Slipway.Training.Loops;
using Slipway.Training.Ports;
using Slipway.Training.Recipes;

namespace Slipway.Training.Runtime;

/// <summary>The one way from a recipe to a trained model.</summary>
/// <param name="factory">Makes adapters.</param>
/// <param name="time">The clock.</param>
public sealed class TrainingRuntime(IPortFactory factory, TimeProvider time)
{
    /// <summary>The adapters of a manifest, checked now and not when they are first used.</summary>
    public Result<PortSet> BuildPorts(PortManifest manifest) => factory.Build(manifest);

    /// <summary>The experiment of a recipe with some settings; the same settings give the same bytes.</summary>
    public static Result<ExperimentSpec> BuildSpec(Recipe recipe, RecipeConfig config)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        return recipe.BuildSpec(config);
    }

    /// <summary>Runs a recipe.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="config">Its settings.</param>
    /// <param name="manifest">The adapters.</param>
    /// <param name="record">Where the run writes.</param>
    /// <param name="dryRun">Whether nothing is done: no file, process or connection.</param>
    /// <param name="cancellationToken">Ends the run; its last checkpoint stays.</param>
    public async Task<Result<RunReport>> RunAsync(Recipe recipe, RecipeConfig config, PortManifest manifest, ITrainingRecord record, bool dryRun, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        if (!BuildPorts(manifest).TryGet(out var ports, out var failure) || !BuildSpec(recipe, config).TryGet(out var spec, out failure))
        {
            return failure;
        }

        return dryRun
            ? new RunReport(spec, manifest.Name, Names(ports), ports.IsSimulated, IsDryRun: true, [], TimeSpan.Zero)
            : await RunSpecAsync(spec, ports, manifest.Name, record, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs an experiment, or goes on with it where its record says that it was begun. The first stage that fails ends it.</summary>
    /// <param name="spec">The experiment.</param>
    /// <param name="ports">The adapters.</param>
    /// <param name="manifest">What reports call the adapters.</param>
    /// <param name="record">Where the run writes.</param>
    /// <param name="cancellationToken">Ends the run; its last checkpoint stays.</param>
    public async Task<Result<RunReport>> RunSpecAsync(ExperimentSpec spec, PortSet ports, string manifest, ITrainingRecord record, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(ports);
        ArgumentNullException.ThrowIfNull(record);
        var begun = time.GetTimestamp();
        var stages = ImmutableArray.CreateBuilder<StageReport>(spec.Stages.Length);
        string? before = null;
        for (var index = 0; index < spec.Stages.Length; index++)
        {
            var stage = spec.Stages[index];
            var watched = new WatchedRecord(record);
            if (!record.Checkpoints().TryGet(out var written, out var failure))
            {
                return failure;
            }

            var own = written.Where(checkpoint => checkpoint.Stage == index).ToImmutableArray();
            if (own is not [.., { IsFinal: true }])
            {
                var context = new StageContext(stage, index, new TrainingWorld(ports, factory.Code, watched, time), stage.Continues ? before : null, own);
                if (!(await StageRunner.RunAsync(context, cancellationToken).ConfigureAwait(false)).TryGet(out _, out failure) || !record.Checkpoints().TryGet(out written, out failure))
                {
                    return failure;
                }
            }

            var final = written.LastOrDefault(checkpoint => checkpoint.Stage == index && checkpoint.IsFinal);
            before = final?.StatePath;
            stages.Add(new StageReport(stage.Name, final?.NextStep ?? 0, watched.First, watched.Last, final?.StatePath, final?.SamplerPath));
        }

        return new RunReport(spec, manifest, Names(ports), ports.IsSimulated, IsDryRun: false, stages.MoveToImmutable(), time.GetElapsedTime(begun));
    }

    private static ImmutableArray<string> Names(PortSet ports) => [.. ports.All.Select(static pair => $"{pair.Port.Name()}={pair.Adapter.Name}")];
}
