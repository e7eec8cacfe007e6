namespace Slipway.Core.Text;

/// <summary>Hides the userinfo of the URLs within a text. The length stays the same, so that columns stay true.</summary>
public static class UrlMask
{
    private const string SchemeEnd = "://";

    /// <summary>The text, with each userinfo replaced by as many asterisks.</summary>
    public static string Apply(string text)
    {
        char[]? masked = null;
        var from = 0;
        while (text.IndexOf(SchemeEnd, from, StringComparison.Ordinal) is >= 0 and var found)
        {
            var start = found + SchemeEnd.Length;
            from = EndOfUrl(text, start);
            var hidden = UserinfoLength(text.AsSpan(start, from - start));
            if (hidden > 0)
            {
                masked ??= text.ToCharArray();
                masked.AsSpan(start, hidden).Fill('*');
            }
        }

        return masked is null ? text : new string(masked);
    }

    /// <summary>
    /// How many characters after <c>://</c> may be userinfo; 0 for none. What cannot be told apart from a
    /// userinfo (<c>user/name:word@host</c>) counts as one.
    /// </summary>
    public static int UserinfoLength(ReadOnlySpan<char> afterScheme)
    {
        var at = afterScheme.LastIndexOf('@');
        if (at < 0)
        {
            return 0;
        }

        var authorityEnd = afterScheme.IndexOfAny("/?#\\");
        var authority = authorityEnd < 0 ? afterScheme : afterScheme[..authorityEnd];
        if (authority.Contains('@'))
        {
            return at;
        }

        return authorityEnd >= 0 && afterScheme[authorityEnd..at].Contains(':') ? at : 0;
    }

    private static int EndOfUrl(string text, int from)
    {
        var end = from;
        while (end < text.Length && !char.IsWhiteSpace(text[end]) && text[end] is not ('"' or '<' or '>'))
        {
            end++;
        }

        return end;
    }
}
