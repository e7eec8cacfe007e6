using System.Globalization;
using Slipway.Core.Failures;

namespace Slipway.Runs.Jobs;

/// <summary>Lengths of time as people give them: <c>90s</c>, <c>45m</c>, <c>2h</c>, <c>3d</c>.</summary>
public static class Duration
{
    private const int MostDays = 3650;

    /// <summary>Reads one.</summary>
    /// <param name="text">The text.</param>
    /// <param name="option">Where it was given.</param>
    public static Result<TimeSpan> Parse(string text, string option)
    {
        ArgumentNullException.ThrowIfNull(text);
        var unit = text.Length < 2 ? 0 : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86_400, _ => 0 };
        return unit > 0 && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number > 0 && TimeSpan.FromSeconds((long)number * unit) is var span && span.TotalDays <= MostDays
            ? span
            : new Failure(RunFailures.Usage, $"{option} needs a time such as 90s, 45m, 2h or 3d, not '{text.ReplaceLineEndings(" ")}'.");
    }
}
