using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Training.Ports;
using Slipway.Training.Renderers;
using Slipway.Training.Tokenizers;

namespace Slipway.Training.Loops;

/// <summary>Teachers of distillation.</summary>
internal static class Teachers
{
    /// <summary>Opens the teacher of a stage, which must number its tokens as the student does.</summary>
    public static async Task<Result<ISampler>> OpenAsync(StageContext context, ITokenizer student, CancellationToken cancellationToken)
    {
        var (name, path) = (context.Settings.Config.Text("teacher"), context.Settings.Config.TextOrNone("teacher_path"));
        var opened = await context.Ports.Training.OpenSamplerAsync(new SamplerSource(name, path), cancellationToken).ConfigureAwait(false);
        if (!opened.TryGet(out var teacher, out _) || teacher.Tokenizer.Fingerprint == student.Fingerprint)
        {
            return opened;
        }

        await teacher.DisposeAsync().ConfigureAwait(false);
        return new Failure(TrainingFailures.TokenizersDiffer, $"The teacher {name} has another tokenizer than the student {context.Settings.Model}.");
    }
}

/// <summary>The weights that a stage begins with, kept for what compares with them, also after the run went on.</summary>
internal static class StartWeights
{
    /// <summary>A sampler of them: of a stage that begins a snapshot, of one that goes on what its checkpoint names.</summary>
    public static Task<Result<ISampler>> OpenAsync(StageContext context, ITrainingSession session, CancellationToken cancellationToken) => context.Resume switch
    {
        null => session.SnapshotAsync($"reference-{context.Index}", context.Settings.Keep, cancellationToken),
        { ReferencePath: { } path } => context.Ports.Training.OpenSamplerAsync(new SamplerSource(context.Settings.Model, path), cancellationToken),
        _ => Task.FromResult<Result<ISampler>>(new Failure(TrainingFailures.BadRecord, $"The checkpoint {context.Resume.Name} does not say which weights its loss compares with.")),
    };
}

/// <summary>Leaves out what is too long to be asked.</summary>
internal static class PromptLengths
{
    /// <summary>The questions that have at most so many tokens.</summary>
    public static async Task<Result<ImmutableArray<PromptItem>>> KeepAsync(Renderer renderer, ITokenizer tokenizer, ImmutableArray<PromptItem> items, int most, CancellationToken cancellationToken)
    {
        var chunks = ImmutableArray.CreateBuilder<ImmutableArray<TokenChunk>>(items.Length);
        foreach (var item in items)
        {
            if (!renderer.BuildGenerationPrompt(item.Messages, tokenizer).TryGet(out var prompt, out var failure))
            {
                return failure;
            }

            chunks.Add(prompt);
        }

        var encoded = await Rendering.EncodePromptsAsync(tokenizer, chunks.MoveToImmutable(), cancellationToken).ConfigureAwait(false);
        return encoded.Map(inputs => items.Zip(inputs).Where(pair => pair.Second.Length <= most).Select(static pair => pair.First).ToImmutableArray());
    }
}
