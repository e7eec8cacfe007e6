using System.Collections.Immutable;
using Slipway.Training.Data;

namespace Slipway.Training.Reinforcement;

/// <summary>What is known of one rollout.</summary>
/// <param name="Reward">Its reward.</param>
/// <param name="Metrics">What its environment tells, such as <c>correct</c> and <c>format</c>.</param>
/// <param name="Turns">How many turns it had.</param>
/// <param name="ObservationTokens">Tokens of prompts.</param>
/// <param name="ActionTokens">Tokens that were drawn.</param>
public sealed record RolloutFacts(double Reward, ImmutableSortedDictionary<string, double> Metrics, int Turns, int ObservationTokens, int ActionTokens);

/// <summary>What is told of rollouts. They are counted before groups are left out, or the numbers would be of the chosen ones.</summary>
public static class RolloutMetrics
{
    private const double Good = 0.5;

    /// <summary>The metrics of groups of rollouts.</summary>
    /// <param name="groups">The groups.</param>
    /// <param name="prefix">What the names begin with: <c>env/all</c>, or <c>test/env/all</c>.</param>
    public static ImmutableSortedDictionary<string, double> OfGroups(ImmutableArray<ImmutableArray<RolloutFacts>> groups, string prefix = "env/all")
    {
        var all = groups.SelectMany(static group => group).ToList();
        var metrics = ImmutableSortedDictionary.CreateBuilder<string, double>(StringComparer.Ordinal);
        if (all.Count == 0)
        {
            return metrics.ToImmutable();
        }

        var (turns, actions, observations) = (all.Sum(static one => (double)one.Turns), all.Sum(static one => (double)one.ActionTokens), all.Sum(static one => (double)one.ObservationTokens));
        Put("reward/total", all.Average(static one => one.Reward));
        Put("ac_tokens_per_turn", actions / turns);
        Put("ob_tokens_per_turn", observations / turns);
        Put("turns_per_episode", turns / all.Count);
        Put("total_episodes", all.Count);
        Put("total_turns", turns);
        Put("total_ac_tokens", actions);
        Put("total_ob_tokens", observations);
        foreach (var name in all.SelectMany(static one => one.Metrics.Keys).Distinct(StringComparer.Ordinal))
        {
            Put(name, all.Where(one => one.Metrics.ContainsKey(name)).Average(one => one.Metrics[name]));
        }

        var (good, bad) = (groups.Count(static group => group.All(static one => one.Reward >= Good)), groups.Count(static group => group.All(static one => one.Reward < Good)));
        Put("by_group/frac_all_good", (double)good / groups.Length);
        Put("by_group/frac_all_bad", (double)bad / groups.Length);
        Put("by_group/frac_mixed", (double)(groups.Length - good - bad) / groups.Length);
        return metrics.ToImmutable();

        void Put(string name, double value) => metrics[$"{prefix}/{name}"] = value;
    }

    /// <summary>
    /// How far sampler and trainer are apart, over what was drawn, with q the sampler's and p the trainer's log-probability: two estimates of the Kullback-Leibler
    /// divergence (Schulman, Approximating KL Divergence, 2020), mean(q - p) and mean((q - p)²) / 2, and the entropy -mean(q). Before the first step on fresh
    /// samples the first is 0 up to rounding: if it is not, sampler and trainer do not agree.
    /// </summary>
    /// <param name="data">Examples with <c>logprobs</c> and <c>mask</c>.</param>
    /// <param name="trained">Per example the trainer's log-probabilities.</param>
    public static ImmutableSortedDictionary<string, double> OfSampling(ImmutableArray<Datum> data, ImmutableArray<FloatTensor> trained)
    {
        var (count, first, second, entropy) = (0, 0.0, 0.0, 0.0);
        for (var i = 0; i < data.Length; i++)
        {
            var (logprobs, mask) = (data[i].Floats(LossInput.Logprobs), data[i].Floats(LossInput.Mask));
            for (var t = 0; t < mask.Length; t++)
            {
                if (mask[t] != 0)
                {
                    var difference = (double)logprobs[t] - trained[i].Values[t];
                    (count, first, second, entropy) = (count + 1, first + difference, second + (difference * difference), entropy - logprobs[t]);
                }
            }
        }

        return ImmutableSortedDictionary.Create<string, double>(StringComparer.Ordinal)
            .Add("optim/kl_sample_train_v1", first / count)
            .Add("optim/kl_sample_train_v2", second / count / 2)
            .Add("optim/entropy", entropy / count);
    }
}
