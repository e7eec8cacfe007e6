using System.Globalization;
using System.Text;

namespace Slipway.Core.Text;

/// <summary>
/// Text of an input, as a message may repeat it: without the userinfo of URLs, and without characters that
/// could steer a terminal or reorder what a person reads.
/// </summary>
public static class Shown
{
    private const int Longest = 80;

    /// <summary>The text in quotes, escaped, and cut when it is long.</summary>
    public static string Quote(string text)
    {
        var masked = UrlMask.Apply(text);
        var builder = new StringBuilder("'");
        foreach (var character in masked.Length > Longest ? masked.AsSpan(0, Longest) : masked)
        {
            if (IsPlain(character))
            {
                builder.Append(character);
            }
            else
            {
                builder.Append("\\u").Append(((int)character).ToString("x4", CultureInfo.InvariantCulture));
            }
        }

        return builder.Append(masked.Length > Longest ? "…'" : "'").ToString();
    }

    /// <summary>A whole line for a caret under it: as long as the original, so that columns stay true.</summary>
    public static string Line(string line)
    {
        var masked = UrlMask.Apply(line);
        return string.Create(masked.Length, masked, static (target, source) =>
        {
            for (var index = 0; index < target.Length; index++)
            {
                target[index] = source[index] == '\t' || IsPlain(source[index]) || char.IsSurrogate(source[index])
                    ? source[index]
                    : '\uFFFD';
            }
        });
    }

    private static bool IsPlain(char character) => char.GetUnicodeCategory(character)
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
