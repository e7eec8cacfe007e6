using Slipway.Core.Text;

namespace Slipway.Projects.Locks;

/// <summary>
/// Sources of this machine as a lock may hold them: relative to the lock, because an absolute path means something else, or nothing, on another machine.
/// In a requirement's line they are <c>name @ ./path</c>.
/// </summary>
internal static class PortablePath
{
    private const string Scheme = "file://";
    private const string Before = " @ ";

    /// <summary>The path from a directory to what a <c>file:</c> URL names; null for any other URL.</summary>
    public static string? Of(string? url, string directory) => url is not null && url.StartsWith(Scheme, StringComparison.Ordinal)
        ? Path.GetRelativePath(directory, FileUrl.PathOf(url))
        : null;

    /// <summary>A requirement's line with its <c>file:</c> URL relative to a directory; any other line as it is.</summary>
    public static string Relative(string line, string directory)
    {
        var at = line.IndexOf(Before + Scheme, StringComparison.Ordinal);
        if (at < 0)
        {
            return line;
        }

        var (url, rest) = Cut(line[(at + Before.Length)..]);
        var path = string.Join('/', Of(url, directory)!.Split('/').Select(Uri.EscapeDataString));
        return $"{line[..at]}{Before}{(path.StartsWith("..", StringComparison.Ordinal) ? path : $"./{path}")}{rest}";
    }

    /// <summary>The line that <see cref="Relative"/> made into the one given.</summary>
    public static string Absolute(string line, string directory)
    {
        var at = line.IndexOf(Before + ".", StringComparison.Ordinal);
        if (at < 0)
        {
            return line;
        }

        var (path, rest) = Cut(line[(at + Before.Length)..]);
        return $"{line[..at]}{Before}{FileUrl.Of(Path.GetFullPath(Uri.UnescapeDataString(path), directory))}{rest}";
    }

    // A URL in a requirement ends at a blank; a marker or hashes follow.
    private static (string Source, string Tail) Cut(string text)
    {
        var blank = text.IndexOf(' ', StringComparison.Ordinal);
        return blank < 0 ? (text, string.Empty) : (text[..blank], text[blank..]);
    }
}
