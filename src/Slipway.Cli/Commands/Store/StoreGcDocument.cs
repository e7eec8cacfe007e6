using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Slipway.Store.Collection;

namespace Slipway.Cli.Commands.Store;

/// <summary>What <c>store gc --json</c> prints.</summary>
internal sealed record StoreGcDocument(
    string Schema, bool DryRun, long FreedBytes, long? RemainingBytes, long? MaxBytes, ImmutableArray<StoreGcEntry> Entries)
{
    public static StoreGcDocument From(CollectionPolicy policy, CollectionReport report) => new(
        "slipway.store-gc/1", policy.DryRun, report.FreedBytes, report.RemainingBytes, policy.MaxBytes, [.. report.Entries.Select(StoreGcEntry.From)]);
}

/// <summary>One thing.</summary>
internal sealed record StoreGcEntry(string Name, string Title, long Bytes, long SharedBytes, bool Removed, string? KeptBecause)
{
    public static StoreGcEntry From(CollectionEntry entry) => new(entry.Name, entry.Title, entry.Bytes, entry.SharedBytes, entry.Removed, entry.KeptBecause);
}

/// <summary>Source-generated serialisation.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(StoreGcDocument))]
internal sealed partial class StoreGcJson : JsonSerializerContext;
