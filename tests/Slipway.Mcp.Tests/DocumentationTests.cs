using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Slipway.Mcp.Tools;

namespace Slipway.Mcp.Tests;

public sealed partial class DocumentationTests
{
    [Fact]
    public void The_page_has_the_tools_in_their_order_with_their_effects() =>
        Assert.Equal(
            ToolCatalogue.All.Select(static tool => (tool.Name, tool.Effect.ToString().ToLowerInvariant())),
            Row().Matches(File.ReadAllText(Page())).Select(static match => (match.Groups["name"].Value, match.Groups["effect"].Value)));

    private static string Page([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "docs", "mcp.md");

    [GeneratedRegex(@"^\| `(?<name>\w+)` \| [^|]+ \| (?<effect>\w+) \|$", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Row();
}
