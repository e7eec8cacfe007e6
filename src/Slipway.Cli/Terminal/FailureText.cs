using System.Text;
using Slipway.Core.Failures;

namespace Slipway.Cli.Terminal;

/// <summary>A failure for people: what and why on the first line, then where, the tool's own words, and what to do.</summary>
internal static class FailureText
{
    public static string Render(Failure failure)
    {
        var text = new StringBuilder();
        text.Append("slipway: error ").Append(failure.Code.Id).Append(": ").Append(Plain.Line(failure.Message)).Append('\n');
        if (failure.Location is { } location)
        {
            text.Append("  at ").Append(Plain.Line(location.ToString())).Append('\n');
            AppendCaret(text, location);
        }

        foreach (var line in (failure.Detail ?? string.Empty).ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            text.Append("  | ").Append(Plain.Line(line)).Append('\n');
        }

        return text.Append("  hint: ").Append(Plain.Line(failure.Remedy)).Append('\n').ToString();
    }

    private static void AppendCaret(StringBuilder text, FailureLocation location)
    {
        if (location.LineText is not { Length: > 0 } line)
        {
            return;
        }

        text.Append("  | ").Append(Plain.Line(line)).Append('\n');
        if (location.Column > 0 && location.Column <= line.Length + 1)
        {
            // A tab moves both lines equally far.
            text.Append("  | ").Append(string.Concat(line.Take(location.Column - 1).Select(c => c == '\t' ? '\t' : ' '))).Append("^\n");
        }
    }
}
