using System.Globalization;
using System.Text;

namespace Slipway.Cli.Terminal;

/// <summary>
/// Text that came from files, indexes and tools, made safe to show: nothing in it moves the cursor, rewrites the screen or
/// reorders what a person reads. The length stays the same, so that columns stay true.
/// </summary>
internal static class Plain
{
    /// <summary>One line of safe text; tabs stay.</summary>
    public static string Line(string text) => string.Create(text.Length, text, static (target, source) =>
    {
        for (var i = 0; i < target.Length; i++)
        {
            target[i] = source[i] == '\t' || IsSafe(source[i]) ? source[i] : '?';
        }
    });

    /// <summary>One line in which what is not safe to show stands as a visible escape, <c>\\x1b</c> or <c>\\u202e</c>: for text whose tricks are the news.</summary>
    public static string Escape(string text)
    {
        if (text.All(IsSafe))
        {
            return text;
        }

        var escaped = new StringBuilder(text.Length + 16);
        foreach (var character in text)
        {
            _ = IsSafe(character) ? escaped.Append(character)
                : character < '\x100' ? escaped.Append(CultureInfo.InvariantCulture, $"\\x{(int)character:x2}")
                : escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
        }

        return escaped.ToString();
    }

    // Surrogates stay: pairs are ordinary characters, and a lone one is replaced by the encoding.
    private static bool IsSafe(char character) => char.GetUnicodeCategory(character)
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
