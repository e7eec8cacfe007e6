using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Training.Adapters.Local;
using Slipway.Training.Adapters.Records;
using Slipway.Training.Data;
using Slipway.Training.Experiments;
using Slipway.Training.Loops;
using Slipway.Training.Ports;
using Slipway.Training.Renderers;
using Slipway.Training.Runtime;

namespace Slipway.Training.Adapters.Runs;

/// <summary>What is done with the models that runs made: ask them, give them to other programs; and a look at what a recipe trains on.</summary>
/// <param name="context">What runs are made with.</param>
public sealed class RecipeModels(RecipeContext context)
{
    private sealed record Found(StageSpec Stage, CheckpointRecord Checkpoint, ReadRecipe Read, string Target);

    /// <summary>The answers of a run's model.</summary>
    /// <param name="word">The run.</param>
    /// <param name="checkpoint">The name of a checkpoint; null for the last.</param>
    /// <param name="prompts">The questions.</param>
    /// <param name="samples">Answers to each.</param>
    /// <param name="parameters">How they are drawn.</param>
    /// <param name="seed">The seed; null for any.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Result<(string Model, ImmutableArray<ModelAnswer> Answers)>> AskAsync(
        string word, string? checkpoint, ImmutableArray<string> prompts, int samples, SamplingParameters parameters, long? seed, CancellationToken cancellationToken)
    {
        if (!(await FindAsync(word, checkpoint, cancellationToken).ConfigureAwait(false)).TryGet(out var found, out var failure)
            || !ModelAnswers.RendererOf(found.Stage).TryGet(out var renderer, out failure))
        {
            return failure;
        }

        var factory = context.Ports(found.Target);
        await using var closing = factory.ConfigureAwait(false);
        if (!factory.Build(found.Read.Manifest).TryGet(out var ports, out failure)
            || !(await ports.Training.OpenSamplerAsync(Source(found), cancellationToken).ConfigureAwait(false)).TryGet(out var sampler, out failure))
        {
            return failure;
        }

        await using var leaving = sampler.ConfigureAwait(false);
        var asked = await ModelAnswers.AskAsync(sampler, renderer, prompts, samples, parameters, seed, cancellationToken).ConfigureAwait(false);
        return asked.Map(answers => (found.Checkpoint.SamplerPath ?? found.Checkpoint.StatePath, answers));
    }

    /// <summary>Writes a run's model for other programs.</summary>
    /// <param name="word">The run.</param>
    /// <param name="checkpoint">The name of a checkpoint; null for the last.</param>
    /// <param name="directory">An absolute directory on the training machine that is not there yet.</param>
    /// <param name="isMerged">Whether it is the whole model, not an adapter.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Result<Unit>> ExportAsync(string word, string? checkpoint, string directory, bool isMerged, CancellationToken cancellationToken)
    {
        if (!(await FindAsync(word, checkpoint, cancellationToken).ConfigureAwait(false)).TryGet(out var found, out var failure))
        {
            return failure;
        }

        var factory = context.Ports(found.Target);
        await using var closing = factory.ConfigureAwait(false);
        if (!factory.Build(found.Read.Manifest).TryGet(out var ports, out failure))
        {
            return failure;
        }

        return ports.Training is LocalTrainingClient local
            ? await local.ExportAsync(Source(found), directory, isMerged, cancellationToken).ConfigureAwait(false)
            : new Failure(TrainingFailures.InvalidAdapter, $"Models of the adapter {ports.Training.Name} are not on a machine of yours, and cannot be written from here.") { Hint = "The service has a way of its own to download a checkpoint." };
    }

    /// <summary>What a recipe's first stage trains on.</summary>
    /// <param name="order">The recipe and its settings.</param>
    /// <param name="count">How many rows.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Result<ImmutableArray<RenderedPreview>>> PreviewAsync(RecipeOrder order, int count, CancellationToken cancellationToken)
    {
        if (!new RecipeReader(context.WorkingDirectory).Read(order).TryGet(out var read, out var failure) || !read.Recipe.BuildSpec(read.Config).TryGet(out var spec, out failure))
        {
            return failure;
        }

        var factory = context.Ports("/nonexistent");
        await using var closing = factory.ConfigureAwait(false);
        return factory.Build(read.Manifest).TryGet(out var ports, out failure)
            ? await StagePreview.MakeAsync(spec.Stages[0], ports, count, cancellationToken).ConfigureAwait(false)
            : failure;
    }

    private static SamplerSource Source(Found found) => new(found.Stage.Settings.Text("model"), found.Checkpoint.SamplerPath ?? found.Checkpoint.StatePath);

    private async Task<Result<Found>> FindAsync(string word, string? checkpoint, CancellationToken cancellationToken)
    {
        if (!(await new RecipeRuns(context.Here, context.Time).FindAsync(word, context.WorkingDirectory, cancellationToken).ConfigureAwait(false)).TryGet(out var run, out var failure)
            || !RecipeConfigFile.Read(run.Config, new RecipeReader(context.WorkingDirectory)).TryGet(out var read, out failure)
            || !read.Recipe.BuildSpec(read.Config).TryGet(out var spec, out failure)
            || !new TrainingFolder(run.Target, context.Time, null).Checkpoints().TryGet(out var written, out failure))
        {
            return failure;
        }

        var named = written.LastOrDefault(one => checkpoint is null || one.Name == checkpoint);
        return named is not null ? new Found(spec.Stages[named.Stage], named, read, run.Target)
            : new Failure(TrainingFailures.NoCheckpoint, checkpoint is null ? $"The run {run.Job.Id} has no checkpoint." : $"The run {run.Job.Id} has no checkpoint '{checkpoint}'.")
            {
                Hint = written.IsEmpty ? "Resume the run; save_every says how often checkpoints are made." : $"There are {string.Join(", ", written.Select(static one => one.Name))}.",
            };
    }
}
