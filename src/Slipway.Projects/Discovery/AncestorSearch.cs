using Slipway.Core.Failures;
using Slipway.Core.Toml;

namespace Slipway.Projects.Discovery;

/// <summary>
/// Looks for something from a directory upwards. The search ends at a repository's root, at the home directory and
/// at a file system's root: what lies above belongs to something else.
/// </summary>
internal static class AncestorSearch
{
    /// <summary>What the nearest directory has.</summary>
    /// <param name="directory">The absolute directory to begin with.</param>
    /// <param name="home">The home directory; null when unknown.</param>
    /// <param name="observer">Notes what ends the search, and that nothing ended it before.</param>
    /// <param name="look">Looks into one directory.</param>
    public static Result<Maybe<T>> Find<T>(string directory, string? home, FileObserver observer, Func<string, Result<Maybe<T>>> look)
        where T : notnull
    {
        for (var current = directory; current is { Length: > 0 }; current = Path.GetDirectoryName(current))
        {
            var looked = look(current);
            if (!looked.TryGet(out var found, out _) || found.HasValue)
            {
                return looked;
            }

            if (string.Equals(current, home, StringComparison.Ordinal) || observer.IsBoundary(Path.Combine(current, ".git")))
            {
                break;
            }
        }

        return Maybe<T>.None;
    }
}
