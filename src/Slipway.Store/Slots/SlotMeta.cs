using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Machines.Processes;
using Slipway.Machines.Programs;

namespace Slipway.Store.Slots;

/// <summary>
/// The content of <c>meta.json</c>: written once, moved in last, and by its presence the proof that the slot is
/// published. All of it is known before a build starts, so that any host can write it as one step.
/// </summary>
public sealed record SlotMeta
{
    /// <summary>The schema that this code writes and reads.</summary>
    public const string CurrentSchema = "slipway.environment/1";

    /// <summary>The document's schema.</summary>
    public string Schema { get; init; } = CurrentSchema;

    /// <summary>The slot.</summary>
    public required string Slot { get; init; }

    /// <summary>The environment key.</summary>
    public required string EnvironmentKey { get; init; }

    /// <summary>The lock digest.</summary>
    public required string LockDigest { get; init; }

    /// <summary>A few words for lists: the first packages.</summary>
    public required string Title { get; init; }

    /// <summary>What built the tree.</summary>
    public required string Provisioner { get; init; }

    /// <summary>When the build began (UTC).</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The program and version that built it.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>Every input of the environment key and of the slot, in readable form.</summary>
    public required ImmutableArray<SlotInput> Inputs { get; init; }

    /// <summary>Warnings of the build, shown again when the environment is reused.</summary>
    public ImmutableArray<string> Warnings { get; init; } = [];

    /// <summary>The main program of the environment: relative to its root, or absolute when it lies outside the store.</summary>
    public required string Executable { get; init; }

    /// <summary>What running in the environment changes about a process's variables.</summary>
    public required SlotActivation Activation { get; init; }

    /// <summary>The absolute directory of the project that the environment is private to, and useless without; null for one that anybody may share.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Project { get; init; }

    /// <summary>Whether what the slot names can change under it.</summary>
    public bool Mutable { get; init; }

    /// <summary>The whole lock, enough to build the tree again.</summary>
    public required string Lock { get; init; }

    /// <summary>The bytes of <c>meta.json</c>.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, SlotMetaJson.Default.SlotMeta);

    /// <summary>The parts of <c>meta.json</c> around an activation block that a file will hold.</summary>
    /// <param name="activation">The absolute path of the file.</param>
    public ImmutableArray<FilePart> ToParts(string activation)
    {
        var bytes = ToBytes();
        var reader = new Utf8JsonReader(bytes);
        while (reader.Read())
        {
            if (reader.CurrentDepth == 1 && reader.TokenType is JsonTokenType.PropertyName && reader.ValueTextEquals("activation"))
            {
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                return [FilePart.Of(bytes.AsMemory(0, start)), FilePart.From(activation), FilePart.Of(bytes.AsMemory((int)reader.BytesConsumed))];
            }
        }

        throw new InvalidOperationException("The record has no activation block.");
    }

    /// <summary>Reads <c>meta.json</c>.</summary>
    /// <param name="bytes">Its content.</param>
    /// <param name="path">Its path, for messages.</param>
    public static Result<SlotMeta> Read(ReadOnlySpan<byte> bytes, string path)
    {
        try
        {
            // The schema alone first: a later one need not have the fields that this one demands.
            var head = JsonSerializer.Deserialize(bytes, SlotMetaJson.Default.SlotMetaHead);
            if (head is not { Schema: CurrentSchema })
            {
                return new Failure(StoreFailures.UnreadableRecord, $"{path} has the schema '{head?.Schema}', not '{CurrentSchema}'.");
            }

            // Where the document lacks an optional field, the generated reader sets its type's default value.
            var meta = JsonSerializer.Deserialize(bytes, SlotMetaJson.Default.SlotMeta)!;
            return meta.Warnings.IsDefault ? meta with { Warnings = [] } : meta;
        }
        catch (JsonException exception)
        {
            var place = exception.LineNumber is { } line ? $" (line {line + 1})" : string.Empty;
            return new Failure(StoreFailures.UnreadableRecord, $"{path} is not a valid record{place}: {FirstSentence(exception.Message)}");
        }
    }

    // The rest repeats path and position in the serializer's own words.
    private static string FirstSentence(string message)
    {
        var end = message.IndexOf(". Path:", StringComparison.Ordinal);
        return end < 0 ? message : message[..(end + 1)];
    }
}

/// <summary>What all versions of the record have in common.</summary>
/// <param name="Schema">The schema.</param>
internal sealed record SlotMetaHead(string? Schema);

/// <summary>One readable input.</summary>
/// <param name="Name">The field.</param>
/// <param name="Value">Its canonical text.</param>
public sealed record SlotInput(string Name, string Value)
{
    /// <summary>The input as a field of an identity.</summary>
    public CanonicalField ToField() => new(Name, Value);

    /// <summary>The fields of an identity as inputs.</summary>
    public static ImmutableArray<SlotInput> From(IEnumerable<CanonicalField> fields) =>
        [.. fields.Select(field => new SlotInput(field.Name, field.Value))];
}

/// <summary>The activation block; paths in it are absolute.</summary>
/// <param name="Set">Variables that get a value.</param>
/// <param name="Prepend">Variables that get text and a colon before their value.</param>
/// <param name="Unset">Variables that are removed.</param>
public sealed record SlotActivation(
    ImmutableSortedDictionary<string, string> Set,
    ImmutableSortedDictionary<string, string> Prepend,
    ImmutableSortedSet<string> Unset)
{
    /// <summary>The block as changes to a process's environment.</summary>
    public EnvironmentChanges ToChanges() => new(Set, Prepend, Unset);

    /// <summary>Changes to a process's environment as a block.</summary>
    public static SlotActivation From(EnvironmentChanges changes) => new(changes.Set, changes.Prepend, changes.Unset);
}

/// <summary>Source-generated serialisation of <see cref="SlotMeta"/>.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, WriteIndented = true)]
[JsonSerializable(typeof(SlotMeta))]
[JsonSerializable(typeof(SlotMetaHead))]
internal sealed partial class SlotMetaJson : JsonSerializerContext;
