using System.Buffers;

namespace Slipway.Core.Text;

/// <summary>The characters of URLs (RFC 3986).</summary>
public static class UrlText
{
    private static readonly SearchValues<char> Characters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?#[]@!$&'()*+,;=%");

    /// <summary>The offset of the first character that a URL cannot hold as it is; negative when there is none.</summary>
    public static int IndexOfForeign(ReadOnlySpan<char> url) => url.IndexOfAnyExcept(Characters);

    /// <summary>
    /// Whether a text holds only characters of URLs. Everything that becomes part of a line for an installer is held to this: a blank would
    /// begin an option, and braces after a dollar sign would be replaced by a variable of whoever runs it.
    /// </summary>
    public static bool IsPlain(string url) => IndexOfForeign(url) < 0;
}
