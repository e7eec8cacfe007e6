using System.Text;
using Slipway.Machines.Files;
using Slipway.Machines.Posix;

namespace Slipway.Environments.Inspection;

/// <summary>One <c>site-packages</c> of a tree, read as text: what packages wrote there may be any bytes.</summary>
/// <param name="Root">The absolute path of the tree.</param>
/// <param name="Folder">The folder, relative to the root.</param>
internal sealed record SiteFolder(string Root, string Folder)
{
    private const long MaxBytes = 64 * 1024 * 1024;

    /// <summary>The absolute path.</summary>
    public string Path => $"{Root}/{Folder}";

    /// <summary>Every <c>site-packages</c> of a virtual environment; links (<c>lib64</c>) are not followed.</summary>
    public static IEnumerable<SiteFolder> Of(string root) =>
        from library in (string[])["lib", "lib64"]
        where LocalPaths.StatusOf($"{root}/{library}").Kind is Machines.FileKind.Directory
        from python in Names($"{root}/{library}", "python*")
        let folder = $"{library}/{python}/site-packages"
        where Directory.Exists($"{root}/{folder}")
        select new SiteFolder(root, folder);

    /// <summary>A directory anywhere, as a folder of the whole file system.</summary>
    /// <param name="path">Its absolute path.</param>
    public static SiteFolder At(string path) => new(string.Empty, path.TrimStart('/'));

    /// <summary>The names in the folder that fit a pattern, in byte order.</summary>
    public IEnumerable<string> Names(string pattern) => Names(Path, pattern);

    /// <summary>The lines of a file; null when it cannot be read or is larger than such a file ever is.</summary>
    /// <param name="name">Relative to the folder.</param>
    public string[]? Lines(string name)
    {
        var path = $"{Path}/{name}";

        // Not followed: what a link names may lie anywhere.
        if (LocalPaths.StatusOf(path).Kind is not Machines.FileKind.File || !LocalFiles.Read(path, MaxBytes).TryGet(out var bytes, out _))
        {
            return null;
        }

        var text = PosixText.Decode(bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? bytes.AsSpan(Encoding.UTF8.Preamble.Length) : bytes);
        return text.Split(["\r\n", "\n", "\r"], StringSplitOptions.None);
    }

    /// <summary>
    /// Whether a path that something in this folder names lies in the tree. Pure: links are not resolved. A path with a NUL names
    /// nothing on any system, so it lies outside.
    /// </summary>
    public bool IsInside(string path)
    {
        var full = path.StartsWith('/') ? path : $"{Path}/{path}";
        return !full.Contains('\0', StringComparison.Ordinal) && System.IO.Path.GetFullPath(full).StartsWith($"{Root}/", StringComparison.Ordinal);
    }

    private static IEnumerable<string> Names(string folder, string pattern) => Directory.Exists(folder)
        ? Directory.EnumerateFileSystemEntries(folder, pattern).Select(path => System.IO.Path.GetFileName(path)).Order(StringComparer.Ordinal)
        : [];
}
