using System.Collections.Immutable;
using Slipway.Workflows.Caching;

namespace Slipway.Workflows.Engine;

/// <summary>Where a run finds and leaves things.</summary>
/// <param name="WorkflowFolder">The directory of the workflow's file: what relative paths in it are relative to.</param>
/// <param name="Blobs">Where content is kept.</param>
public sealed record RunPlace(string WorkflowFolder, BlobStore Blobs)
{
    /// <summary>The absolute path of the workflow's file; null when it comes from no file.</summary>
    public string? WorkflowFile { get; init; }

    /// <summary>The absolute directory in which the run leaves files for people; null when it has none.</summary>
    public string? OutputFolder { get; init; }

    /// <summary>The files of the workflows whose nodes run this one, the outermost first.</summary>
    internal ImmutableArray<string> Callers { get; init; } = [];

    /// <summary>What runs it, so that a node can run another workflow in the same way; set by the engine.</summary>
    internal WorkflowEngine? Engine { get; init; }

    /// <summary>Whether outputs that were kept may be used; set by the engine.</summary>
    internal bool UsesCache { get; init; }
}
