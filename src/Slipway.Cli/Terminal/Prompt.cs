using Slipway.Core.Failures;

namespace Slipway.Cli.Terminal;

/// <summary>
/// Questions to a person. Only at a terminal: without one a missing answer is a failure that names the option which would have given it, and the end of
/// input answers nothing.
/// </summary>
/// <param name="Output">How to talk.</param>
/// <param name="AcceptsDefaults">Whether every default answer is taken without asking: <c>--yes</c>.</param>
internal sealed record Prompt(Output Output, bool AcceptsDefaults)
{
    /// <summary>Whether there is a person to ask: a terminal on both sides, and no CI (<c>CI</c> set to anything but <c>false</c> or <c>0</c>).</summary>
    public bool CanAsk { get; init; } = !Console.IsInputRedirected && !Console.IsErrorRedirected && !IsContinuousIntegration;

    /// <summary>Whether a question waits for its answer.</summary>
    public static bool IsAsking { get; private set; }

    /// <summary>Where answers come from.</summary>
    public TextReader Input { get; init; } = Console.In;

    private static bool IsContinuousIntegration => Environment.GetEnvironmentVariable("CI") is { Length: > 0 } text && text is not ("false" or "0");

    /// <summary>Asks yes or no.</summary>
    /// <param name="question">The question, without a question mark's options.</param>
    /// <param name="byDefault">What an empty answer means.</param>
    /// <param name="option">The option that answers it where nobody can be asked.</param>
    public Result<bool> Confirm(string question, bool byDefault, string option)
    {
        if (AcceptsDefaults)
        {
            return byDefault;
        }

        while (true)
        {
            var answered = Ask($"{question} [{(byDefault ? "Y/n" : "y/N")}]", option);
            if (!answered.TryGet(out var text, out var failure))
            {
                return failure;
            }

            switch (text.Trim().ToLowerInvariant())
            {
                case "":
                    return byDefault;
                case "y" or "yes":
                    return true;
                case "n" or "no":
                    return false;
                default:
                    Output.People.WriteLine("Please answer y or n.");
                    break;
            }
        }
    }

    /// <summary>Asks for a text; an empty answer takes the default.</summary>
    /// <param name="question">The question.</param>
    /// <param name="byDefault">The default.</param>
    /// <param name="option">The option that answers it where nobody can be asked.</param>
    /// <param name="check">What is wrong with an answer; null when nothing is.</param>
    public Result<string> Text(string question, string byDefault, string option, Func<string, Failure?> check)
    {
        if (AcceptsDefaults)
        {
            return check(byDefault) is { } wrong ? wrong : byDefault;
        }

        while (true)
        {
            if (!Ask($"{question} [{byDefault}]", option).TryGet(out var text, out var failure))
            {
                return failure;
            }

            var answer = text.Trim() is { Length: > 0 } given ? given : byDefault;
            if (check(answer) is not { } problem)
            {
                return answer;
            }

            Output.People.WriteLine(Plain.Line($"{problem.Message} {problem.Remedy}"));
        }
    }

    private Result<string> Ask(string question, string option)
    {
        if (!CanAsk)
        {
            return new Failure(CliFailures.NeedsAnswer, $"{question.Split(" [")[0]} There is no terminal to ask at.") { Hint = $"Answer with {option}." };
        }

        Output.People.Write(Plain.Line($"{question} "));
        Output.People.Flush();
        IsAsking = true;
        var answer = Input.ReadLine();
        IsAsking = false;
        return answer is { } line ? line : new Failure(CliFailures.NeedsAnswer, "The input ended before the question was answered.") { Hint = $"Answer with {option}." };
    }
}
