namespace Slipway.Architecture.Tests;

/// <summary>
/// Every code has its page below docs/errors, and the generated part of each is what the code says now.
/// <c>SLIPWAY_UPDATE_SNAPSHOTS=1</c> writes the pages in place of comparing.
/// </summary>
public sealed class ErrorPagesTests
{
    private const string Index = "README.md";

    private static bool Updates => string.Equals(Environment.GetEnvironmentVariable("SLIPWAY_UPDATE_SNAPSHOTS"), "1", StringComparison.Ordinal);

    [Fact]
    public void Every_code_has_a_page_that_says_what_the_code_says()
    {
        var problems = new List<string>();
        foreach (var (room, codes) in FailureCodes.ByRoom)
        {
            foreach (var code in codes)
            {
                var (path, generated) = (ErrorPages.PathOf(code), ErrorPages.Render(room, code));
                var page = File.Exists(path) ? File.ReadAllText(path) : string.Empty;
                var mark = page.IndexOf(ErrorPages.Mark, StringComparison.Ordinal);
                var byHand = mark < 0 ? string.Empty : page[(mark + ErrorPages.Mark.Length)..].TrimStart('\n');
                var expected = byHand.Length > 0 ? $"{generated}\n{byHand}" : generated;
                Compare(path, expected, page, problems);
            }
        }

        Assert.Equal(string.Empty, string.Join('\n', problems));
    }

    [Fact]
    public void Index_lists_every_code()
    {
        var path = Path.Combine(ErrorPages.Folder, Index);
        var problems = new List<string>();
        Compare(path, ErrorPages.RenderIndex(FailureCodes.ByRoom), File.Exists(path) ? File.ReadAllText(path) : string.Empty, problems);
        Assert.Equal(string.Empty, string.Join('\n', problems));
    }

    [Fact]
    public void No_page_is_left_of_a_code_that_is_gone()
    {
        var known = FailureCodes.ByRoom.SelectMany(room => room.Codes).Select(code => $"{code.Id}.md").Append(Index).ToHashSet(StringComparer.Ordinal);
        var orphans = Directory.Exists(ErrorPages.Folder)
            ? Directory.EnumerateFiles(ErrorPages.Folder).Where(path => !known.Contains(Path.GetFileName(path))).ToList()
            : [];
        if (Updates)
        {
            orphans.ForEach(File.Delete);
            return;
        }

        Assert.Equal(string.Empty, string.Join('\n', orphans.Select(SourceTree.Relative)));
    }

    private static void Compare(string path, string expected, string actual, List<string> problems)
    {
        if (string.Equals(expected, actual, StringComparison.Ordinal))
        {
            return;
        }

        if (Updates)
        {
            Directory.CreateDirectory(ErrorPages.Folder);
            File.WriteAllText(path, expected);
            return;
        }

        problems.Add($"{SourceTree.Relative(path)} {(actual.Length == 0 ? "is missing" : "is not what the code says")}; SLIPWAY_UPDATE_SNAPSHOTS=1 writes it");
    }
}
