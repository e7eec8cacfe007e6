using Slipway.Workflows.Caching;

namespace Slipway.Workflows.Engine;

/// <summary>Where a run finds and leaves things.</summary>
/// <param name="WorkflowFolder">The directory of the workflow's file: what relative paths in it are relative to.</param>
/// <param name="Blobs">Where content is kept.</param>
public sealed record RunPlace(string WorkflowFolder, BlobStore Blobs);
