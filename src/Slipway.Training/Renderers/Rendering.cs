using System.Collections.Immutable;
using System.Text;
using Slipway.Core.Failures;
using Slipway.Training.Data;
using Slipway.Training.Tokenizers;

namespace Slipway.Training.Renderers;

/// <summary>A piece of a rendered conversation.</summary>
/// <param name="Chunk">What is encoded by itself.</param>
/// <param name="IsTrained">Whether its tokens are learned.</param>
public readonly record struct RenderedPiece(TokenChunk Chunk, bool IsTrained);

/// <summary>A conversation as pieces.</summary>
/// <param name="Pieces">The pieces, in order.</param>
public sealed record RenderedExample(ImmutableArray<RenderedPiece> Pieces)
{
    /// <summary>What the model would be given before it speaks: where the example begins with it, those tokens are not learned. Empty where that does not matter.</summary>
    public ImmutableArray<TokenChunk> Supplied { get; init; } = [];

    /// <summary>Whether an example that does not begin with <see cref="Supplied"/> is a failure.</summary>
    public bool MustBeginWithSupplied { get; init; }
}

/// <summary>Tokens, each with its weight.</summary>
/// <param name="Tokens">The tokens.</param>
/// <param name="Weights">Per token 1 where it is learned, else 0.</param>
public sealed record WeightedTokens(ImmutableArray<int> Tokens, ImmutableArray<float> Weights)
{
    /// <summary>The example for cross-entropy.</summary>
    public Result<Datum> ToDatum(DatumOptions options) => DatumBuilder.FromTokens(Tokens, Weights, options);
}

/// <summary>From pieces to tokens: one call of the tokenizer for any number of conversations, and each text is encoded once.</summary>
public static class Rendering
{
    /// <summary>The tokens of examples, in their order.</summary>
    public static async Task<Result<ImmutableArray<WeightedTokens>>> EncodeAsync(ITokenizer tokenizer, ImmutableArray<RenderedExample> examples, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        var book = new ChunkBook();
        foreach (var example in examples)
        {
            book.Add(example.Pieces.Select(static piece => piece.Chunk));
            book.Add(example.Supplied);
        }

        if (!(await book.EncodeAsync(tokenizer, cancellationToken).ConfigureAwait(false)).TryGet(out _, out var failure))
        {
            return failure;
        }

        var encoded = ImmutableArray.CreateBuilder<WeightedTokens>(examples.Length);
        for (var i = 0; i < examples.Length; i++)
        {
            if (!Weigh(examples[i], book).TryGet(out var tokens, out failure))
            {
                return failure with { Message = $"Conversation {i}: {failure.Message}" };
            }

            encoded.Add(tokens);
        }

        return encoded.MoveToImmutable();
    }

    /// <summary>The tokens of prompts, in their order.</summary>
    public static async Task<Result<ImmutableArray<ModelInput>>> EncodePromptsAsync(
        ITokenizer tokenizer, ImmutableArray<ImmutableArray<TokenChunk>> prompts, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        var book = new ChunkBook();
        foreach (var prompt in prompts)
        {
            book.Add(prompt);
        }

        return (await book.EncodeAsync(tokenizer, cancellationToken).ConfigureAwait(false))
            .Map(_ => prompts.Select(prompt => ModelInput.Of(prompt.SelectMany(chunk => book[chunk]))).ToImmutableArray());
    }

    private static Result<WeightedTokens> Weigh(RenderedExample example, ChunkBook book)
    {
        var (tokens, weights) = (ImmutableArray.CreateBuilder<int>(), ImmutableArray.CreateBuilder<float>());
        foreach (var piece in example.Pieces)
        {
            var ids = book[piece.Chunk];
            tokens.AddRange(ids);
            weights.AddRange(Enumerable.Repeat(piece.IsTrained ? 1f : 0f, ids.Length));
        }

        var supplied = example.Supplied.SelectMany(chunk => book[chunk]).ToList();
        if (tokens.Take(supplied.Count).SequenceEqual(supplied))
        {
            for (var i = 0; i < supplied.Count; i++)
            {
                weights[i] = 0;
            }
        }
        else if (example.MustBeginWithSupplied)
        {
            return new Failure(TrainingFailures.BadConversation, "The example does not begin as the prompt of its answer does, so the model would learn what it is never asked for.");
        }

        return new WeightedTokens(tokens.ToImmutable(), weights.ToImmutable());
    }

    private sealed class ChunkBook
    {
        private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
        private readonly List<TokenChunk> _chunks = [];
        private ImmutableArray<ImmutableArray<int>> _tokens = [];

        internal ImmutableArray<int> this[TokenChunk chunk] => _tokens[_places[Key(chunk)]];

        internal void Add(IEnumerable<TokenChunk> chunks)
        {
            foreach (var chunk in chunks)
            {
                if (_places.TryAdd(Key(chunk), _chunks.Count))
                {
                    _chunks.Add(chunk);
                }
            }
        }

        internal async Task<Result<Unit>> EncodeAsync(ITokenizer tokenizer, CancellationToken cancellationToken)
        {
            var encoded = await tokenizer.EncodeAsync([.. _chunks], cancellationToken).ConfigureAwait(false);
            return encoded.Then<Unit>(tokens =>
            {
                _tokens = tokens;
                return tokens.Length == _chunks.Count ? default(Unit) : new Failure(TrainingFailures.UnfitAnswer, $"{_chunks.Count} chunks were to be encoded, and {tokens.Length} came back.");
            });
        }

        private static string Key(TokenChunk chunk)
        {
            var key = new StringBuilder();
            foreach (var part in chunk.Parts)
            {
                key.Append(part.IsSpecial ? 's' : 't').Append(part.Text.Length).Append(':').Append(part.Text);
            }

            return key.ToString();
        }
    }
}
