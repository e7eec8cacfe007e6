namespace Slipway.Mcp.Tests.Support;

/// <summary>Compares lists of texts, and shows both where they differ.</summary>
internal static class Lists
{
    public static void Same(IEnumerable<string?> expected, IEnumerable<string?> actual) => Assert.Equal(string.Join('\n', expected), string.Join('\n', actual));

    public static void Has(string expected, IEnumerable<string> lines) => Assert.Contains(lines, line => string.Equals(line, expected, StringComparison.Ordinal));
}
