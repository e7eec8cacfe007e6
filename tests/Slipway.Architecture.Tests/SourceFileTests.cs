using System.Text.RegularExpressions;

namespace Slipway.Architecture.Tests;

public sealed partial class SourceFileTests
{
    private const int MostLines = 400;

    [Fact]
    public void Files_have_at_most_400_lines() =>
        Assert.Empty(SourceTree.CSharpFiles()
            .Where(path => File.ReadLines(path).Count() > MostLines)
            .Select(SourceTree.Relative));

    [Fact]
    public void Warnings_are_not_silenced_in_code() =>
        Assert.Empty(SourceTree.CSharpFiles()
            .Where(path => Pragma().IsMatch(File.ReadAllText(path)))
            .Select(SourceTree.Relative));

    [Fact]
    public void Suppressed_messages_are_justified()
    {
        var bare = SourceTree.CSharpFiles()
            .SelectMany(path => Suppression().Matches(File.ReadAllText(path))
                .Where(match => !Justification().IsMatch(match.Value))
                .Select(match => $"{SourceTree.Relative(path)}: {match.Value}"));
        Assert.Equal(string.Empty, string.Join('\n', bare));
    }

    [Fact]
    public void Namespaces_are_the_folders()
    {
        // Projection is found before System.Linq's only from the namespace that encloses all rooms.
        var src = Directory.EnumerateFiles(SourceTree.Src, "*.cs", SearchOption.AllDirectories).Where(static path => Path.GetFileName(path) is not "Projection.cs");
        var wrong = src.Where(path => Namespace().Match(File.ReadAllText(path)) is { Success: true } match
            && !string.Equals(match.Groups["name"].Value, NamespaceOf(path), StringComparison.Ordinal));
        Assert.Equal(string.Empty, string.Join(' ', wrong.Select(SourceTree.Relative)));
    }

    [Fact]
    public void Rooms_have_a_readme()
    {
        var missing = Rooms.Folders.Where(room => !File.Exists(Path.Combine(SourceTree.Src, room, "README.md")));
        Assert.Equal(string.Empty, string.Join(' ', missing));
    }

    private static string NamespaceOf(string path) =>
        Path.GetRelativePath(SourceTree.Src, Path.GetDirectoryName(path)!).Replace('/', '.');

    [GeneratedRegex(@"^\s*#\s*pragma\b", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Pragma();

    [GeneratedRegex(@"\[(assembly:\s*)?(Unconditional)?SuppressMessage\(.*?\)\]", RegexOptions.Singleline | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Suppression();

    [GeneratedRegex("Justification\\s*=\\s*\"[^\"]{10,}\"", RegexOptions.CultureInvariant)]
    private static partial Regex Justification();

    [GeneratedRegex(@"^namespace (?<name>[\w.]+);", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Namespace();
}
