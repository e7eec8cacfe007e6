using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Slipway.Environments.Inspection;
using Slipway.Store.Slots;

namespace Slipway.Cli.Commands.Store;

/// <summary>What <c>store inspect --json</c> prints.</summary>
internal sealed record StoreInspectDocument(
    string Schema,
    string Slot,
    ImmutableArray<StoreInspectStart> Start,
    ImmutableArray<StoreInspectStart>? OutsideStart,
    ImmutableArray<InspectedCommand> Commands,
    ImmutableArray<SourceBuild> SourceBuilds,
    ImmutableArray<DirectPackage> DirectPackages,
    ImmutableArray<string> Warnings,
    ImmutableArray<OutsideEntry> OutsideEntries,
    ImmutableArray<OutsidePath> OutsidePaths,
    ImmutableArray<string> Unreadable)
{
    // What lies outside is null for an environment that sees nothing of it.
    public static StoreInspectDocument From(StoredEnvironment environment, EnvironmentInspection found) => new(
        "slipway.store-inspect/1",
        environment.Slot.ToString(),
        [.. found.Start.Select(StoreInspectStart.From)],
        found.OutsideStart is { } outside ? [.. outside.Select(StoreInspectStart.From)] : null,
        found.Commands,
        found.SourceBuilds,
        found.DirectPackages,
        found.Warnings,
        found.OutsideEntries,
        found.OutsidePaths,
        found.Unreadable);
}

/// <summary>Something that runs at every start; <paramref name="Line"/> and <paramref name="Text"/> are null for a whole file.</summary>
internal sealed record StoreInspectStart(string Kind, string File, int? Line, string? Text)
{
    public static StoreInspectStart From(StartCode code) => code.Kind switch
    {
        StartKind.PathFileImport => new StoreInspectStart("pth-import", code.File, code.Line, code.Text),
        StartKind.StartFile => new StoreInspectStart("start-file", code.File, code.Line, code.Text),
        _ => new StoreInspectStart("customize-module", code.File, null, null),
    };
}

/// <summary>Source-generated serialisation.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(StoreInspectDocument))]
internal sealed partial class StoreInspectJson : JsonSerializerContext;
