using System.Globalization;
using System.Text;

namespace Slipway.Training.Logs;

/// <summary>
/// Text within markup, of HTML and of XML, also within quotes of attributes. What XML 1.0 does not allow, and half of a surrogate pair, becomes U+FFFD; controls of
/// direction are shown by their number, for they could make a page read other than it is.
/// </summary>
internal static class MarkupText
{
    internal static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            switch (rune.Value)
            {
                case '&':
                    escaped.Append("&amp;");
                    break;
                case '<':
                    escaped.Append("&lt;");
                    break;
                case '>':
                    escaped.Append("&gt;");
                    break;
                case '"':
                    escaped.Append("&quot;");
                    break;
                case '\'':
                    escaped.Append("&#39;");
                    break;
                case '\r':
                    escaped.Append("&#13;");
                    break;
                case (>= 0x202a and <= 0x202e) or (>= 0x2066 and <= 0x2069) or 0x200e or 0x200f or 0x061c:
                    escaped.Append(CultureInfo.InvariantCulture, $"[U+{rune.Value:X4}]");
                    break;
                case (< ' ' and not '\n' and not '\t') or (>= 0x7f and <= 0x9f) or 0xfffe or 0xffff:
                    escaped.Append('\uFFFD');
                    break;
                default:
                    escaped.Append(rune);
                    break;
            }
        }

        return escaped.ToString();
    }
}
