namespace Slipway.Core.Requirements;

/// <summary>The directory of a project within a repository or an archive: a relative path that stays inside.</summary>
internal static class Subdirectory
{
    private const string Key = "subdirectory=";

    /// <summary>Whether a path stays inside.</summary>
    public static bool IsInside(string path) =>
        path.Length > 0 && path[0] is not ('/' or '-') && !path.Contains('\\', StringComparison.Ordinal) && !path.Any(char.IsControl)
        && path.Split('/').All(part => part is not "..");

    /// <summary>The offset of a URL's subdirectory that leaves its repository or archive; negative when it has none such.</summary>
    public static int IndexOfEscape(string url)
    {
        for (var start = url.IndexOf('#', StringComparison.Ordinal); start >= 0; start = url.IndexOf('&', start + 1))
        {
            if (!url.AsSpan(start + 1).StartsWith(Key, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            var value = start + 1 + Key.Length;
            var end = url.IndexOf('&', value);
            if (!IsInside(Uri.UnescapeDataString(end < 0 ? url[value..] : url[value..end])))
            {
                return value;
            }
        }

        return -1;
    }
}
