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

    /// <summary>A file of declarations is not text.</summary>
    public static readonly FailureCode NotText = new(
        "PRJ0104", ExitCode.BadData, "A file of declarations is not UTF-8 text.", "Save the file as UTF-8.");

    /// <summary>A .python-version file names no interpreter.</summary>
    public static readonly FailureCode MalformedPin = new(
        "PRJ0105", ExitCode.BadData, "A .python-version file names no Python.", "Write one version such as 3.12 on its first line, or `system`.");

    /// <summary>A script declares an unknown setting.</summary>
    public static readonly FailureCode UnknownSetting = new(
        "PRJ0103", ExitCode.BadData, "A [tool.slipway] table has an unknown or malformed setting.", "The settings are: python, backend, index-url, find-links.");
}
