using System.Collections.Immutable;

namespace Slipway.Environments.Inspection;

/// <summary>A package that was built here, so its build code ran on this host.</summary>
/// <param name="Name">The package.</param>
/// <param name="Version">Its version.</param>
/// <param name="File">The source distribution.</param>
/// <param name="BuiltWith">What pip installed for the build; null when the record of it was collected.</param>
public sealed record SourceBuild(string Name, string Version, string File, ImmutableArray<string>? BuiltWith);
