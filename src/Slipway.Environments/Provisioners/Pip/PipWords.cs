using System.Text.RegularExpressions;

namespace Slipway.Environments.Provisioners.Pip;

/// <summary>What pip wrote, without what only says from which line of which of our files a requirement came.</summary>
internal sealed partial class PipWords
{
    private const string NoteStart = "slipway-note: ";
    private const int MaxLines = 8;
    private const string Clipped = "...";
    private const int MaxLineLength = 240;
    private string? _buildOutput;
    private string? _ownText;

    /// <summary>Reads pip's words.</summary>
    public PipWords(string output)
    {
        Text = OurFiles().Replace(output, static match => match.Groups[1].Success ? $" (from {match.Groups[1].Value})" : string.Empty);
        Lines = Text.Split('\n');
    }

    /// <summary>All of it.</summary>
    public string Text { get; }

    /// <summary>Line by line.</summary>
    public IReadOnlyList<string> Lines { get; }

    /// <summary>What pip says itself, without what a failing build wrote: of that only the words of a pip that was started for it.</summary>
    public string OwnText => _ownText ??= BuildBlock().Replace(Text, static block => string.Join(
        '\n', block.Value.Split('\n').Where(static line => line.StartsWith("ERROR: ", StringComparison.Ordinal))));

    /// <summary>pip's own errors.</summary>
    public IEnumerable<string> Errors => OwnText.Split('\n')
        .Where(line => line.StartsWith("ERROR: ", StringComparison.Ordinal) || line.StartsWith("error: ", StringComparison.Ordinal))
        .Select(line => line["ERROR: ".Length..].TrimEnd());

    /// <summary>Whether pip said this.</summary>
    public bool Has(string words) => Text.Contains(words, StringComparison.OrdinalIgnoreCase);

    /// <summary>The driver's notes of a kind.</summary>
    public IEnumerable<string> Notes(string kind) => Lines
        .Where(line => line.StartsWith($"{NoteStart}{kind}: ", StringComparison.Ordinal))
        .Select(line => line[(NoteStart.Length + kind.Length + 2)..].TrimEnd());

    /// <summary>What the last failing build said itself; empty when it said nothing.</summary>
    public string BuildOutput() => _buildOutput ??= BuildBlock().Matches(Text) is { Count: > 0 } blocks ? blocks[^1].Groups[1].Value : string.Empty;

    /// <summary>The package that pip worked on when it failed.</summary>
    public string? LastPackage()
    {
        var built = BuiltPackage().Match(Text);
        return built.Success ? built.Groups[1].Value
            : Collected().Matches(Text) is { Count: > 0 } collected ? FileName(collected[^1].Groups[1].Value)
            : null;
    }

    /// <summary>The few lines that say why, for people who want to see pip's own words.</summary>
    public string? Shortened()
    {
        var build = BuildOutput().Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0).ToList();
        var told = build.Count > 0 ? build : [.. Lines.Where(IsTelling).Select(line => line.Trim())];
        return told.Count == 0 ? null : string.Join('\n', told.TakeLast(MaxLines).Select(Clip));
    }

    /// <summary>A line, cut when it is long.</summary>
    public static string Clip(string line) => ClipTo(line, MaxLineLength);

    /// <summary>A text that is not longer than a number of characters.</summary>
    public static string ClipTo(string text, int most) => text.Length <= most ? text : text[..most] + Clipped;

    /// <summary>A text with the full stop that ends a sentence; one that was clipped has ended already.</summary>
    public static string Ended(string text) => text.EndsWith(Clipped, StringComparison.Ordinal) ? text : $"{text}.";

    /// <summary>The last part of a path or URL, without what follows it.</summary>
    public static string FileName(string place)
    {
        var path = place.Split('#')[0].TrimEnd(',', ';', ')', ':');
        return path[(path.LastIndexOf('/') + 1)..];
    }

    private static bool IsTelling(string line) =>
        line.StartsWith("ERROR: ", StringComparison.Ordinal) || line.StartsWith("error: ", StringComparison.Ordinal)
        || line.StartsWith("    ", StringComparison.Ordinal) || line.StartsWith("WARNING: The repository", StringComparison.Ordinal);

    [GeneratedRegex(@" \(from (?:(\S+?)->)?-r \S+ \(line \d+\)\)", RegexOptions.CultureInvariant)]
    private static partial Regex OurFiles();

    [GeneratedRegex(@"lines of output\]\n(.*?)\n\s*\[end of output\]", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex BuildBlock();

    [GeneratedRegex(@"(?:Failed building wheel for|Building wheel for) (\S+)", RegexOptions.CultureInvariant)]
    private static partial Regex BuiltPackage();

    [GeneratedRegex(@"^(?:Collecting|Processing|Obtaining) ([^\s@]+)", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex Collected();
}
