using System.Collections.Immutable;

namespace Slipway.Training.Data;

/// <summary>One example for a loss: what the model is given, and per position what the loss needs.</summary>
/// <param name="Input">What the model is given, N positions.</param>
/// <param name="LossInputs">By the names of <see cref="LossInput"/>; each of shape (N), or (N, K) for several targets a position.</param>
public sealed record Datum(ModelInput Input, ImmutableSortedDictionary<string, TensorData> LossInputs)
{
    /// <summary>The floating numbers of an input; an empty row when it is absent.</summary>
    public ImmutableArray<float> Floats(string name) => LossInputs.GetValueOrDefault(name) is FloatTensor tensor ? tensor.Values : [];

    /// <summary>The whole numbers of an input; an empty row when it is absent.</summary>
    public ImmutableArray<long> Longs(string name) => LossInputs.GetValueOrDefault(name) is LongTensor tensor ? tensor.Values : [];

    /// <summary>The same with one input set.</summary>
    public Datum With(string name, TensorData tensor) => this with { LossInputs = LossInputs.SetItem(name, tensor) };

    /// <summary>The same without one input.</summary>
    public Datum Without(string name) => this with { LossInputs = LossInputs.Remove(name) };
}

/// <summary>The names of what losses take.</summary>
public static class LossInput
{
    /// <summary>The token that each position is to predict: whole numbers.</summary>
    public const string TargetTokens = "target_tokens";

    /// <summary>How much each position counts.</summary>
    public const string Weights = "weights";

    /// <summary>The log-probabilities that the sampler gave to what it drew.</summary>
    public const string Logprobs = "logprobs";

    /// <summary>The advantage of each position.</summary>
    public const string Advantages = "advantages";

    /// <summary>The lower bound of the ratio, per position.</summary>
    public const string ClipLow = "clip_low_threshold";

    /// <summary>The upper bound of the ratio, per position.</summary>
    public const string ClipHigh = "clip_high_threshold";

    /// <summary>1 where a position was drawn by the sampler. It is for metrics, and never sent.</summary>
    public const string Mask = "mask";
}
