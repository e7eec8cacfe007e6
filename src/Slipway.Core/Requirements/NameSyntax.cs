using System.Text;

namespace Slipway.Core.Requirements;

/// <summary>The rule for names that projects and extras share (PEP 508), and their normal form (PEP 503).</summary>
internal static class NameSyntax
{
    /// <summary>Longer names are refused; indexes allow far less.</summary>
    public const int MaximumLength = 256;

    public static bool IsValid(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || text.Length > MaximumLength || !char.IsAsciiLetterOrDigit(text[0]) || !char.IsAsciiLetterOrDigit(text[^1]))
        {
            return false;
        }

        foreach (var character in text)
        {
            if (!IsNameCharacter(character))
            {
                return false;
            }
        }

        return true;
    }

    public static bool IsNameCharacter(char character) => char.IsAsciiLetterOrDigit(character) || IsSeparator(character);

    /// <summary>Lower case, with each run of separators as one hyphen.</summary>
    public static string Normalize(ReadOnlySpan<char> text)
    {
        var builder = new StringBuilder(text.Length);
        var afterSeparator = false;
        foreach (var character in text)
        {
            if (IsSeparator(character))
            {
                afterSeparator = true;
                continue;
            }

            if (afterSeparator)
            {
                builder.Append('-');
                afterSeparator = false;
            }

            builder.Append(char.ToLowerInvariant(character));
        }

        return afterSeparator ? builder.Append('-').ToString() : builder.ToString();
    }

    private static bool IsSeparator(char character) => character is '-' or '_' or '.';
}
