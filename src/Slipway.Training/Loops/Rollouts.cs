using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Training.Data;
using Slipway.Training.Ports;
using Slipway.Training.Reinforcement;
using Slipway.Training.Renderers;

namespace Slipway.Training.Loops;

/// <summary>One answer of a model, or a whole conversation with an environment.</summary>
/// <param name="Prompt">The question.</param>
/// <param name="Turns">What was drawn.</param>
/// <param name="Messages">The conversation, its last answer included.</param>
/// <param name="Reward">What it got.</param>
internal sealed record Rollout(PromptItem Prompt, ImmutableArray<Transition> Turns, ImmutableArray<Message> Messages, Reward Reward)
{
    public RolloutFacts Facts => new(Reward.Value, Reward.Metrics, Turns.Length, Turns.Sum(static turn => turn.Observation.Length), Turns.Sum(static turn => turn.Action.Length));
}

/// <summary>An answer before it is rewarded.</summary>
/// <param name="Prompt">The question.</param>
/// <param name="Text">The answer.</param>
/// <param name="IsClean">Whether it ended as it should.</param>
internal sealed record DrawnAnswer(PromptItem Prompt, string Text, bool IsClean);

/// <summary>Draws answers and has them rewarded.</summary>
/// <param name="renderer">How questions are written.</param>
/// <param name="rewards">Rewards single answers.</param>
/// <param name="environment">The other side of conversations; null for single answers.</param>
/// <param name="maxTurns">The most turns of a conversation.</param>
internal sealed class Rollouts(Renderer renderer, Func<ImmutableArray<DrawnAnswer>, CancellationToken, Task<Result<ImmutableArray<Reward>>>> rewards, IConversationEnvironment? environment, int maxTurns)
{
    private static readonly Reward Nothing = new(0, ImmutableSortedDictionary.Create<string, double>(StringComparer.Ordinal));

    private sealed class Open(PromptItem prompt, long seed)
    {
        public PromptItem Prompt => prompt;

        public long Seed => seed;

        public ImmutableArray<Message> Messages { get; set; } = prompt.Messages;

        public ImmutableArray<Transition> Turns { get; set; } = [];

        public Reward Reward { get; set; } = Nothing;

        public bool IsClean { get; set; }

        public bool IsOver { get; set; }

        public Rollout Close() => new(prompt, Turns, Messages, Reward);
    }

