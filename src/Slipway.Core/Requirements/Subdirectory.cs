namespace Slipway.Core.Requirements;

/// <summary>The directory of a project within a repository or an archive: a relative path that stays inside.</summary>
public static class Subdirectory
{
    private const string Key = "subdirectory=";

    /// <summary>The directory that a URL names in its fragment, as pip reads it; null when it names none.</summary>
    public static string? NamedBy(string url)
    {
        ArgumentNullException.ThrowIfNull(url);
        return Find(url, static _ => true)?.Path;
    }

    /// <summary>Whether a path stays inside.</summary>
    internal static bool IsInside(string path) =>
        path.Length > 0 && path[0] is not ('/' or '-') && !path.Contains('\\', StringComparison.Ordinal) && !path.Any(char.IsControl)
        && path.Split('/').All(part => part is not "..");

    /// <summary>The offset of a URL's subdirectory that leaves its repository or archive; negative when it has none such.</summary>
    internal static int IndexOfEscape(string url) => Find(url, static path => !IsInside(path))?.Offset ?? -1;

    private static (string Path, int Offset)? Find(string url, Func<string, bool> isWanted)
    {
        for (var start = url.IndexOf('#', StringComparison.Ordinal); start >= 0; start = url.IndexOf('&', start + 1))
        {
            if (!url.AsSpan(start + 1).StartsWith(Key, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            var value = start + 1 + Key.Length;
            var end = url.IndexOf('&', value);
            var path = Uri.UnescapeDataString(end < 0 ? url[value..] : url[value..end]);
            if (isWanted(path))
            {
                return (path, value);
            }
        }

        return null;
    }
}
