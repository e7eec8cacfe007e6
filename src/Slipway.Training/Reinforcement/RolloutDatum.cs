using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Training.Data;

namespace Slipway.Training.Reinforcement;

/// <summary>One turn of a rollout.</summary>
/// <param name="Observation">What the model was given: the whole prompt.</param>
/// <param name="Action">What it drew.</param>
/// <param name="Logprobs">Per token of the action the log-probability with which it was drawn.</param>
public sealed record Transition(ImmutableArray<int> Observation, ImmutableArray<int> Action, ImmutableArray<float> Logprobs);

/// <summary>Makes examples of rollouts.</summary>
public static class RolloutDatum
{
    /// <summary>
    /// The examples of a rollout. A turn whose prompt begins with prompt and action of the turn before is put into its example. Positions of prompts have
    /// log-probability, advantage and mask 0, so they add nothing to a loss and to a metric.
    /// </summary>
    /// <param name="turns">The turns.</param>
    /// <param name="advantage">The advantage of the rollout.</param>
    public static Result<ImmutableArray<Datum>> Build(ImmutableArray<Transition> turns, double advantage)
    {
        var (data, tokens, drawn) = (ImmutableArray.CreateBuilder<Datum>(), new List<int>(), new List<float?>());
        foreach (var turn in turns)
        {
            if (turn.Action.Length != turn.Logprobs.Length || turn.Observation.IsEmpty)
            {
                return new Failure(TrainingFailures.BadDatum, $"A turn has {turn.Action.Length} tokens with {turn.Logprobs.Length} log-probabilities after a prompt of {turn.Observation.Length}.");
            }

            if (turn.Observation.Length < tokens.Count || !turn.Observation.AsSpan(0, tokens.Count).SequenceEqual(tokens.ToArray()))
            {
                Close(data, tokens, drawn, advantage);
            }

            var news = turn.Observation.Skip(tokens.Count).ToList();
            tokens.AddRange([.. news, .. turn.Action]);
            drawn.AddRange([.. news.Select(static _ => (float?)null), .. turn.Logprobs.Select(static logprob => (float?)logprob)]);
        }

        Close(data, tokens, drawn, advantage);
        return data.ToImmutable();
    }

    // A turn in which nothing was drawn leaves no example.
    private static void Close(ImmutableArray<Datum>.Builder data, List<int> tokens, List<float?> drawn, double advantage)
    {
        if (drawn.Exists(static logprob => logprob is not null))
        {
            var targets = drawn.Skip(1).ToList();
            data.Add(new Datum(ModelInput.Of(tokens[..^1]), ImmutableSortedDictionary.Create<string, TensorData>(StringComparer.Ordinal))
                .With(LossInput.TargetTokens, TensorData.Of([.. tokens.Skip(1).Select(static token => (long)token)]))
                .With(LossInput.Logprobs, TensorData.Of([.. targets.Select(static logprob => logprob ?? 0)]))
                .With(LossInput.Advantages, TensorData.Of([.. targets.Select(logprob => logprob is null ? 0 : (float)advantage)]))
                .With(LossInput.Mask, TensorData.Of([.. targets.Select(static logprob => logprob is null ? 0f : 1f)])));
        }

        tokens.Clear();
        drawn.Clear();
    }
}
