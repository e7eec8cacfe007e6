using System.Collections.Immutable;

namespace Slipway.Core.Pyproject;

/// <summary>The <c>[build-system]</c> of a <c>pyproject.toml</c> (PEP 517), as far as its backend lies in the project's own tree.</summary>
/// <param name="Module">The first part of the backend's module name: <c>hatchling</c>; null when none is named.</param>
/// <param name="Paths">The directories of the tree that the backend is imported from, relative to the project, as written.</param>
public sealed record BuildSystem(string? Module, ImmutableArray<string> Paths);
