using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Training.Data;
using Slipway.Training.Ports;
using Slipway.Training.Renderers;

namespace Slipway.Training.Loops;

/// <summary>
/// Supervised learning. One step more is under way than has been told of: a step's operations are put into the model's order, and only then the answers of
/// the one before are waited for. A checkpoint stands in that order between the step that it is after and the next one.
/// </summary>
internal sealed class SupervisedLoop(StageContext context)
{
    private readonly StageSettings _settings = context.Settings;

    private sealed record Step(int Index, ImmutableArray<Datum> Data, double LearningRate, Task<Result<ForwardOutput>> Forward, Task<Result<StepOutput>> Optimizer, PendingCheckpoint? Checkpoint, DateTimeOffset Start)
    {
        public double? TestNll { get; init; }
    }

    /// <summary>Runs the stage.</summary>
    /// <param name="source">What is learned.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Result<Unit>> RunAsync(ISupervisedSource source, CancellationToken cancellationToken)
    {
        var started = await context.StartAsync(cancellationToken).ConfigureAwait(false);
        if (!started.TryGet(out var session, out var failure))
        {
            return failure;
        }

        await using var closing = session.ConfigureAwait(false);
        var opened = await source.OpenAsync(session.Tokenizer, cancellationToken).ConfigureAwait(false);
        return opened.TryGet(out var steps, out failure) ? await StepsAsync(session, source, steps, cancellationToken).ConfigureAwait(false) : failure;
    }

    private async Task<Result<Unit>> StepsAsync(ITrainingSession session, ISupervisedSource source, int perEpoch, CancellationToken cancellationToken)
    {
        var total = _settings.Steps(perEpoch);
        var begun = context.Time.GetTimestamp();
        Step? before = null;
        for (var step = context.FirstStep; step < total; step++)
        {
            var next = await BeginAsync(session, source, step, total, cancellationToken).ConfigureAwait(false);
            if (before is not null && !(await FinishAsync(session, before, perEpoch, total, begun, cancellationToken).ConfigureAwait(false)).TryGet(out _, out var failed))
            {
                await DrainAsync(next).ConfigureAwait(false);
                return failed;
            }

            if (!next.TryGet(out before, out var failure))
            {
                return failure;
            }
        }

        if (before is not null && !(await FinishAsync(session, before, perEpoch, total, begun, cancellationToken).ConfigureAwait(false)).TryGet(out _, out var last))
        {
            return last;
        }

        return await context.Save(session, $"final-{context.Index}", isFinal: true, cancellationToken).FinishAsync(context, total, _settings.Epochs, null, isFinal: true).ConfigureAwait(false);
    }

    private async Task<Result<Step>> BeginAsync(ITrainingSession session, ISupervisedSource source, int step, int total, CancellationToken cancellationToken)
    {
        var start = context.Time.GetUtcNow();
        var rate = _settings.Adam(step, total);
        var made = await source.BatchAsync(step, cancellationToken).ConfigureAwait(false);
        if (!rate.TryGet(out var adam, out var failure) || !made.TryGet(out var data, out failure))
        {
            return failure;
        }

        double? nll = null;
        if (_settings.IsEvaluated(step))
        {
            if (!(await EvaluateAsync(session, source, cancellationToken).ConfigureAwait(false)).TryGet(out var tested, out failure))
            {
                return failure;
            }

            nll = double.IsNaN(tested) ? null : tested;
        }

        var forward = session.ForwardBackwardAsync(data, LossFunction.CrossEntropy, cancellationToken);
        var optimizer = session.StepAsync(adam, cancellationToken);
        var checkpoint = StageSettings.IsDue(step + 1, _settings.SaveEvery) && step + 1 < total ? context.Save(session, CheckpointNames.Of(context.Index, step + 1), isFinal: false, cancellationToken) : null;
        return new Step(step, data, adam.LearningRate, forward, optimizer, checkpoint, start) { TestNll = nll };
    }

    private async Task<Result<Unit>> FinishAsync(ITrainingSession session, Step step, int perEpoch, int total, long begun, CancellationToken cancellationToken)
    {
        var forward = await step.Forward.ConfigureAwait(false);
        var stepped = await step.Optimizer.ConfigureAwait(false);
        if (!forward.TryGet(out var output, out var failure) || !stepped.TryGet(out var optimizer, out failure))
        {
            return failure;
        }

        if (!double.IsFinite(output.Loss))
        {
            return new Failure(TrainingFailures.NotFinite, $"The loss of step {step.Index} is not a finite number.");
        }

        var metrics = ImmutableSortedDictionary.CreateBuilder<string, double>(StringComparer.Ordinal);
        metrics["epoch"] = step.Index / perEpoch;
        metrics["progress"] = (double)(step.Index + 1) / total;
        metrics["learning_rate"] = step.LearningRate;
        metrics["num_sequences"] = step.Data.Length;
        metrics["num_tokens"] = step.Data.Sum(static datum => (double)datum.Input.Length);
        metrics["num_loss_tokens"] = TrainingMetrics.LossTokens(step.Data);
        metrics["train_mean_nll"] = TrainingMetrics.MeanNll(step.Data, output.Logprobs);
        if (step.Data.All(static datum => datum.LossInputs[LossInput.TargetTokens].Shape.Length == 1))
        {
            if (!(await TrainingMetrics.BitsPerByteAsync(session.Tokenizer, step.Data, output.Logprobs, cancellationToken).ConfigureAwait(false)).TryGet(out var bits, out failure))
            {
                return failure;
            }

            metrics["train_mean_bpb"] = bits;
        }

        foreach (var (name, value) in optimizer.Metrics)
        {
            metrics[$"optim/{name}"] = value;
        }

        if (step.TestNll is { } nll)
        {
            metrics["test/nll"] = nll;
        }

        var elapsed = context.Time.GetElapsedTime(begun);
        StageTimes.Put(metrics, context, step.Start, elapsed, step.Index);
        if (!context.Finish(step.Index, total, metrics.ToImmutable(), elapsed).TryGet(out _, out failure))
        {
            return failure;
        }

        return step.Checkpoint is null ? default(Unit)
            : await step.Checkpoint.FinishAsync(context, step.Index + 1, (step.Index + 1) / perEpoch, null, isFinal: false).ConfigureAwait(false);
    }

    // On the weights before the step: its place in the order is before the step's.
    private static async Task<Result<double>> EvaluateAsync(ITrainingSession session, ISupervisedSource source, CancellationToken cancellationToken)
    {
        var made = await source.TestAsync(cancellationToken).ConfigureAwait(false);
        if (!made.TryGet(out var data, out var failure))
        {
            return failure;
        }

        if (data.IsEmpty)
        {
            return double.NaN;
        }

        var output = await session.ForwardAsync(data, LossFunction.CrossEntropy, cancellationToken).ConfigureAwait(false);
        return output.Map(found => TrainingMetrics.MeanNll(data, found.Logprobs));
    }

    // What is under way is waited for, so that nothing of it is left behind.
    private static async Task DrainAsync(Result<Step> begun)
    {
        if (begun.TryGet(out var step, out _))
        {
            await step.Forward.ConfigureAwait(false);
            await step.Optimizer.ConfigureAwait(false);
            if (step.Checkpoint is { } checkpoint)
            {
                await checkpoint.State.ConfigureAwait(false);
            }
        }
    }
}