    /// <summary>Draws for each question a group of answers.</summary>
    /// <param name="sampler">The model.</param>
    /// <param name="prompts">The questions.</param>
    /// <param name="size">Answers to each.</param>
    /// <param name="parameters">How they are drawn; what ends an answer is the renderer's.</param>
    /// <param name="seed">The seed of the first answer; the others count on from it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Result<ImmutableArray<ImmutableArray<Rollout>>>> DrawAsync(
        ISampler sampler, ImmutableArray<PromptItem> prompts, int size, SamplingParameters parameters, long seed, CancellationToken cancellationToken)
    {
        if (!renderer.Stop.Apply(parameters, sampler.Tokenizer).TryGet(out var stopping, out var failure))
        {
            return failure;
        }

        var all = prompts.SelectMany((prompt, place) => Enumerable.Range(0, size).Select(member => new Open(prompt, seed + ((long)place * size) + member))).ToImmutableArray();
        for (var turn = 0; turn < (environment is null ? 1 : maxTurns); turn++)
        {
            var open = all.Where(static one => !one.IsOver).ToImmutableArray();
            if (open.IsEmpty)
            {
                break;
            }

            if (!(await AnswerAsync(sampler, open, turn == 0 ? size : 1, turn, stopping, cancellationToken).ConfigureAwait(false)).TryGet(out _, out failure)
                || !(await FollowAsync(open, cancellationToken).ConfigureAwait(false)).TryGet(out _, out failure))
            {
                return failure;
            }
        }

        return Enumerable.Range(0, prompts.Length).Select(place => all[(place * size)..((place + 1) * size)].Select(static one => one.Close()).ToImmutableArray()).ToImmutableArray();
    }

    // The first answers to a question share their prompt; later ones have each their own.
    private async Task<Result<Unit>> AnswerAsync(ISampler sampler, ImmutableArray<Open> open, int size, int turn, SamplingParameters parameters, CancellationToken cancellationToken)
    {
        var heads = open.Where((_, index) => index % size == 0).ToImmutableArray();
        var chunks = ImmutableArray.CreateBuilder<ImmutableArray<Tokenizers.TokenChunk>>(heads.Length);
        foreach (var head in heads)
        {
            if (!renderer.BuildGenerationPrompt(head.Messages, sampler.Tokenizer).TryGet(out var prompt, out var wrong))
            {
                return wrong;
            }

            chunks.Add(prompt);
        }

        if (!(await Rendering.EncodePromptsAsync(sampler.Tokenizer, chunks.MoveToImmutable(), cancellationToken).ConfigureAwait(false)).TryGet(out var inputs, out var failure))
        {
            return failure;
        }

        // Far from the seeds of other turns.
        var request = new SampleRequest([.. heads.Zip(inputs, (head, input) => new SamplePrompt(input, head.Seed + (turn * 1_000_000_007L)))], size, parameters);
        if (!(await sampler.SampleAsync(request, cancellationToken).ConfigureAwait(false)).TryGet(out var outputs, out failure))
        {
            return failure;
        }

        var sequences = outputs.SelectMany(static output => output.Sequences).ToImmutableArray();
        if (sequences.Length != open.Length)
        {
            return new Failure(TrainingFailures.UnfitAnswer, $"{open.Length} samples were asked for, and {sequences.Length} came back.");
        }

        var parsed = await ResponseReader.ReadAsync(renderer, sampler.Tokenizer, [.. sequences.Select(static sequence => sequence.Tokens)], cancellationToken).ConfigureAwait(false);
        return parsed.Map(answers =>
        {
            for (var i = 0; i < open.Length; i++)
            {
                var known = answers[i].TryGet(out var answer, out _);
                open[i].Turns = open[i].Turns.Add(new Transition(inputs[i / size].ToTokens(), sequences[i].Tokens, sequences[i].Logprobs));
                open[i].Messages = open[i].Messages.Add(known ? answer!.Message : Message.Of(Role.Assistant, string.Empty));
                open[i].IsClean = known && answer!.IsClean;
            }

            return default(Unit);
        });
    }

    private async Task<Result<Unit>> FollowAsync(ImmutableArray<Open> open, CancellationToken cancellationToken)
    {
        if (environment is null)
        {
            var rewarded = await rewards([.. open.Select(static one => new DrawnAnswer(one.Prompt, one.Messages[^1].Text, one.IsClean))], cancellationToken).ConfigureAwait(false);
            return rewarded.Then(given => Take(open, given, static (one, reward) =>
            {
                one.Reward = reward;
                return reward.Value;
            }));
        }

        var stepped = await environment.StepAsync([.. open.Select(static one => new ConversationState(one.Prompt.Row, one.Messages))], cancellationToken).ConfigureAwait(false);
        return stepped.Then(steps => Take(open, steps, static (one, step) =>
        {
            one.Reward = new Reward(one.Reward.Value + step.Reward.Value, one.Reward.Metrics.SetItems(step.Reward.Metrics));
            one.IsOver = step.IsDone;
            one.Messages = step.IsDone ? one.Messages : one.Messages.AddRange(step.Messages);
            return step.Reward.Value;
        }));
    }

    private static Result<Unit> Take<T>(ImmutableArray<Open> open, ImmutableArray<T> given, Func<Open, T, double> take)
    {
        if (given.Length != open.Length)
        {
            return new Failure(TrainingFailures.BadReward, $"{open.Length} answers were to be rewarded, and {given.Length} rewards came back.");
        }

        for (var i = 0; i < open.Length; i++)
        {
            if (!double.IsFinite(take(open[i], given[i])))
            {
                return new Failure(TrainingFailures.BadReward, $"The reward of answer {i} is not a finite number.");
            }
        }

        return default(Unit);
    }
}
