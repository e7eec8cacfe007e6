using Slipway.Core.Scripts;

namespace Slipway.Projects.Discovery;

/// <summary>A script's own metadata (PEP 723).</summary>
/// <param name="Path">The script.</param>
/// <param name="Metadata">What its block says.</param>
internal sealed record OwnMetadata(string Path, ScriptMetadata Metadata);
