using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Training.Data;
using Slipway.Training.Tokenizers;

namespace Slipway.Training.Distillation;

/// <summary>Targets that are a teacher's distribution (Hinton et al., Distilling the Knowledge in a Neural Network, 2015), cut to its likeliest tokens.</summary>
public static class SoftTargets
{
    /// <summary>The example with K targets a position, the teacher's likeliest, weighted by their probabilities among themselves times the weight of the position.</summary>
    /// <param name="datum">An example of cross-entropy with one target a position.</param>
    /// <param name="top">The teacher's likeliest tokens for each position of the whole sequence, that is of the input and its last target; the first is not read.</param>
    /// <param name="k">How many targets a position gets; where the teacher told fewer, the others have no weight.</param>
    public static Result<Datum> Apply(Datum datum, ImmutableArray<ImmutableArray<TokenLogprob>> top, int k)
    {
        ArgumentNullException.ThrowIfNull(datum);
        var weights = datum.Floats(LossInput.Weights);
        var count = datum.Input.Length;
        if (k < 1)
        {
            return new Failure(TrainingFailures.BadSetting, "The number of targets of a position must be above 0.");
        }

        if (top.Length != count + 1 || weights.Length != count)
        {
            return new Failure(TrainingFailures.UnfitAnswer, $"A sequence of {count + 1} tokens with {weights.Length} weights has {top.Length} positions of the teacher's.");
        }

        var (targets, soft) = (new long[count * k], new float[count * k]);
        for (var position = 0; position < count; position++)
        {
            if (weights[position] == 0)
            {
                continue;
            }

            var likeliest = top[position + 1].Take(k).ToImmutableArray();
            if (likeliest.IsEmpty)
            {
                return new Failure(TrainingFailures.UnfitAnswer, $"The teacher told no token for position {position}, which is learned.");
            }

            var probabilities = Renormalised(likeliest);
            for (var i = 0; i < likeliest.Length; i++)
            {
                targets[(position * k) + i] = likeliest[i].Token;
                soft[(position * k) + i] = (float)(probabilities[i] * weights[position]);
            }
        }

        return datum.With(LossInput.TargetTokens, new LongTensor([.. targets], [count, k])).With(LossInput.Weights, new FloatTensor([.. soft], [count, k]));
    }

    /// <summary>The probabilities of some tokens among themselves.</summary>
    public static ImmutableArray<double> Renormalised(ImmutableArray<TokenLogprob> tokens)
    {
        // Less the largest, so that nothing is lost where all are small.
        var largest = tokens.Max(static token => token.Logprob);
        var powers = tokens.Select(token => Math.Exp((double)token.Logprob - largest)).ToList();
        var sum = powers.Sum();
        return [.. powers.Select(power => power / sum)];
    }

    /// <summary>Checks that a teacher numbers its tokens as the student does: otherwise its log-probabilities are of other texts.</summary>
    public static Result<Unit> CheckTokenizers(ITokenizer student, ITokenizer teacher)
    {
        ArgumentNullException.ThrowIfNull(student);
        ArgumentNullException.ThrowIfNull(teacher);
        return student.Fingerprint == teacher.Fingerprint
            ? default(Unit)
            : new Failure(TrainingFailures.UnlikeTokenizers, $"The tokenizers of {student.Name} and {teacher.Name} are not the same.");
    }
}
