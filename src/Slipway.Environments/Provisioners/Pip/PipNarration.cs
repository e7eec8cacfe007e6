using System.Text.RegularExpressions;

namespace Slipway.Environments.Provisioners.Pip;

/// <summary>Tells from pip's lines what is happening now: packages and file names, and no paths of ours.</summary>
internal static partial class PipNarration
{
    /// <summary>What a line says to people; null when nothing.</summary>
    /// <param name="stage">The label of the step.</param>
    /// <param name="line">The line, trimmed.</param>
    public static string? Tell(string stage, string line)
    {
        var word = line.Split(' ', 2)[0];
        var rest = line.Length > word.Length ? line[(word.Length + 1)..] : string.Empty;
        return word switch
        {
            "Collecting" => $"Collecting {rest.Split(' ', '@')[0]}",

            // While installing, every file is the store's own copy, and pip says all of them before it begins.
            "Processing" => stage.StartsWith("Installing", StringComparison.Ordinal) ? null : $"Processing {PipWords.FileName(rest.Split(' ')[0])}",
            "Downloading" or "Cloning" => $"{word} {PipWords.FileName(rest.Split(' ')[0])}{Size(rest)}",
            "Progress" => Percent(rest),
            "Using" when rest.StartsWith("cached ", StringComparison.Ordinal) => $"Using cached {PipWords.FileName(rest["cached ".Length..].Split(' ')[0])}",
            "Building" when rest.StartsWith("wheel for ", StringComparison.Ordinal) => $"Building {rest["wheel for ".Length..].Split(' ')[0]}",
            "Preparing" when rest.StartsWith("metadata", StringComparison.Ordinal) => "Preparing metadata",
            "Getting" when rest.StartsWith("requirements to build", StringComparison.Ordinal) => "Asking what the build needs",
            "Installing" when rest.StartsWith("build dependencies", StringComparison.Ordinal) => "Installing what the build needs",
            "Installing" when rest.StartsWith("collected packages: ", StringComparison.Ordinal) => $"Installing {Clip(rest["collected packages: ".Length..])}",
            _ => null,
        };
    }

    private static string Size(string rest) => SizeInBrackets().Match(rest) is { Success: true } size ? $" ({size.Groups[1].Value})" : string.Empty;

    private static string? Percent(string rest)
    {
        var parts = rest.Split(' ');
        return parts is [var done, "of", var all] && long.TryParse(done, out var bytes) && long.TryParse(all, out var total) && total > 0
            ? $"Downloading {Math.Min(100, bytes * 100 / total)}% of {total / 1_000_000.0:0.0} MB"
            : null;
    }

    private static string Clip(string text)
    {
        const int Longest = 100;
        return text.Length <= Longest ? text : text[..Longest] + "...";
    }

    [GeneratedRegex(@"\(([0-9.]+ [kMG]?B)\)", RegexOptions.CultureInvariant)]
    private static partial Regex SizeInBrackets();
}
