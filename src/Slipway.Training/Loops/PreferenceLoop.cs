using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Training.Data;
using Slipway.Training.Datasets;
using Slipway.Training.Ports;
using Slipway.Training.Preferences;
using Slipway.Training.Renderers;
using Slipway.Training.Tokenizers;

namespace Slipway.Training.Loops;

/// <summary>Direct preference optimisation. The reference is the model with the weights that the stage began with.</summary>
internal sealed class PreferenceLoop(StageContext context)
{
    private static readonly DatumOptions Uncut = new(null, Reduction.None);
    private readonly StageSettings _settings = context.Settings;

    private sealed record Prepared(ImmutableArray<Datum> Data, ImmutableArray<ImmutableArray<float>> Reference);

    /// <summary>Runs the stage.</summary>
    public async Task<Result<Unit>> RunAsync(CancellationToken cancellationToken)
    {
        var id = _settings.Config.Text("dataset");
        if (!(await context.RowsAsync(rows => StageItems.Comparisons(rows, id), cancellationToken).ConfigureAwait(false)).TryGet(out var rows, out var failure)
            || !EpochOrder<Comparison>.Create(rows.Train, _settings.Config.Whole("batch_size"), _settings.Seed, "batch_size", context.Ports.IsSimulated).TryGet(out var order, out failure)
            || !_settings.Renderer.TryGet(out var renderer, out failure)
            || !(await context.StartAsync(cancellationToken).ConfigureAwait(false)).TryGet(out var session, out failure))
        {
            return failure;
        }

        await using var closing = session.ConfigureAwait(false);
        if (!(await StartWeights.OpenAsync(context, session, cancellationToken).ConfigureAwait(false)).TryGet(out var reference, out failure))
        {
            return failure;
        }

        await using var leaving = reference.ConfigureAwait(false);
        var total = _settings.Steps(order.PerEpoch);
        var begun = context.Time.GetTimestamp();
        for (var step = context.FirstStep; step < total; step++)
        {
            if (!(await StepAsync(session, reference, renderer, order.Batch(step), rows.Test, (step, total, begun), cancellationToken).ConfigureAwait(false)).TryGet(out _, out failure))
            {
                return failure;
            }

            if (StageSettings.IsDue(step + 1, _settings.SaveEvery) && step + 1 < total)
            {
                var checkpoint = context.Save(session, CheckpointNames.Of(context.Index, step + 1), isFinal: false, cancellationToken);
                if (!(await checkpoint.FinishAsync(context, step + 1, order.EpochOf(step + 1), reference.Path, isFinal: false).ConfigureAwait(false)).TryGet(out _, out failure))
                {
                    return failure;
                }
            }
        }

        return await context.Save(session, $"final-{context.Index}", isFinal: true, cancellationToken).FinishAsync(context, total, _settings.Epochs, reference.Path, isFinal: true).ConfigureAwait(false);
    }

    private async Task<Result<Unit>> StepAsync(
        ITrainingSession session, ISampler reference, Renderer renderer, ImmutableArray<Comparison> batch, ImmutableArray<Comparison> test, (int Step, int Total, long Begun) at, CancellationToken cancellationToken)
    {
        var start = context.Time.GetUtcNow();
        var metrics = ImmutableSortedDictionary.CreateBuilder<string, double>(StringComparer.Ordinal);
        if (_settings.IsEvaluated(at.Step) && !test.IsEmpty
            && !(await EvaluateAsync(session, reference, renderer, test, metrics, cancellationToken).ConfigureAwait(false)).TryGet(out _, out var failed))
        {
            return failed;
        }

        if (!(await PrepareAsync(reference, renderer, batch, cancellationToken).ConfigureAwait(false)).TryGet(out var prepared, out var failure) || !_settings.Adam(at.Step, at.Total).TryGet(out var adam, out failure))
        {
            return failure;
        }

        if (prepared.Data.IsEmpty)
        {
            metrics["optim/skipped"] = 1;
        }
        else if (!(await LearnAsync(session, prepared, adam, metrics, cancellationToken).ConfigureAwait(false)).TryGet(out _, out failure))
        {
            return failure;
        }

        metrics["learning_rate"] = adam.LearningRate;
        metrics["progress"] = (double)(at.Step + 1) / at.Total;
        var elapsed = context.Time.GetElapsedTime(at.Begun);
        StageTimes.Put(metrics, context, start, elapsed, at.Step);
        return context.Finish(at.Step, at.Total, metrics.ToImmutable(), elapsed);
    }

