using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Training.Data;
using Slipway.Training.Ports;
using Slipway.Training.Reinforcement;
using Slipway.Training.Schedules;

namespace Slipway.Training.Loops;

/// <summary>
/// Reinforcement learning from groups of answers that the model as it is now gives, and on-policy distillation, in which a teacher's judgement takes the place of
/// rewards. Each iteration is made of its number alone.
/// </summary>
internal sealed class ReinforcementLoop(StageContext context)
{
    private readonly StageSettings _settings = context.Settings;

    /// <summary>Runs the stage.</summary>
    public async Task<Result<Unit>> RunAsync(CancellationToken cancellationToken)
    {
        var setup = new ReinforcementSetup(context);
        if (!(await setup.RowsAsync(cancellationToken).ConfigureAwait(false)).TryGet(out var rows, out var failure)
            || !EpochOrder<PromptItem>.Create(rows.Train, _settings.Config.Whole("groups_per_batch"), _settings.Seed, "groups_per_batch", context.Ports.IsSimulated).TryGet(out var order, out failure)
            || !(await setup.RolloutsAsync(cancellationToken).ConfigureAwait(false)).TryGet(out var rollouts, out failure)
            || !(await context.StartAsync(cancellationToken).ConfigureAwait(false)).TryGet(out var session, out failure))
        {
            return failure;
        }

        await using var closing = session.ConfigureAwait(false);
        if (!(await setup.JudgeAsync(session, cancellationToken).ConfigureAwait(false)).TryGet(out var judge, out failure))
        {
            return failure;
        }

        await using var leaving = judge.ConfigureAwait(false);
        var total = _settings.Steps(order.PerEpoch);
        var begun = context.Time.GetTimestamp();
        for (var iteration = context.FirstStep; iteration < total; iteration++)
        {
            var start = context.Time.GetUtcNow();
            var metrics = ImmutableSortedDictionary.CreateBuilder<string, double>(StringComparer.Ordinal);
            if (!(await IterateAsync(session, rollouts, judge, order, rows.Test, iteration, total, metrics, cancellationToken).ConfigureAwait(false)).TryGet(out _, out failure))
            {
                return failure;
            }

            var due = StageSettings.IsDue(iteration + 1, _settings.SaveEvery) && iteration + 1 < total;
            var checkpoint = due ? context.Save(session, CheckpointNames.Of(context.Index, iteration + 1), isFinal: false, cancellationToken) : null;
            var elapsed = context.Time.GetElapsedTime(begun);
            StageTimes.Put(metrics, context, start, elapsed, iteration);
            if (!context.Finish(iteration, total, metrics.ToImmutable(), elapsed).TryGet(out _, out failure)
                || (checkpoint is not null && !(await checkpoint.FinishAsync(context, iteration + 1, order.EpochOf(iteration + 1), judge.KeptPath, isFinal: false).ConfigureAwait(false)).TryGet(out _, out failure)))
            {
                return failure;
            }
        }

        return await context.Save(session, $"final-{context.Index}", isFinal: true, cancellationToken).FinishAsync(context, total, _settings.Epochs, judge.KeptPath, isFinal: true).ConfigureAwait(false);
    }

    private async Task<Result<Unit>> IterateAsync(
        ITrainingSession session, Rollouts rollouts, Judge judge, EpochOrder<PromptItem> order, ImmutableArray<PromptItem> test, int iteration, int total,
        ImmutableSortedDictionary<string, double>.Builder metrics, CancellationToken cancellationToken)
    {
        // A fresh sampler, so that answers are those of the weights that are about to learn from them.
        if (!(await session.SnapshotAsync(null, null, cancellationToken).ConfigureAwait(false)).TryGet(out var sampler, out var failure))
        {
            return failure;
        }

        await using var closing = sampler.ConfigureAwait(false);
        var size = _settings.Config.Whole("group_size");
        var groups = _settings.Config.Whole("groups_per_batch");
        var parameters = new SamplingParameters { MaxTokens = _settings.Config.Whole("max_tokens"), Temperature = _settings.Config.Number("temperature") };
        var seed = ((long)_settings.Seed * 1_000_003) + ((long)iteration * groups * size);
        if (_settings.IsEvaluated(iteration) && !test.IsEmpty)
        {
            // Evaluations draw with seeds of their own, the same each time.
            if (!(await rollouts.DrawAsync(sampler, test, 1, parameters, 1_000_000_000_000 + (long)_settings.Seed, cancellationToken).ConfigureAwait(false)).TryGet(out var tested, out failure))
            {
                return failure;
            }

            metrics.AddRange(RolloutMetrics.OfGroups(Facts(tested), "test/env/all"));
        }

        if (!(await rollouts.DrawAsync(sampler, order.Batch(iteration), size, parameters, seed, cancellationToken).ConfigureAwait(false)).TryGet(out var drawn, out failure)
            || !_settings.Adam(iteration, total).TryGet(out var adam, out failure))
        {
            return failure;
        }

        metrics.AddRange(RolloutMetrics.OfGroups(Facts(drawn)));
        metrics["progress/batch"] = iteration;
        metrics["progress/done_frac"] = (double)(iteration + 1) / total;
        metrics["optim/lr"] = adam.LearningRate;
        RolloutRecords.Write(context, iteration, drawn);
        if (!Examples(drawn, isJudged: judge.IsTeacher).TryGet(out var data, out failure)
            || !(await judge.ApplyAsync(data, metrics, cancellationToken).ConfigureAwait(false)).TryGet(out var examples, out failure))
        {
            return failure;
        }

        return await LearnAsync(session, examples, adam, metrics, cancellationToken).ConfigureAwait(false);
    }

