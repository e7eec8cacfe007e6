using System.Runtime.CompilerServices;

namespace Slipway.Architecture.Tests;

/// <summary>The repository's own files, found from this source file.</summary>
internal static class SourceTree
{
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "..", ".."));

    public static string Src => Path.Combine(Root, "src");

    /// <summary>All C# files that people write, below src and tests.</summary>
    public static IEnumerable<string> CSharpFiles() =>
        new[] { Src, Path.Combine(Root, "tests") }.SelectMany(folder => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories));

    public static string Relative(string path) => Path.GetRelativePath(Root, path);

    private static string Here([CallerFilePath] string path = "") => path;
}
