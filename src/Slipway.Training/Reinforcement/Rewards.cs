using System.Collections.Immutable;
using System.Globalization;
using Slipway.Core.Failures;

namespace Slipway.Training.Reinforcement;

/// <summary>Rewards of answers, and what they say of the answers of one group: those to one question.</summary>
public static class Rewards
{
    /// <summary>The reward of an answer: 1 for a right one, and a little less when its form is not what was asked for.</summary>
    /// <param name="isCorrect">Whether it is right.</param>
    /// <param name="isFormatted">Whether it has the form, and ended as it should.</param>
    /// <param name="formatCoefficient">How much the form counts.</param>
    public static double Of(bool isCorrect, bool isFormatted, double formatCoefficient = 0.1) => (formatCoefficient * ((isFormatted ? 1 : 0) - 1)) + (isCorrect ? 1 : 0);

    /// <summary>The advantages of a group: each reward less their mean, divided by nothing (Liu et al., Understanding R1-Zero-Like Training, 2025).</summary>
    public static ImmutableArray<double> Advantages(ImmutableArray<double> rewards)
    {
        if (IsConstant(rewards))
        {
            // Exactly zero, also where the mean is rounded.
            return [.. rewards.Select(static _ => 0.0)];
        }

        var mean = rewards.Average();
        return [.. rewards.Select(reward => reward - mean)];
    }

    /// <summary>Whether all answers of a group got the same, so that nothing is learned from it.</summary>
    public static bool IsConstant(ImmutableArray<double> rewards) => rewards.All(reward => reward.Equals(rewards[0]));

    /// <summary>The groups without those from which nothing is learned; the first one stays when it would be all, for a batch may not be empty.</summary>
    /// <param name="groups">The groups.</param>
    /// <param name="rewards">The rewards of a group.</param>
    public static ImmutableArray<T> WithoutConstant<T>(ImmutableArray<T> groups, Func<T, ImmutableArray<double>> rewards)
    {
        var kept = groups.Where(group => !IsConstant(rewards(group))).ToImmutableArray();
        return kept.IsEmpty && !groups.IsEmpty ? groups[..1] : kept;
    }

    /// <summary>
    /// Checks the temperature of answers that are trained on: a sampler tells tempered log-probabilities and a trainer others, so at any but 1 the ratios between
    /// them are biased.
    /// </summary>
    /// <param name="temperature">The temperature.</param>
    /// <param name="isBiasAllowed">Whether that is accepted.</param>
    public static Result<Unit> CheckTemperature(double temperature, bool isBiasAllowed) => isBiasAllowed || temperature is 1
        ? default(Unit)
        : new Failure(TrainingFailures.BadSetting, string.Create(CultureInfo.InvariantCulture, $"Answers drawn at temperature {temperature} bias the ratios that are trained on; the temperature must be 1."))
        {
            Hint = "Sample at temperature 1, or say that the bias is accepted.",
        };
}
