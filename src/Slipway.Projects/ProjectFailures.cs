using Slipway.Core.Failures;

namespace Slipway.Projects;

/// <summary>The coded failures of reading what a project or script declares.</summary>
public static class ProjectFailures
{
    /// <summary>A named file does not exist or cannot be read.</summary>
    public static readonly FailureCode UnreadableFile = new(
        "PRJ0101", ExitCode.NotFound, "A file that was named cannot be read.", "Check the path.");

    /// <summary>Requirement files include each other in a circle.</summary>
    public static readonly FailureCode IncludeCycle = new(
        "PRJ0102", ExitCode.BadData, "Requirement files include each other in a circle.", "Remove one of the includes.");

    /// <summary>A script declares an unknown setting.</summary>
    public static readonly FailureCode UnknownSetting = new(
        "PRJ0103", ExitCode.BadData, "A [tool.slipway] table has an unknown or malformed setting.", "The settings are: python, backend, index-url, find-links.");
}
