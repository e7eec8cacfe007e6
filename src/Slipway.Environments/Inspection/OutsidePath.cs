namespace Slipway.Environments.Inspection;

/// <summary>A line of a <c>.pth</c> file that puts a directory outside of the environment on <c>sys.path</c>.</summary>
/// <param name="File">The file, relative to the root of the tree.</param>
/// <param name="Line">1-based line.</param>
/// <param name="Path">The directory as it is written there.</param>
public sealed record OutsidePath(string File, int Line, string Path);
