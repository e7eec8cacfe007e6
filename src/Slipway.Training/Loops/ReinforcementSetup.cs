using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Training.Data;
using Slipway.Training.Ports;
using Slipway.Training.Renderers;

namespace Slipway.Training.Loops;

/// <summary>What a stage of reinforcement learning is given before it begins: questions, rewards, and another model to compare with.</summary>
internal sealed class ReinforcementSetup(StageContext context)
{
    private static readonly Reward Nothing = new(0, ImmutableSortedDictionary.Create<string, double>(StringComparer.Ordinal));
    private readonly Configuration.RecipeConfig _config = context.Settings.Config;

    private bool IsDistillation => _config.Schema.Find("teacher") is not null;

    /// <summary>The questions.</summary>
    public async Task<Result<StageRows<PromptItem>>> RowsAsync(CancellationToken cancellationToken)
    {
        var rows = await context.RowsAsync(all => StageItems.Prompts(all, _config.Text("dataset"), _config.Text("question_suffix")), cancellationToken).ConfigureAwait(false);
        if (!rows.TryGet(out var found, out var failure))
        {
            return failure;
        }

        if (IsDistillation)
        {
            return await ShortAsync(found, cancellationToken).ConfigureAwait(false);
        }

        var needsTruth = _config.Text("reward") is "boxed" && _config.TextOrNone("environment") is null;
        return needsTruth && found.Train.Any(static item => item.Truth is null)
            ? new Failure(TrainingFailures.BadReward, $"Rows of {_config.Text("dataset")} have no answer to compare with, which reward=boxed needs.") { Hint = "Give a reward of your own: --set reward=./reward.py" }
            : found;
    }

    /// <summary>What draws and rewards.</summary>
    public async Task<Result<Rollouts>> RolloutsAsync(CancellationToken cancellationToken)
    {
        if (!context.Settings.Renderer.TryGet(out var renderer, out var failure))
        {
            return failure;
        }

        if (IsDistillation)
        {
            // Rewards do not count; how many answers are right is told where it can be.
            return new Rollouts(renderer, (answers, token) => BoxedAsync(null, 0.1, answers, token), environment: null, maxTurns: 1);
        }

        IConversationEnvironment? environment = null;
        if (_config.TextOrNone("environment") is { } path && !(await context.Code.OpenEnvironmentAsync(path, cancellationToken).ConfigureAwait(false)).TryGet(out environment, out failure))
        {
            return failure;
        }

        if (_config.Text("reward") is "boxed")
        {
            var code = _config.Text("grading") is "math" ? context.Code : null;
            var coefficient = _config.Number("format_coef");
            return new Rollouts(renderer, (answers, token) => BoxedAsync(code, coefficient, answers, token), environment, _config.Whole("max_turns"));
        }

        var opened = await context.Code.OpenRewardsAsync(_config.Text("reward"), cancellationToken).ConfigureAwait(false);
        return opened.Map(rewards => new Rollouts(
            renderer, (answers, token) => rewards.RewardAsync([.. answers.Select(static answer => new RewardItem(answer.Prompt.Row, answer.Text, answer.IsClean))], token), environment, _config.Whole("max_turns")));
    }

    /// <summary>The model to compare with.</summary>
    public async Task<Result<Judge>> JudgeAsync(ITrainingSession session, CancellationToken cancellationToken)
    {
        var (coefficient, discount) = (_config.Number("kl_penalty_coef"), _config.Number("kl_discount_factor"));
        if (IsDistillation)
        {
            var opened = await Teachers.OpenAsync(context, session.Tokenizer, cancellationToken).ConfigureAwait(false);
            return opened.Map(teacher => new Judge(teacher, isTeacher: true, coefficient, discount));
        }

        if (coefficient <= 0 || _config.TextOrNone("kl_reference") is not { } reference)
        {
            return new Judge(null, isTeacher: false, 0, 0);
        }

        var sampler = reference is "start"
            ? await StartWeights.OpenAsync(context, session, cancellationToken).ConfigureAwait(false)
            : await context.Ports.Training.OpenSamplerAsync(new SamplerSource(reference, null), cancellationToken).ConfigureAwait(false);
        return sampler.Map(found => new Judge(found, isTeacher: false, coefficient, discount) { KeptPath = reference is "start" ? found.Path : null });
    }

    private async Task<Result<StageRows<PromptItem>>> ShortAsync(StageRows<PromptItem> rows, CancellationToken cancellationToken)
    {
        if (!context.Settings.Renderer.TryGet(out var renderer, out var failure)
            || !(await context.Ports.Tokenizer.GetAsync(context.Settings.Model, cancellationToken).ConfigureAwait(false)).TryGet(out var tokenizer, out failure))
        {
            return failure;
        }

        var most = _config.Whole("max_prompt_tokens");
        var kept = await PromptLengths.KeepAsync(renderer, tokenizer, rows.Train, most, cancellationToken).ConfigureAwait(false);
        return kept.Map(train =>
        {
            if (train.Length < rows.Train.Length)
            {
                context.Record.Say($"{rows.Train.Length - train.Length} questions of more than {most} tokens are left out");
            }

            return rows with { Train = train };
        });
    }

    private static async Task<Result<ImmutableArray<Reward>>> BoxedAsync(IUserCode? code, double coefficient, ImmutableArray<DrawnAnswer> answers, CancellationToken cancellationToken)
    {
        if (answers.Any(static answer => answer.Prompt.Truth is null))
        {
            return answers.Select(static _ => Nothing).ToImmutableArray();
        }

        return await new BoxedRewards(code, coefficient).RewardAsync([.. answers.Select(static answer => (answer.Text, answer.Prompt.Truth!, answer.IsClean))], cancellationToken).ConfigureAwait(false);
    }
}
