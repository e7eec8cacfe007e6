using System.Collections.Immutable;

namespace Slipway.Training.Data;

/// <summary>What a forward pass gave.</summary>
/// <param name="Logprobs">Per example the log-probabilities of its targets, of the shape of its <c>target_tokens</c>.</param>
/// <param name="Metrics">By <c>name:reduction</c>; the loss is <c>loss:sum</c>.</param>
public sealed record ForwardOutput(ImmutableArray<FloatTensor> Logprobs, ImmutableSortedDictionary<string, double> Metrics)
{
    /// <summary>The loss: a sum over all positions of all examples; not a number when the service told none.</summary>
    public double Loss => Metrics.GetValueOrDefault("loss:sum", double.NaN);
}

/// <summary>What a step of the optimiser gave.</summary>
/// <param name="Metrics">What the service tells, such as <c>grad_norm</c>.</param>
public sealed record StepOutput(ImmutableSortedDictionary<string, double> Metrics);
