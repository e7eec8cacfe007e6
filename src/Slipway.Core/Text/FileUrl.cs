namespace Slipway.Core.Text;

/// <summary>Between absolute paths of this machine and <c>file:</c> URLs (RFC 8089).</summary>
public static class FileUrl
{
    /// <summary>The URL of a path; each part of it percent-quoted.</summary>
    public static string Of(string path) => $"file://{string.Join('/', path.Split('/').Select(Uri.EscapeDataString))}";

    /// <summary>The path that a URL names, whatever its fragment says.</summary>
    public static string PathOf(string url) => Uri.UnescapeDataString(new Uri(url.Split('#')[0]).AbsolutePath);
}
