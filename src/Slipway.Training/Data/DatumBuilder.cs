using System.Collections.Immutable;
using Slipway.Core.Failures;

namespace Slipway.Training.Data;

/// <summary>How the weights of an example are scaled.</summary>
public enum Reduction
{
    /// <summary>They stay as they are, so that a sequence counts by its length. What compares sequences needs this.</summary>
    None,

    /// <summary>They are divided by their sum, so that each sequence counts alike; where all are zero, they stay zero.</summary>
    Mean,
}

/// <summary>How sequences become examples.</summary>
/// <param name="MaxLength">The most tokens of the whole sequence, of which one position fewer is left; null for no limit.</param>
/// <param name="Reduction">How weights are scaled.</param>
public sealed record DatumOptions(int? MaxLength = null, Reduction Reduction = Reduction.Mean);

/// <summary>
/// Makes examples of cross-entropy from whole sequences: position i of the input predicts token i + 1, with the weight of that token. A sequence of n tokens
/// gives n - 1 positions.
/// </summary>
public static class DatumBuilder
{
    /// <summary>An example from tokens.</summary>
    /// <param name="tokens">The whole sequence.</param>
    /// <param name="weights">Per token how much predicting it counts.</param>
    /// <param name="options">Its length and its scale.</param>
    public static Result<Datum> FromTokens(ImmutableArray<int> tokens, ImmutableArray<float> weights, DatumOptions options) =>
        FromInput(new ModelInput([new TextChunk(tokens)]), weights, options);

    /// <summary>An example from chunks. Images at the end are dropped, for nothing follows them.</summary>
    /// <param name="sequence">The whole sequence.</param>
    /// <param name="weights">Per position how much predicting it counts; 0 for those of images.</param>
    /// <param name="options">Its length and its scale.</param>
    public static Result<Datum> FromInput(ModelInput sequence, ImmutableArray<float> weights, DatumOptions options)
    {
        ArgumentNullException.ThrowIfNull(sequence);
        ArgumentNullException.ThrowIfNull(options);
        if (weights.Length != sequence.Length)
        {
            return Bad($"A sequence of {sequence.Length} positions has {weights.Length} weights.");
        }

        if (weights.Any(static weight => !float.IsFinite(weight)))
        {
            return Bad("A weight of a sequence is not a finite number.");
        }

        var chunks = Cut(sequence.WithoutEmpty().Chunks, options.MaxLength ?? int.MaxValue);
        var length = chunks.Sum(static chunk => chunk.Length);
        return length < 2
            ? Bad($"A sequence needs at least 2 tokens, of which text is the last; {length} are left.")
            : Shift(chunks, weights, options.Reduction);
    }

    private static List<Chunk> Cut(ImmutableArray<Chunk> chunks, int room)
    {
        var kept = new List<Chunk>();
        foreach (var chunk in chunks)
        {
            if (chunk.Length <= room)
            {
                kept.Add(chunk);
                room -= chunk.Length;
                continue;
            }

            if (chunk is TextChunk text && room > 0)
            {
                kept.Add(new TextChunk(text.Tokens[..room]));
            }

            break;
        }

        while (kept is [.., not TextChunk])
        {
            kept.RemoveAt(kept.Count - 1);
        }

        return kept;
    }

    private static Result<Datum> Shift(List<Chunk> chunks, ImmutableArray<float> weights, Reduction reduction)
    {
        var targets = ImmutableArray.CreateBuilder<long>();
        foreach (var chunk in chunks)
        {
            if (chunk is TextChunk text)
            {
                targets.AddRange(text.Tokens.Select(static token => (long)token));
                continue;
            }

            if (weights.AsSpan(targets.Count, chunk.Length).ContainsAnyExcept(0f))
            {
                return Bad("A position of an image has a weight; images are not predicted.");
            }

            targets.AddRange(new long[chunk.Length]);
        }

        var last = (TextChunk)chunks[^1];
        chunks[^1] = new TextChunk(last.Tokens[..^1]);
        var input = new ModelInput([.. chunks]).WithoutEmpty();
        return new Datum(input, ImmutableSortedDictionary<string, TensorData>.Empty.WithComparers(StringComparer.Ordinal))
            .With(LossInput.TargetTokens, TensorData.Of([.. targets.Skip(1)]))
            .With(LossInput.Weights, TensorData.Of(Reduced(weights[1..targets.Count], reduction)));
    }

    private static ImmutableArray<float> Reduced(ImmutableArray<float> weights, Reduction reduction)
    {
        var sum = weights.Sum(static weight => (double)weight);
        return reduction is Reduction.Mean && sum > 0 ? [.. weights.Select(weight => (float)(weight / sum))] : weights;
    }

    private static Failure Bad(string message) => new(TrainingFailures.BadDatum, message);
}
