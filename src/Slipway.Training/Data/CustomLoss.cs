using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Training.Ports;

namespace Slipway.Training.Data;

/// <summary>What a loss of the caller's own says.</summary>
/// <param name="Loss">Its value.</param>
/// <param name="Gradients">Per example its derivative by each log-probability, of their shape.</param>
/// <param name="Metrics">What else is to be told.</param>
public sealed record CustomLossValue(double Loss, ImmutableArray<ImmutableArray<float>> Gradients, ImmutableSortedDictionary<string, double> Metrics);

/// <summary>
/// A loss C of the caller's own, on a service that knows only its own losses. C is computed here from the log-probabilities lp of a forward pass; then the service
/// is given cross-entropy with the weights -dC/dlp, whose gradient is dC/dlp · dlp/dθ, that of C. It costs a forward pass more.
/// </summary>
public static class CustomLoss
{
    /// <summary>Adds the gradients of a loss of the caller's own.</summary>
    /// <param name="session">The model in training.</param>
    /// <param name="data">Examples of cross-entropy: <c>target_tokens</c>, and <c>weights</c>, which are 0 where there are none.</param>
    /// <param name="loss">The loss, from the log-probabilities of each example.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The log-probabilities before any step, and the service's metrics under those of the loss; <c>loss:sum</c> is the loss itself.</returns>
    public static async Task<Result<ForwardOutput>> ForwardBackwardAsync(
        ITrainingSession session, ImmutableArray<Datum> data, Func<ImmutableArray<FloatTensor>, Result<CustomLossValue>> loss, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(loss);
        if (!DatumCheck.Prepare([.. data.Select(WithWeights)], LossFunction.CrossEntropy).TryGet(out var prepared, out var failure))
        {
            return failure;
        }

        var forward = await session.ForwardAsync(prepared, LossFunction.CrossEntropy, cancellationToken).ConfigureAwait(false);
        if (!forward.Then(output => Fits(prepared, output)).Then(output => loss(output.Logprobs)).TryGet(out var value, out failure))
        {
            return failure;
        }

        if (!Surrogate(prepared, value).TryGet(out var surrogate, out failure))
        {
            return failure;
        }

        var backward = await session.ForwardBackwardAsync(surrogate, LossFunction.CrossEntropy, cancellationToken).ConfigureAwait(false);
        return backward.Map(output => output with { Metrics = output.Metrics.SetItems(value.Metrics).SetItem("loss:sum", value.Loss) });
    }

    private static Datum WithWeights(Datum datum) => datum.LossInputs.ContainsKey(LossInput.Weights) || !datum.LossInputs.TryGetValue(LossInput.TargetTokens, out var targets)
        ? datum
        : datum.With(LossInput.Weights, new FloatTensor([.. new float[targets.Count]], targets.Shape));

    private static Result<ForwardOutput> Fits(ImmutableArray<Datum> data, ForwardOutput output) =>
        output.Logprobs.Length == data.Length && data.Zip(output.Logprobs).All(static pair => pair.First.LossInputs[LossInput.TargetTokens].Count == pair.Second.Count)
            ? output
            : new Failure(TrainingFailures.UnfitAnswer, $"{data.Length} examples were given, and the log-probabilities that came back are not those of their targets.");

    private static Result<ImmutableArray<Datum>> Surrogate(ImmutableArray<Datum> data, CustomLossValue value)
    {
        if (value.Gradients.Length != data.Length || data.Zip(value.Gradients).Any(static pair => pair.First.LossInputs[LossInput.TargetTokens].Count != pair.Second.Length))
        {
            return new Failure(TrainingFailures.BadDatum, "The gradients of the loss have not the shape of its log-probabilities.");
        }

        // Not -0: a position that does not count must look like one.
        var weighted = data.Zip(value.Gradients, static (datum, gradient) => datum.With(
            LossInput.Weights, new FloatTensor([.. gradient.Select(static g => g == 0 ? 0 : -g)], datum.LossInputs[LossInput.TargetTokens].Shape)));
        return DatumCheck.Prepare([.. weighted], LossFunction.CrossEntropy);
    }
}
