using Slipway.Core.Failures;

namespace Slipway.Training.Grading;

/// <summary>Finds the answer in a text.</summary>
public static class MathAnswers
{
    private const string Box = @"\boxed";
    private const string Mark = "####";

    /// <summary>
    /// The content of the last <c>\boxed{…}</c> whose braces are balanced, or what follows a last <c>\boxed</c> and a blank up to the next blank or dollar sign.
    /// </summary>
    /// <returns>The content, which may be empty; a failure where there is none.</returns>
    public static Result<string> ExtractBoxed(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var ends = Ends(text);
        for (var at = text.LastIndexOf(Box, StringComparison.Ordinal); at >= 0; at = at == 0 ? -1 : text.LastIndexOf(Box, at - 1, StringComparison.Ordinal))
        {
            if (Content(text, at + Box.Length, ends) is { } content)
            {
                return content;
            }
        }

        return new Failure(TrainingFailures.NoAnswer, @"The text has no \boxed{} whose braces are balanced.");
    }

    /// <summary>
    /// The answer of a solution of GSM8K: what follows <c>####</c> on the last line that begins with it, without a colon and without commas; where no line does,
    /// what follows it on the last line.
    /// </summary>
    public static Result<string> ExtractGsm8k(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var lines = text.TrimEnd().Split('\n').Select(static line => line.Trim()).ToList();
        var line = lines.FindLast(static line => line.StartsWith(Mark, StringComparison.Ordinal)) ?? lines[^1];
        var at = line.LastIndexOf(Mark, StringComparison.Ordinal);
        if (at < 0)
        {
            return new Failure(TrainingFailures.NoAnswer, $"The solution has no line that begins with {Mark}.");
        }

        var answer = line[(at + Mark.Length)..].TrimStart();
        answer = answer.StartsWith(':') ? answer[1..] : answer;
        return answer.Replace(",", string.Empty, StringComparison.Ordinal).Trim();
    }

    private static string? Content(string text, int after, Dictionary<int, int> ends)
    {
        var start = after;
        while (start < text.Length && char.IsWhiteSpace(text[start]))
        {
            start++;
        }

        if (start < text.Length && text[start] == '{')
        {
            return ends.TryGetValue(start, out var close) ? text[(start + 1)..close] : null;
        }

        if (start == after)
        {
            return null;
        }

        var end = text.AsSpan(start).IndexOfAny(" \t\r\n$");
        var word = end < 0 ? text[start..] : text[start..(start + end)];
        return word.Length > 0 ? word : null;
    }

    // Where each brace is closed, for all of them at once: a text of nothing but boxes that are never closed takes no longer than others.
    private static Dictionary<int, int> Ends(string text)
    {
        var (ends, open) = (new Dictionary<int, int>(), new Stack<int>());
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '{')
            {
                open.Push(i);
            }
            else if (text[i] == '}' && open.TryPop(out var start))
            {
                ends[start] = i;
            }
        }

        return ends;
    }
}
