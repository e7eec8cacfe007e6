using Slipway.Core.Failures;

namespace Slipway.Core.Toml;

/// <summary>Reads documents of TOML 1.0.</summary>
public static class TomlReader
{
    /// <summary>How deep tables and arrays may be nested.</summary>
    public const int DeepestNesting = 256;

    /// <summary>Parses a document.</summary>
    /// <param name="text">The whole text; a byte-order mark is accepted.</param>
    /// <param name="sourceName">The document's name for messages.</param>
    /// <returns>The root table, or <see cref="CoreFailures.TomlInvalid"/> with line, column and the line's text.</returns>
    public static Result<TomlTable> Parse(string text, string sourceName)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(sourceName);
        return Parse(text, new TomlPlaces(text, sourceName, static line => line));
    }

    internal static Result<TomlTable> Parse(string text, TomlPlaces places) => new TomlParser(new TomlScanner(text, places)).Parse();
}
