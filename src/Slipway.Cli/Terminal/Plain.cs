using System.Globalization;

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

    // Surrogates stay: pairs are ordinary characters, and a lone one is replaced by the encoding.
    private static bool IsSafe(char character) => char.GetUnicodeCategory(character)
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
