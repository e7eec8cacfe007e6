using System.Collections.Immutable;
using Slipway.Cloud.Offers;

namespace Slipway.Cloud.Cost;

/// <summary>How a model is trained.</summary>
public enum TrainingMethod
{
    /// <summary>All parameters.</summary>
    Full,

    /// <summary>Adapters of low rank on a model in 16 bits.</summary>
    Lora,

    /// <summary>Adapters of low rank on a model in 4 bits.</summary>
    Qlora,
}

/// <summary>What keeps the optimiser's state.</summary>
public enum TrainingOptimizer
{
    /// <summary>Adam: two moments of 32 bits.</summary>
    AdamW,

    /// <summary>Adam with moments of 8 bits.</summary>
    AdamW8Bit,

    /// <summary>No state.</summary>
    Sgd,
}

/// <summary>What is to be trained, and how.</summary>
/// <param name="Model">The model's size.</param>
/// <param name="Method">The method.</param>
/// <param name="SequenceLength">Tokens of one example.</param>
/// <param name="BatchSize">Examples on one card at once.</param>
public sealed record VramRequest(ModelShape Model, TrainingMethod Method, int SequenceLength, int BatchSize)
{
    /// <summary>The optimiser.</summary>
    public TrainingOptimizer Optimizer { get; init; } = TrainingOptimizer.AdamW;

    /// <summary>The rank of the adapters.</summary>
    public int LoraRank { get; init; } = 16;

    /// <summary>Whether activations are computed again in the backward pass in the place of being kept.</summary>
    public bool Checkpointing { get; init; } = true;

    /// <summary>Whether weights, gradients and optimiser are cut over all cards (ZeRO 3, FSDP); else each card has all of them.</summary>
    public bool Sharded { get; init; }

    /// <summary>How many machines.</summary>
    public int Nodes { get; init; } = 1;
}

/// <summary>What one card needs, in GiB.</summary>
/// <param name="Weights">The model.</param>
/// <param name="Adapters">The adapters' weights.</param>
/// <param name="Gradients">Gradients.</param>
/// <param name="Optimizer">The optimiser's state, with its copy of the weights in 32 bits.</param>
/// <param name="Activations">Activations and logits.</param>
/// <param name="Framework">What CUDA and the framework take for themselves.</param>
public sealed record VramNeed(decimal Weights, decimal Adapters, decimal Gradients, decimal Optimizer, decimal Activations, decimal Framework)
{
    /// <summary>All together.</summary>
    public decimal Total => Weights + Adapters + Gradients + Optimizer + Activations + Framework;

    /// <summary>The card that is needed: a tenth of it is left free.</summary>
    public decimal CardGib => Total / 0.9m;
}

/// <summary>Whether an offer has the memory.</summary>
/// <param name="Offer">The offer.</param>
/// <param name="Need">What one of its cards needs.</param>
/// <param name="Fits">Whether it fits; null when the card's memory is not known.</param>
public sealed record VramFit(Offer Offer, VramNeed Need, bool? Fits);

/// <summary>The answer about one offer.</summary>
/// <param name="Fit">Whether it fits.</param>
/// <param name="Text">The sentence for people.</param>
/// <param name="Alternatives">Where it does not: the offers with the least memory that do, the cheapest of each card first; at most a few.</param>
/// <param name="Assumptions">What was taken for granted.</param>
public sealed record VramAnswer(VramFit Fit, string Text, ImmutableArray<Offer> Alternatives, ImmutableArray<string> Assumptions);
