using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Training.Data;

namespace Slipway.Training.Preferences;

/// <summary>The loss of pairs, and its derivatives by the log-probability of each whole answer.</summary>
/// <param name="Loss">The mean loss.</param>
/// <param name="Chosen">Per pair the derivative by the log-probability of the chosen answer.</param>
/// <param name="Rejected">Per pair that of the rejected one.</param>
/// <param name="Metrics">Accuracy, margin and rewards.</param>
public sealed record PreferenceValue(double Loss, ImmutableArray<double> Chosen, ImmutableArray<double> Rejected, ImmutableSortedDictionary<string, double> Metrics);

/// <summary>
/// Direct Preference Optimization (Rafailov et al., 2023): with s the log-probability of a whole answer, r that of the reference, and
/// h = β·((s - r) of the chosen - (s - r) of the rejected), the loss is the mean of -log σ(h).
/// </summary>
public static class PreferenceLoss
{
    /// <summary>The loss from the log-probabilities of whole answers.</summary>
    /// <param name="pairs">Per pair the log-probabilities.</param>
    /// <param name="beta">β.</param>
    public static PreferenceValue Of(ImmutableArray<PairLogprobs> pairs, double beta)
    {
        var rewards = pairs.Select(pair => (Chosen: beta * (pair.Chosen - pair.ReferenceChosen), Rejected: beta * (pair.Rejected - pair.ReferenceRejected))).ToList();
        var margins = rewards.Select(static reward => reward.Chosen - reward.Rejected).ToList();
        var slopes = margins.Select(margin => beta * Sigmoid(-margin) / pairs.Length).ToList();
        var loss = margins.Average(static margin => SoftPlus(-margin));
        return new PreferenceValue(loss, [.. slopes.Select(static slope => -slope)], [.. slopes], ImmutableSortedDictionary.Create<string, double>(StringComparer.Ordinal)
            .Add("dpo_loss", loss)
            .Add("accuracy", rewards.Average(static reward => reward.Chosen > reward.Rejected ? 1.0 : 0.0))
            .Add("margin", margins.Average())
            .Add("chosen_reward", rewards.Average(static reward => reward.Chosen))
            .Add("rejected_reward", rewards.Average(static reward => reward.Rejected))
            .Add("num_pairs", pairs.Length));
    }

    /// <summary>The loss as one of the caller's own, over examples of which the even ones are chosen and the odd ones rejected.</summary>
    /// <param name="data">The examples, with weights that are not divided by their sum.</param>
    /// <param name="reference">Per example the reference's log-probabilities of its targets.</param>
    /// <param name="beta">β.</param>
    public static Func<ImmutableArray<FloatTensor>, Result<CustomLossValue>> Over(ImmutableArray<Datum> data, ImmutableArray<ImmutableArray<float>> reference, double beta) => logprobs =>
    {
        if (data.Length % 2 != 0 || data.IsEmpty || reference.Length != data.Length || logprobs.Length != data.Length)
        {
            return new Failure(TrainingFailures.BadDatum, $"{data.Length} examples with {reference.Length} rows of the reference are no pairs.");
        }

        if (data.Zip(reference).Any(static pair => pair.First.Floats(LossInput.Weights).Length != pair.Second.Length))
        {
            return new Failure(TrainingFailures.UnfitAnswer, "The log-probabilities of the reference are not those of the targets of the examples.");
        }

        var pairs = Enumerable.Range(0, data.Length / 2).Select(pair => new PairLogprobs(
            Sum(data[2 * pair], logprobs[2 * pair].Values), Sum(data[(2 * pair) + 1], logprobs[(2 * pair) + 1].Values),
            Sum(data[2 * pair], reference[2 * pair]), Sum(data[(2 * pair) + 1], reference[(2 * pair) + 1]))).ToImmutableArray();
        var value = Of(pairs, beta);
        var gradients = data.Select((datum, i) => Scaled(datum, (i % 2 == 0 ? value.Chosen : value.Rejected)[i / 2])).ToImmutableArray();
        return new CustomLossValue(value.Loss, gradients, value.Metrics.SetItem("num_tokens", data.Sum(static datum => (double)datum.Input.Length)));
    };

    /// <summary>
    /// The examples of pairs, chosen and rejected by turns. A pair of which one half is missing, or has nothing left to learn after it was cut, is dropped whole.
    /// </summary>
    /// <param name="pairs">Per pair the halves; null for one that could not be made.</param>
    public static (ImmutableArray<Datum> Data, int Dropped) Interleave(ImmutableArray<(Datum? Chosen, Datum? Rejected)> pairs)
    {
        var data = ImmutableArray.CreateBuilder<Datum>();
        foreach (var (chosen, rejected) in pairs)
        {
            if (chosen is not null && rejected is not null && IsLearned(chosen) && IsLearned(rejected))
            {
                data.Add(chosen);
                data.Add(rejected);
            }
        }

        return (data.ToImmutable(), pairs.Length - (data.Count / 2));
    }

    private static bool IsLearned(Datum datum) => datum.Floats(LossInput.Weights).Any(static weight => weight != 0);

    private static double Sum(Datum datum, ImmutableArray<float> logprobs)
    {
        var weights = datum.Floats(LossInput.Weights);
        return weights.Select((weight, t) => weight == 0 ? 0 : (double)weight * logprobs[t]).Sum();
    }

    private static ImmutableArray<float> Scaled(Datum datum, double slope) => [.. datum.Floats(LossInput.Weights).Select(weight => (float)(slope * weight))];

    private static double Sigmoid(double x) => x >= 0 ? 1 / (1 + Math.Exp(-x)) : Math.Exp(x) / (1 + Math.Exp(x));

    private static double SoftPlus(double x) => Math.Max(x, 0) + double.LogP1(Math.Exp(-Math.Abs(x)));
}

/// <summary>Log-probabilities of the two answers of a pair.</summary>
/// <param name="Chosen">The model's, of the chosen answer.</param>
/// <param name="Rejected">The model's, of the rejected one.</param>
/// <param name="ReferenceChosen">The reference's, of the chosen answer.</param>
/// <param name="ReferenceRejected">The reference's, of the rejected one.</param>
public readonly record struct PairLogprobs(double Chosen, double Rejected, double ReferenceChosen, double ReferenceRejected);
