using System.Collections.Immutable;

namespace Slipway.Environments.Inspection;

/// <summary>What a published environment would run, and where its code came from.</summary>
/// <param name="Start">What runs at every start.</param>
/// <param name="Commands">What runs on call.</param>
/// <param name="SourceBuilds">Packages whose build code ran here.</param>
/// <param name="DirectPackages">Packages that were named by URL.</param>
/// <param name="Warnings">Warnings of the resolution: withdrawn (yanked) releases above all.</param>
/// <param name="OutsideEntries">Lines of RECORD that lead out of the environment.</param>
/// <param name="OutsidePaths">Directories outside of the environment that <c>.pth</c> files put on <c>sys.path</c>.</param>
/// <param name="Unreadable">What should have been read for this and could not be.</param>
public sealed record EnvironmentInspection(
    ImmutableArray<StartCode> Start,
    ImmutableArray<InspectedCommand> Commands,
    ImmutableArray<SourceBuild> SourceBuilds,
    ImmutableArray<DirectPackage> DirectPackages,
    ImmutableArray<string> Warnings,
    ImmutableArray<OutsideEntry> OutsideEntries,
    ImmutableArray<OutsidePath> OutsidePaths,
    ImmutableArray<string> Unreadable)
{
    /// <summary>
    /// What also runs at every start and lies outside, in the interpreter's own directories, with absolute paths; null for an environment
    /// that sees nothing of those. It is no part of the environment: it may change at any time.
    /// </summary>
    public ImmutableArray<StartCode>? OutsideStart { get; init; }
}
