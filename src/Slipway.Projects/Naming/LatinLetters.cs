using System.Text;

namespace Slipway.Projects.Naming;

/// <summary>
/// Latin letters without their marks. The framework's own decomposition needs Unicode tables that a program with invariant globalization
/// does not carry.
/// </summary>
internal static class LatinLetters
{
    // Unicode's Latin-1 Supplement and Latin Extended-A, in their order from U+00C0 to U+017F; a blank has no letters of its own.
    private static readonly string[] s_letters =
    [
        "A", "A", "A", "A", "A", "A", "AE", "C", "E", "E", "E", "E", "I", "I", "I", "I", "D", "N", "O", "O", "O", "O", "O", " ", "O", "U", "U", "U", "U", "Y", "TH", "ss",
        "a", "a", "a", "a", "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i", "i", "d", "n", "o", "o", "o", "o", "o", " ", "o", "u", "u", "u", "u", "y", "th", "y",
        "A", "a", "A", "a", "A", "a", "C", "c", "C", "c", "C", "c", "C", "c", "D", "d", "D", "d", "E", "e", "E", "e", "E", "e", "E", "e", "E", "e", "G", "g", "G", "g",
        "G", "g", "G", "g", "H", "h", "H", "h", "I", "i", "I", "i", "I", "i", "I", "i", "I", "i", "IJ", "ij", "J", "j", "K", "k", "k", "L", "l", "L", "l", "L", "l", "L",
        "l", "L", "l", "N", "n", "N", "n", "N", "n", "n", "N", "n", "O", "o", "O", "o", "O", "o", "OE", "oe", "R", "r", "R", "r", "R", "r", "S", "s", "S", "s", "S", "s",
        "S", "s", "T", "t", "T", "t", "T", "t", "U", "u", "U", "u", "U", "u", "U", "u", "U", "u", "U", "u", "W", "w", "Y", "y", "Y", "Z", "z", "Z", "z", "Z", "z", "s",
    ];

    /// <summary>The text with these letters in ASCII, and without marks that stand for themselves; all else as it is.</summary>
    public static string ToAscii(string text)
    {
        var ascii = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            _ = c switch
            {
                >= '\u00C0' and <= '\u017F' => ascii.Append(s_letters[c - '\u00C0']),
                >= '\u0300' and <= '\u036F' => ascii,
                _ => ascii.Append(c),
            };
        }

        return ascii.ToString();
    }
}
