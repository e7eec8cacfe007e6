using System.Collections.Immutable;
using System.Globalization;
using Slipway.Core.Failures;
using Slipway.Training.Grading;
using Slipway.Training.Ports;
using Slipway.Training.Reinforcement;

namespace Slipway.Training.Loops;

/// <summary>Rewards answers in <c>\boxed{}</c> that are the truth.</summary>
/// <param name="code">Grades as mathematics; null to compare normalized texts.</param>
/// <param name="formatCoefficient">What a wrong form costs.</param>
internal sealed class BoxedRewards(IUserCode? code, double formatCoefficient)
{
    /// <summary>The reward of each answer.</summary>
    /// <param name="answers">Text, truth, and whether the answer ended as it should.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Result<ImmutableArray<Reward>>> RewardAsync(ImmutableArray<(string Text, string Truth, bool IsClean)> answers, CancellationToken cancellationToken)
    {
        var boxed = answers.Select(static answer => MathAnswers.ExtractBoxed(answer.Text).TryGet(out var inner, out _) ? inner : null).ToImmutableArray();
        var graded = code is null
            ? Result.Ok(answers.Zip(boxed, static (answer, given) => given is not null && IsSame(given, answer.Truth)).ToImmutableArray())
            : await code.GradeAsync([.. answers.Zip(boxed, static (answer, given) => (given ?? string.Empty, answer.Truth))], cancellationToken).ConfigureAwait(false);
        return graded.Map(correct => answers.Select((answer, i) => Of(boxed[i] is not null && correct[i], boxed[i] is not null && answer.IsClean)).ToImmutableArray());
    }

    private Reward Of(bool isCorrect, bool isFormatted) => new(
        Rewards.Of(isCorrect, isFormatted, formatCoefficient),
        ImmutableSortedDictionary.Create<string, double>(StringComparer.Ordinal).Add("correct", isCorrect ? 1 : 0).Add("format", isFormatted ? 1 : 0));

    private static bool IsSame(string given, string truth) =>
        Plain(given) is var one && Plain(truth) is var other && (string.Equals(one, other, StringComparison.OrdinalIgnoreCase)
            || (decimal.TryParse(one, NumberStyles.Float, CultureInfo.InvariantCulture, out var a) && decimal.TryParse(other, NumberStyles.Float, CultureInfo.InvariantCulture, out var b) && a == b));

    private static string Plain(string text) => string.Concat(text.Where(static c => !char.IsWhiteSpace(c) && c is not (',' or '$'))).TrimEnd('.');
}
