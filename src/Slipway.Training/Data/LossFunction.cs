using System.Collections.Immutable;

namespace Slipway.Training.Data;

/// <summary>
/// A loss that a training service knows, by name. With lp the log-probability of a target, q that of the sampler, A the advantage, w the weight
/// and r = exp(lp - q), each is a sum over all positions of all examples, divided by nothing.
/// </summary>
/// <param name="Name">Its name on the wire.</param>
/// <param name="Settings">Its settings; all are always sent.</param>
public sealed record LossFunction(string Name, ImmutableSortedDictionary<string, double> Settings)
{
    /// <summary>Sum of -w·lp; also for several targets a position.</summary>
    public static LossFunction CrossEntropy { get; } = new("cross_entropy", ImmutableSortedDictionary<string, double>.Empty);

    /// <summary>Sum of -r·A.</summary>
    public static LossFunction ImportanceSampling { get; } = new("importance_sampling", ImmutableSortedDictionary<string, double>.Empty);

    /// <summary>Sum of -min(r·A, clip(r)·A): Schulman et al., Proximal Policy Optimization Algorithms, 2017.</summary>
    /// <param name="low">The lower bound of r, absolute.</param>
    /// <param name="high">The upper bound of r, absolute.</param>
    public static LossFunction Ppo(double low = 0.8, double high = 1.2) => Clipped("ppo", low, high);

    /// <summary>Sum of -clip(r)·lp·A, with no gradient through the clipped ratio: MiniMax-M1, 2025.</summary>
    /// <param name="low">The lower bound of r, absolute.</param>
    /// <param name="high">The upper bound of r, absolute.</param>
    public static LossFunction Cispo(double low = 0.8, double high = 1.2) => Clipped("cispo", low, high);

    /// <summary>Sum of -(lp·A - β/2·(lp - q)²): Direct Reward Optimisation, Richemond et al., 2024.</summary>
    /// <param name="beta">β.</param>
    public static LossFunction Dro(double beta = 0.05) => new("dro", ImmutableSortedDictionary<string, double>.Empty.Add("beta", beta));

    private static LossFunction Clipped(string name, double low, double high) =>
        new(name, ImmutableSortedDictionary<string, double>.Empty.Add(LossInput.ClipLow, low).Add(LossInput.ClipHigh, high));
}
