using System.Text;
using Slipway.Core.Text;

namespace Slipway.Cloud.SkyPilot;

/// <summary>Remote text as data: without terminal escapes and control characters, with secrets masked, and short.</summary>
public static class CleanText
{
    /// <summary>The most bytes of remote text that a failure carries.</summary>
    public const int MostBytes = 2048;

    /// <summary>Removes terminal escapes (ECMA-48 control sequences and operating system commands) and control characters except tab and newline.</summary>
    public static string Plain(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\0', '\u001f') && !text.AsSpan().ContainsAnyInRange('\u007f', '\u009f'))
        {
            return text;
        }

        var plain = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '\u001b')
            {
                at = EndOfEscape(text, at);
            }
            else if (text[at] is '\n' or '\t' || !char.IsControl(text[at]))
            {
                plain.Append(text[at]);
            }
        }

        return plain.ToString();
    }

    /// <summary>The first sentence, for a message; it ends with a full stop.</summary>
    public static string Summary(string text)
    {
        var plain = SecretPatterns.Mask(UrlMask.Apply(Plain(text))).Trim();
        var line = plain.Split('\n', 2)[0].Trim();
        var end = line.IndexOf(". ", StringComparison.Ordinal);
        var sentence = (end > 0 ? line[..end] : line).TrimEnd('.', ':', ' ');
        return (sentence.Length > 300 ? sentence[..300] + "…" : sentence) + ".";
    }

    /// <summary>All of a remote text that a failure may carry.</summary>
    public static string Detail(string text)
    {
        var plain = SecretPatterns.Mask(UrlMask.Apply(Plain(text))).Trim();
        if (Encoding.UTF8.GetByteCount(plain) <= MostBytes)
        {
            return plain;
        }

        var length = Math.Min(plain.Length, MostBytes);
        while (Encoding.UTF8.GetByteCount(plain.AsSpan(0, length)) > MostBytes - 3 || char.IsHighSurrogate(plain[length - 1]))
        {
            length--;
        }

        return plain[..length] + "…";
    }

    private static int EndOfEscape(string text, int at)
    {
        var kind = at + 1 < text.Length ? text[at + 1] : '\0';
        if (kind == '[')
        {
            var end = at + 2;
            while (end < text.Length && text[end] is >= ' ' and <= '?')
            {
                end++;
            }

            return end;
        }

        if (kind == ']')
        {
            var end = text.AsSpan(at).IndexOfAny('\u0007', '\u009c', '\n');
            var terminator = text.IndexOf("\u001b\\", at + 1, StringComparison.Ordinal);
            return terminator > 0 && (end < 0 || terminator < at + end) ? terminator + 1 : end < 0 ? text.Length : at + end - (text[at + end] == '\n' ? 1 : 0);
        }

        return at + 1;
    }
}
