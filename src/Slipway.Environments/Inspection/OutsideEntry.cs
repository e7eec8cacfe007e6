namespace Slipway.Environments.Inspection;

/// <summary>A line of a distribution's RECORD that names something outside of the environment.</summary>
/// <param name="Record">The RECORD, relative to the root of the tree.</param>
/// <param name="Line">1-based line.</param>
/// <param name="Path">The path as it is written there.</param>
public sealed record OutsideEntry(string Record, int Line, string Path);
