using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Training.Datasets;
using Slipway.Training.Experiments;
using Slipway.Training.Loops;
using Slipway.Training.Ports;
using Slipway.Training.Renderers;
using Slipway.Training.Tokenizers;

namespace Slipway.Training.Runtime;

/// <summary>Shows what a stage trains on, before it does: rendered tokens with their weights. Of a question nothing is learned, so nothing of it is marked.</summary>
public static class StagePreview
{
    /// <summary>The previews of the first rows of a stage.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="ports">Where rows and tokenizer are from.</param>
    /// <param name="count">How many rows.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<Result<ImmutableArray<RenderedPreview>>> MakeAsync(StageSpec stage, PortSet ports, int count, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stage);
        ArgumentNullException.ThrowIfNull(ports);
        var settings = new StageSettings(stage.Settings);
        var loaded = await ports.Datasets.LoadAsync(settings.Dataset(stage.Settings.Text("split")), cancellationToken).ConfigureAwait(false);
        if (!loaded.TryGet(out var rows, out var failure) || !settings.Renderer.TryGet(out var renderer, out failure)
            || !(await ports.Tokenizer.GetAsync(settings.Model, cancellationToken).ConfigureAwait(false)).TryGet(out var tokenizer, out failure))
        {
            return failure;
        }

        var tokens = await TokensAsync(stage, rows.Take(count), renderer, tokenizer, cancellationToken).ConfigureAwait(false);
        return tokens.TryGet(out var weighted, out failure) ? await RenderedPreview.MakeAsync(tokenizer, weighted, cancellationToken).ConfigureAwait(false) : failure;
    }

    private static async Task<Result<ImmutableArray<WeightedTokens>>> TokensAsync(StageSpec stage, Dataset rows, Renderer renderer, ITokenizer tokenizer, CancellationToken cancellationToken)
    {
        var id = stage.Settings.Text("dataset");
        switch (stage.Kind)
        {
            case StageKind.Reinforcement:
                return await QuestionsAsync(StageItems.Prompts(rows, id, stage.Settings.Text("question_suffix")), renderer, tokenizer, cancellationToken).ConfigureAwait(false);
            case StageKind.Preference:
                var pairs = StageItems.Comparisons(rows, id).Map(static all => all.SelectMany(static one => (ImmutableArray<Message>[])[one.Pair!.Value.Chosen, one.Pair!.Value.Rejected]).ToImmutableArray());
                return pairs.TryGet(out var halves, out var failure)
                    ? await ConversationSource.EncodeAsync(renderer, TrainOnWhat.LastAssistantMessage, tokenizer, halves, cancellationToken).ConfigureAwait(false)
                    : failure;
            default:
                var mode = TrainOnWhatNames.Find(stage.Settings.Text("train_on_what"))!.Value;
                return DatasetRows.Conversations(rows).TryGet(out var conversations, out failure)
                    ? await ConversationSource.EncodeAsync(renderer, mode, tokenizer, conversations, cancellationToken).ConfigureAwait(false)
                    : failure;
        }
    }

    private static async Task<Result<ImmutableArray<WeightedTokens>>> QuestionsAsync(Result<ImmutableArray<PromptItem>> items, Renderer renderer, ITokenizer tokenizer, CancellationToken cancellationToken)
    {
        if (!items.TryGet(out var prompts, out var failure))
        {
            return failure;
        }

        var chunks = ImmutableArray.CreateBuilder<ImmutableArray<TokenChunk>>(prompts.Length);
        foreach (var prompt in prompts)
        {
            if (!renderer.BuildGenerationPrompt(prompt.Messages, tokenizer).TryGet(out var built, out failure))
            {
                return failure;
            }

            chunks.Add(built);
        }

        var encoded = await Rendering.EncodePromptsAsync(tokenizer, chunks.MoveToImmutable(), cancellationToken).ConfigureAwait(false);
        return encoded.Map(static inputs => inputs.Select(static input => new WeightedTokens(input.ToTokens(), [.. Enumerable.Repeat(0f, input.Length)])).ToImmutableArray());
    }
}
