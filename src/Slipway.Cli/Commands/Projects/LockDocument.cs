using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Slipway.Projects.Locks;
using Slipway.Projects.UseCases;

namespace Slipway.Cli.Commands.Projects;

/// <summary>What <c>lock --json</c> prints.</summary>
internal sealed record LockListDocument(string Schema, ImmutableArray<LockEntry> Locks);

/// <summary>One lock.</summary>
/// <param name="Environment">Whose.</param>
/// <param name="Path">The file.</param>
/// <param name="State">written, unchanged; with <c>--check</c> used, missing, out_of_date, foreign.</param>
/// <param name="Reason">What is different, for people; null for nothing.</param>
internal sealed record LockEntry(string Environment, string Path, string State, string? Reason)
{
    /// <summary>With <c>--check</c>, what declares the environment; else null.</summary>
    public string? Declaration { get; init; }

    /// <summary>What is different from before; null with <c>--check</c>, which resolves nothing.</summary>
    public LockChanges? Changes { get; init; }

    /// <summary>What the lock was made for before, where it is for something else now; null where it is not.</summary>
    public string? WasFor { get; init; }

    public static LockEntry From(CheckedLock found) => new(found.Name.ToString(), found.Path, Words.Of(found.Standing), found.Reason) { Declaration = found.Declaration };

    public static LockEntry From(WrittenLock done) =>
        new(done.Name.ToString(), done.Path, done.IsChanged ? "written" : "unchanged", null) { Changes = done.Changes, WasFor = done.WasFor };
}

/// <summary>Source-generated serialisation.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(LockListDocument))]
internal sealed partial class LockJson : JsonSerializerContext;
