using System.Buffers;

namespace Slipway.Core.Requirements;

/// <summary>pip's options as they stand in requirements files: how they are split, and what Slipway has instead.</summary>
internal static class RequirementsOptions
{
    /// <summary>The characters of a variable's name that pip would expand.</summary>
    public static readonly SearchValues<char> VariableCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

    /// <summary>Splits an option that takes the rest of the line as its value.</summary>
    public static (string Name, string Value, int ValueStart) Split(string text, int start)
    {
        var nameEnd = EndOfName(text, start);
        var valueStart = StartOfValue(text, nameEnd);
        return (text[start..nameEnd], text[valueStart..].TrimEnd(), valueStart);
    }

    /// <summary>Splits an option whose value ends at the next blank.</summary>
    public static (string Name, string Value, int ValueStart) SplitFirst(string text, int start)
    {
        var nameEnd = EndOfName(text, start);
        var valueStart = StartOfValue(text, nameEnd);
        var length = text.AsSpan(valueStart).IndexOfAny(' ', '\t');
        return (text[start..nameEnd], length < 0 ? text[valueStart..] : text.Substring(valueStart, length), valueStart);
    }

    /// <summary>What to do instead of a refused option.</summary>
    public static string Hint(string name) => name switch
    {
        "-i" or "--index-url" or "--extra-index-url" => "Give the index on the command line: slipway ... --index-url URL",
        "--no-index" => "Leave the line out and give --find-links on the command line.",
        "-f" or "--find-links" => "Give the folder on the command line: slipway ... --find-links PATH",
        "-e" or "--editable" => "Leave the line out to use the code where it lies, or give the path alone, which installs a copy.",
        "--pre" => "Name the pre-release in the specifier, as in name>=2.0rc1.",
        "--trusted-host" => "Use an index that serves https with a valid certificate.",
        "--no-binary" or "--only-binary" or "--prefer-binary" => "Remove the line: which artifacts are used is decided when the lock is made.",
        "--require-hashes" => "Remove the line: hashes are checked wherever they are given, and a lock always holds them.",
        _ => "Remove the option: a requirements file for Slipway holds requirements, -r, -c and --hash only.",
    };

    // A short option may carry its value without a blank, as in -rbase.txt.
    private static int EndOfName(string text, int start)
    {
        if (start + 1 < text.Length && text[start + 1] != '-')
        {
            return Math.Min(start + 2, text.Length);
        }

        var length = text.AsSpan(start).IndexOfAny(" \t=");
        return length < 0 ? text.Length : start + length;
    }

    private static int StartOfValue(string text, int nameEnd)
    {
        var start = nameEnd;
        if (start < text.Length && text[start] == '=')
        {
            return start + 1;
        }

        while (start < text.Length && text[start] is ' ' or '\t')
        {
            start++;
        }

        return start;
    }
}
