using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Training.Data;
using Slipway.Training.Experiments;
using Slipway.Training.Loops;
using Slipway.Training.Ports;
using Slipway.Training.Renderers;
using Slipway.Training.Tokenizers;

namespace Slipway.Training.Runtime;

/// <summary>An answer of a model.</summary>
/// <param name="Prompt">What it was asked.</param>
/// <param name="Text">What it said.</param>
/// <param name="End">How it ended.</param>
/// <param name="Tokens">How many tokens were drawn.</param>
public sealed record ModelAnswer(string Prompt, string Text, Termination End, int Tokens);

/// <summary>Asks a model, in the form in which it was trained.</summary>
public static class ModelAnswers
{
    /// <summary>The form in which a stage writes conversations.</summary>
    public static Result<Renderer> RendererOf(StageSpec stage)
    {
        ArgumentNullException.ThrowIfNull(stage);
        return new StageSettings(stage.Settings).Renderer;
    }

    /// <summary>The answers to some questions.</summary>
    /// <param name="sampler">The model.</param>
    /// <param name="renderer">Its form.</param>
    /// <param name="prompts">The questions.</param>
    /// <param name="samples">Answers to each.</param>
    /// <param name="parameters">How they are drawn.</param>
    /// <param name="seed">The seed; null for any.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<Result<ImmutableArray<ModelAnswer>>> AskAsync(
        ISampler sampler, Renderer renderer, ImmutableArray<string> prompts, int samples, SamplingParameters parameters, long? seed, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sampler);
        ArgumentNullException.ThrowIfNull(renderer);
        var chunks = ImmutableArray.CreateBuilder<ImmutableArray<TokenChunk>>(prompts.Length);
        foreach (var prompt in prompts)
        {
            if (!renderer.BuildGenerationPrompt([Message.Of(Role.User, prompt)], sampler.Tokenizer).TryGet(out var built, out var wrong))
            {
                return wrong;
            }

            chunks.Add(built);
        }

        if (!renderer.Stop.Apply(parameters, sampler.Tokenizer).TryGet(out var stopping, out var failure)
            || !(await Rendering.EncodePromptsAsync(sampler.Tokenizer, chunks.MoveToImmutable(), cancellationToken).ConfigureAwait(false)).TryGet(out var inputs, out failure)
            || !(await sampler.SampleAsync(new SampleRequest([.. inputs.Select((input, place) => new SamplePrompt(input, seed + (place * samples)))], samples, stopping), cancellationToken).ConfigureAwait(false))
                .TryGet(out var outputs, out failure))
        {
            return failure;
        }

        var sequences = outputs.SelectMany(static output => output.Sequences).ToImmutableArray();
        var read = await ResponseReader.ReadAsync(renderer, sampler.Tokenizer, [.. sequences.Select(static sequence => sequence.Tokens)], cancellationToken).ConfigureAwait(false);
        return read.Map(answers => answers.Select((answer, i) => answer.TryGet(out var parsed, out _)
            ? new ModelAnswer(prompts[i / samples], parsed.Message.Text, parsed.Termination, sequences[i].Tokens.Length)
            : new ModelAnswer(prompts[i / samples], string.Empty, Termination.Malformed, sequences[i].Tokens.Length)).ToImmutableArray());
    }
}
