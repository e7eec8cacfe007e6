using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Training.Tokenizers;

namespace Slipway.Training.Data;

/// <summary>What is told of supervised training: how well targets are predicted.</summary>
public static class TrainingMetrics
{
    /// <summary>The mean negative log-likelihood of the targets, in nats, by their weights; not a number where nothing counts.</summary>
    public static double MeanNll(ImmutableArray<Datum> data, ImmutableArray<FloatTensor> logprobs)
    {
        var (sum, total) = (0.0, 0.0);
        for (var i = 0; i < data.Length; i++)
        {
            var weights = data[i].Floats(LossInput.Weights);
            for (var t = 0; t < weights.Length; t++)
            {
                if (weights[t] != 0)
                {
                    sum -= (double)logprobs[i].Values[t] * weights[t];
                    total += weights[t];
                }
            }
        }

        return total > 0 ? sum / total : double.NaN;
    }

    /// <summary>How many positions count.</summary>
    public static int LossTokens(ImmutableArray<Datum> data) => data.Sum(static datum => datum.Floats(LossInput.Weights).Count(static weight => weight != 0));

    /// <summary>
    /// Bits a byte: the negative log-likelihood of what counts, special tokens left out, over the UTF-8 bytes of it, which unlike a mean over tokens can be compared
    /// between tokenizers. Not a number where nothing counts.
    /// </summary>
    /// <param name="tokenizer">The tokenizer of the targets.</param>
    /// <param name="data">The examples, with one target a position.</param>
    /// <param name="logprobs">Their log-probabilities.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<Result<double>> BitsPerByteAsync(
        ITokenizer tokenizer, ImmutableArray<Datum> data, ImmutableArray<FloatTensor> logprobs, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        var specials = tokenizer.Specials.Values.ToHashSet();
        var (runs, run, sum) = (new List<ImmutableArray<int>>(), ImmutableArray.CreateBuilder<int>(), 0.0);
        for (var i = 0; i < data.Length; i++)
        {
            var (targets, weights) = (data[i].Longs(LossInput.TargetTokens), data[i].Floats(LossInput.Weights));
            for (var t = 0; t < weights.Length; t++)
            {
                if (weights[t] > 0 && !specials.Contains((int)targets[t]))
                {
                    sum -= logprobs[i].Values[t];
                    run.Add((int)targets[t]);
                }
                else
                {
                    Close(runs, run);
                }
            }

            Close(runs, run);
        }

        var decoded = await tokenizer.DecodeAsync([.. runs], cancellationToken).ConfigureAwait(false);
        return decoded.Map(texts => Ratio(sum, texts.Sum(static text => (long)System.Text.Encoding.UTF8.GetByteCount(text))));
    }

    private static double Ratio(double nats, long bytes) => bytes > 0 ? nats / (Math.Log(2) * bytes) : double.NaN;

    private static void Close(List<ImmutableArray<int>> runs, ImmutableArray<int>.Builder run)
    {
        if (run.Count > 0)
        {
            runs.Add(run.ToImmutable());
            run.Clear();
        }
    }
}
