namespace Slipway.Environments.Inspection;

/// <summary>Something that runs at every start of Python in the environment.</summary>
/// <param name="Kind">How.</param>
/// <param name="File">The file, relative to the root of the tree.</param>
/// <param name="Line">1-based line; 0 for a whole file.</param>
/// <param name="Text">The line; empty for a whole file. Any text at all: packages wrote it.</param>
public sealed record StartCode(StartKind Kind, string File, int Line, string Text);
