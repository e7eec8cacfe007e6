using System.Text;
using Slipway.Core.Failures;

namespace Slipway.Cli.Terminal;

/// <summary>A failure for people: what and why on the first line, then where, the tool's own words, and what to do.</summary>
internal static class FailureText
{
    public static string Render(Failure failure)
    {
        var text = new StringBuilder();
        text.Append("slipway: error ").Append(failure.Code.Id).Append(": ").Append(Plain(failure.Message)).Append('\n');
        if (failure.Location is { } location)
        {
            text.Append("  at ").Append(Plain(location.ToString())).Append('\n');
            AppendCaret(text, location);
        }

        foreach (var line in (failure.Detail ?? string.Empty).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            text.Append("  | ").Append(Plain(line)).Append('\n');
        }

        return text.Append("  hint: ").Append(Plain(failure.Remedy)).Append('\n').ToString();
    }

    private static void AppendCaret(StringBuilder text, FailureLocation location)
    {
        if (location.LineText is not { Length: > 0 } line)
        {
            return;
        }

        text.Append("  | ").Append(Plain(line)).Append('\n');
        if (location.Column > 0 && location.Column <= line.Length + 1)
        {
            text.Append("  | ").Append(' ', location.Column - 1).Append("^\n");
        }
    }

    // Text from files and tools must not move the cursor or rewrite the screen.
    private static string Plain(string text) => string.Concat(text.Select(c => char.IsControl(c) && c is not '\t' ? '?' : c));
}
