namespace Slipway.Projects.Discovery;

/// <summary>
/// Looks for a file from a directory upwards. The search ends at a repository's root, at the home directory and
/// at a file system's root: what lies above belongs to something else.
/// </summary>
internal static class AncestorSearch
{
    /// <summary>The nearest such file, or null.</summary>
    public static string? Find(string directory, string name, string? home, FileObserver observer)
    {
        for (var current = directory; current is { Length: > 0 }; current = Path.GetDirectoryName(current))
        {
            var path = Path.Combine(current, name);
            if (observer.Exists(path))
            {
                return path;
            }

            if (string.Equals(current, home, StringComparison.Ordinal) || observer.IsBoundary(Path.Combine(current, ".git")))
            {
                return null;
            }
        }

        return null;
    }
}
