using System.Collections.Immutable;
using Slipway.Training.Renderers;

namespace Slipway.Training.Grading;

/// <summary>What is asked beside a mathematical question, so that the answer can be found.</summary>
public static class MathPrompts
{
    /// <summary>What follows a question.</summary>
    public const string BoxedSuffix = @" Write your answer in \boxed{} format.";

    /// <summary>What follows a question whose answer is a number.</summary>
    public const string NumericSuffix = @" Provide a numerical answer without units, written inside \boxed{}.";

    /// <summary>An example of the form, before the question.</summary>
    public static ImmutableArray<Message> FewShot { get; } =
    [
        Message.Of(Role.User, "How many times is the letter r in the word strawberry?" + BoxedSuffix),
        Message.Of(Role.Assistant, @"Letter by letter: s, t, r, a, w, b, e, r, r, y. The letter r has the places 3, 8 and 9. \boxed{3}"),
    ];

    /// <summary>An example for sums, before the question.</summary>
    public static ImmutableArray<Message> ArithmeticFewShot { get; } = [Message.Of(Role.User, "What is 4 + 5?"), Message.Of(Role.Assistant, "9")];

    /// <summary>The conversation that asks a question.</summary>
    /// <param name="question">The question.</param>
    /// <param name="fewShot">What comes before it; none for nothing.</param>
    /// <param name="suffix">What follows it.</param>
    public static ImmutableArray<Message> Ask(string question, ImmutableArray<Message> fewShot, string suffix = BoxedSuffix) => [.. fewShot, Message.Of(Role.User, question + suffix)];
}