    private Result<ImmutableArray<Datum>> Examples(ImmutableArray<ImmutableArray<Rollout>> drawn, bool isJudged)
    {
        var kept = !isJudged && _settings.Config.Flag("remove_constant_reward_groups")
            ? Rewards.WithoutConstant(drawn, static group => [.. group.Select(static one => one.Reward.Value)])
            : drawn;
        var data = ImmutableArray.CreateBuilder<Datum>();
        foreach (var group in kept)
        {
            var advantages = isJudged ? [.. group.Select(static _ => 0.0)] : Rewards.Advantages([.. group.Select(static one => one.Reward.Value)]);
            for (var i = 0; i < group.Length; i++)
            {
                if (!RolloutDatum.Build(group[i].Turns, advantages[i]).TryGet(out var examples, out var failure))
                {
                    return failure;
                }

                data.AddRange(examples);
            }
        }

        return data.ToImmutable();
    }

    private async Task<Result<Unit>> LearnAsync(
        ITrainingSession session, ImmutableArray<Datum> data, AdamParameters adam, ImmutableSortedDictionary<string, double>.Builder metrics, CancellationToken cancellationToken)
    {
        // Nothing to learn is no error: all answers got the same. The step is left out, and said to be.
        if (data.All(static datum => datum.Floats(LossInput.Advantages).All(static advantage => advantage == 0)))
        {
            metrics["optim/skipped"] = 1;
            return default(Unit);
        }

        if (!Substeps.Split(data, Math.Min(_settings.Config.Whole("num_substeps"), data.Length)).TryGet(out var parts, out var failure))
        {
            return failure;
        }

        var loss = Loss;
        var pending = parts.Select(part => (Part: part, Forward: session.ForwardBackwardAsync(part, loss, cancellationToken), Step: session.StepAsync(adam, cancellationToken))).ToList();
        var (sum, logprobs) = (0.0, ImmutableArray.CreateBuilder<FloatTensor>(data.Length));
        Failure? first = null;
        foreach (var (_, forward, step) in pending)
        {
            var (output, stepped) = (await forward.ConfigureAwait(false), await step.ConfigureAwait(false));
            first ??= output.IsOk ? stepped.IsOk ? null : stepped.Failure : output.Failure;
            if (first is null)
            {
                sum += output.Value.Loss;
                logprobs.AddRange(output.Value.Logprobs);
                foreach (var (name, value) in stepped.Value.Metrics)
                {
                    metrics[$"optim/{name}"] = value;
                }
            }
        }

        if (first is not null)
        {
            return first;
        }

        metrics["optim/loss"] = sum;
        metrics.AddRange(RolloutMetrics.OfSampling(data, logprobs.ToImmutable()));
        return double.IsFinite(sum) ? default(Unit) : new Failure(TrainingFailures.NotFinite, "The loss of an iteration is not a finite number.");
    }

    private LossFunction Loss => _settings.Config.Schema.Find("loss") is null ? LossFunction.ImportanceSampling : _settings.Config.Text("loss") switch
    {
        "ppo" => LossFunction.Ppo(_settings.Config.Number("clip_low"), _settings.Config.Number("clip_high")),
        "cispo" => LossFunction.Cispo(_settings.Config.Number("clip_low"), _settings.Config.Number("clip_high")),
        "dro" => LossFunction.Dro(_settings.Config.Number("dro_beta")),
        _ => LossFunction.ImportanceSampling,
    };

    private static ImmutableArray<ImmutableArray<RolloutFacts>> Facts(ImmutableArray<ImmutableArray<Rollout>> groups) => [.. groups.Select(static group => group.Select(static one => one.Facts).ToImmutableArray())];
}
