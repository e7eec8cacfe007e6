using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Training.Data;

namespace Slipway.Training.Reinforcement;

/// <summary>Examples with changed advantages, and the mean difference that changed them.</summary>
/// <param name="Data">The examples.</param>
/// <param name="MeanDifference">The mean of the sampler's log-probability less the other's, in nats, over what was drawn; not a number where nothing was.</param>
public sealed record PenalisedData(ImmutableArray<Datum> Data, double MeanDifference);

/// <summary>Terms of advantages that hold a policy near another model, from the log-probabilities that both give to what was drawn.</summary>
public static class KlPenalty
{
    /// <summary>
    /// Adds coefficient · (mean - difference) where something was drawn, with the difference q - reference and its mean over the whole batch: it moves credit
    /// between tokens, and adds none in total.
    /// </summary>
    /// <param name="data">Examples with <c>logprobs</c>, <c>advantages</c> and <c>mask</c>.</param>
    /// <param name="reference">Per example the reference's log-probabilities of its targets.</param>
    /// <param name="coefficient">How much it counts; not negative.</param>
    /// <param name="discount">Above 0, each position gets the sum of the terms from it on, each next one times this.</param>
    public static Result<PenalisedData> Apply(ImmutableArray<Datum> data, ImmutableArray<ImmutableArray<float>> reference, double coefficient, double discount = 0) =>
        Add(data, reference, (mean, difference) => coefficient * (mean - difference), coefficient, discount);

    /// <summary>Adds -coefficient · (q - teacher) where something was drawn: on-policy distillation (Agarwal et al., 2024), whose reward is that term alone.</summary>
    /// <param name="data">Examples with <c>logprobs</c>, <c>advantages</c> and <c>mask</c>.</param>
    /// <param name="teacher">Per example the teacher's log-probabilities of its targets.</param>
    /// <param name="coefficient">How much it counts; not negative.</param>
    /// <param name="discount">Above 0, each position gets the sum of the terms from it on, each next one times this.</param>
    public static Result<PenalisedData> Distil(ImmutableArray<Datum> data, ImmutableArray<ImmutableArray<float>> teacher, double coefficient = 1, double discount = 0) =>
        Add(data, teacher, (_, difference) => -coefficient * difference, coefficient, discount);

    /// <summary>Per position the sum of the terms from it on, each next one times the discount.</summary>
    public static ImmutableArray<double> FutureSums(IReadOnlyList<double> terms, double discount)
    {
        ArgumentNullException.ThrowIfNull(terms);
        var (sums, sum) = (new double[terms.Count], 0.0);
        for (var i = terms.Count - 1; i >= 0; i--)
        {
            sums[i] = sum = terms[i] + (discount * sum);
        }

        return [.. sums];
    }

    private static Result<PenalisedData> Add(ImmutableArray<Datum> data, ImmutableArray<ImmutableArray<float>> other, Func<double, double, double> term, double coefficient, double discount)
    {
        if (discount is not (>= 0 and <= 1) || coefficient is not (>= 0 and < double.PositiveInfinity))
        {
            return new Failure(TrainingFailures.BadSetting, "A coefficient of a penalty is not negative, and its discount is between 0 and 1.");
        }

        if (data.Length != other.Length || data.Zip(other).Any(static pair => !Fits(pair.First, pair.Second.Length)))
        {
            return new Failure(TrainingFailures.UnfitAnswer, "The log-probabilities of the other model are not those of the targets of the examples.");
        }

        var differences = data.Zip(other, static (datum, logprobs) => Differences(datum, logprobs)).ToList();
        var (sum, count) = (differences.Sum(static row => row.Sum(static difference => difference ?? 0)), differences.Sum(static row => row.Count(static difference => difference is not null)));
        var mean = count > 0 ? sum / count : double.NaN;
        return new PenalisedData([.. data.Zip(differences, (datum, row) => Add(datum, row, difference => term(mean, difference), discount))], mean);
    }

    private static bool Fits(Datum datum, int count) =>
        datum.Floats(LossInput.Logprobs).Length == count && datum.Floats(LossInput.Advantages).Length == count && datum.Floats(LossInput.Mask).Length == count;

    // Null where nothing was drawn: what a model says there may be anything, also no number.
    private static List<double?> Differences(Datum datum, ImmutableArray<float> other)
    {
        var (logprobs, mask) = (datum.Floats(LossInput.Logprobs), datum.Floats(LossInput.Mask));
        return [.. Enumerable.Range(0, other.Length).Select(i => mask[i] != 0 ? (double)logprobs[i] - other[i] : (double?)null)];
    }

    // A sum of what comes later has a value also in the prompt, which is never trained: there it is left out.
    private static Datum Add(Datum datum, List<double?> differences, Func<double, double> term, double discount)
    {
        var terms = FutureSums([.. differences.Select(difference => difference is { } value ? term(value) : 0)], discount);
        var advantages = datum.Floats(LossInput.Advantages);
        return datum.With(LossInput.Advantages, TensorData.Of([.. advantages.Select((advantage, i) => differences[i] is null ? advantage : (float)(advantage + terms[i]))]));
    }
}
