using System.Collections.Immutable;
using Slipway.Projects.Backends;
using Slipway.Projects.Layout;
using Slipway.Projects.Naming;

namespace Slipway.Projects.UseCases;

/// <summary>What became of a file.</summary>
public enum FileOutcome
{
    /// <summary>It was not there.</summary>
    Created,

    /// <summary>It says something else now.</summary>
    Changed,

    /// <summary>It was right already.</summary>
    Unchanged,

    /// <summary>It is the user's, and stays as it is.</summary>
    Kept,
}

/// <summary>A file that <c>init</c> looked after.</summary>
/// <param name="Name">Relative to the project.</param>
/// <param name="Outcome">What became of it.</param>
public sealed record InitFile(string Name, FileOutcome Outcome);

/// <summary>A project as <c>init</c> left it, before anything is built.</summary>
/// <param name="Project">The project, read anew.</param>
/// <param name="Environment">The environment that it is about.</param>
/// <param name="Backend">What builds it, and why.</param>
/// <param name="Files">The files that it looked after.</param>
public sealed record InitReport(Project Project, EnvironmentName Environment, BackendChoice Backend, ImmutableArray<InitFile> Files)
{
    /// <summary>Whether every file was right already.</summary>
    public bool IsReplay => Files.All(static file => file.Outcome is FileOutcome.Unchanged or FileOutcome.Kept);
}