    private async Task<Result<Unit>> LearnAsync(ITrainingSession session, Prepared prepared, AdamParameters adam, ImmutableSortedDictionary<string, double>.Builder metrics, CancellationToken cancellationToken)
    {
        var output = await CustomLoss.ForwardBackwardAsync(session, prepared.Data, PreferenceLoss.Over(prepared.Data, prepared.Reference, _settings.Config.Number("beta")), cancellationToken).ConfigureAwait(false);
        if (!output.TryGet(out var found, out var failure))
        {
            return failure;
        }

        if (!double.IsFinite(found.Loss))
        {
            return new Failure(TrainingFailures.NotFinite, "The loss of a step is not a finite number.");
        }

        metrics.AddRange(found.Metrics.Where(static metric => !metric.Key.Contains(':', StringComparison.Ordinal)));
        var stepped = await session.StepAsync(adam, cancellationToken).ConfigureAwait(false);
        return stepped.Map(step =>
        {
            foreach (var (name, value) in step.Metrics)
            {
                metrics[$"optim/{name}"] = value;
            }

            return default(Unit);
        });
    }

    private async Task<Result<Unit>> EvaluateAsync(
        ITrainingSession session, ISampler reference, Renderer renderer, ImmutableArray<Comparison> test, ImmutableSortedDictionary<string, double>.Builder metrics, CancellationToken cancellationToken)
    {
        if (!(await PrepareAsync(reference, renderer, test, cancellationToken).ConfigureAwait(false)).TryGet(out var prepared, out var failure) || prepared.Data.IsEmpty)
        {
            return failure ?? (Result<Unit>)default(Unit);
        }

        var output = await session.ForwardAsync(prepared.Data, LossFunction.CrossEntropy, cancellationToken).ConfigureAwait(false);
        return output.Then(found => PreferenceLoss.Over(prepared.Data, prepared.Reference, _settings.Config.Number("beta"))(found.Logprobs)).Map(value =>
        {
            foreach (var (name, number) in value.Metrics.Where(static metric => metric.Key is "dpo_loss" or "accuracy" or "margin"))
            {
                metrics[$"test/{name}"] = number;
            }

            return default(Unit);
        });
    }

    private async Task<Result<Prepared>> PrepareAsync(ISampler reference, Renderer renderer, ImmutableArray<Comparison> comparisons, CancellationToken cancellationToken)
    {
        var halves = comparisons.SelectMany(static one => (ImmutableArray<Message>[])[one.Pair!.Value.Chosen, one.Pair!.Value.Rejected]).ToImmutableArray();
        if (!(await EncodeAsync(renderer, reference.Tokenizer, halves, cancellationToken).ConfigureAwait(false)).TryGet(out var data, out var failure))
        {
            return failure;
        }

        var (examples, dropped) = PreferenceLoss.Interleave([.. Enumerable.Range(0, comparisons.Length).Select(pair => (data[2 * pair], data[(2 * pair) + 1]))]);
        if (dropped > 0)
        {
            context.Record.Say($"{dropped} pairs are left out: cut to max_length, nothing of an answer is left");
        }

        var logprobs = examples.IsEmpty ? Result.Ok(ImmutableArray<ImmutableArray<float>>.Empty) : await SamplerCalls.LogprobsAsync(reference, examples, cancellationToken).ConfigureAwait(false);
        return logprobs.Map(known => new Prepared(examples, known));
    }

    private async Task<Result<ImmutableArray<Datum?>>> EncodeAsync(Renderer renderer, ITokenizer tokenizer, ImmutableArray<ImmutableArray<Message>> conversations, CancellationToken cancellationToken)
    {
        var rendered = ImmutableArray.CreateBuilder<RenderedExample>(conversations.Length);
        foreach (var conversation in conversations)
        {
            if (!renderer.BuildSupervised(conversation, TrainOnWhat.LastAssistantMessage, tokenizer).TryGet(out var example, out var failure))
            {
                return failure;
            }

            rendered.Add(example);
        }

        var options = Uncut with { MaxLength = _settings.Config.Whole("max_length") };
        var encoded = await Rendering.EncodeAsync(tokenizer, rendered.MoveToImmutable(), cancellationToken).ConfigureAwait(false);
        return encoded.Map(examples => examples.Select(example => example.ToDatum(options).TryGet(out var datum, out _) ? datum : null).ToImmutableArray());
    }
}
