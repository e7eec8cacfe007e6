using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;

namespace Slipway.Workflows.Types;

/// <summary>What a port carries, and what it may be connected to. A user's library may add types of its own.</summary>
/// <param name="Id">The name in files and lists.</param>
public sealed record PortType(string Id)
{
    /// <summary>Anything.</summary>
    public static readonly PortType Any = new("any") { Accepts = static _ => null };

    /// <summary>Text.</summary>
    public static readonly PortType Text = new("string") { Accepts = static value => Is(value, JsonValueKind.String, "a text") };

    /// <summary>Text that is meant for a model.</summary>
    public static readonly PortType Prompt = new("prompt") { Accepts = Text.Accepts };

    /// <summary>A number.</summary>
    public static readonly PortType Number = new("number") { Accepts = static value => Is(value, JsonValueKind.Number, "a number") };

    /// <summary>True or false.</summary>
    public static readonly PortType Boolean = new("boolean")
    {
        Accepts = static value => value.ValueKind is JsonValueKind.True or JsonValueKind.False ? null : "true or false",
    };

    /// <summary>Any JSON value.</summary>
    public static readonly PortType Json = new("json") { Accepts = static _ => null };

    /// <summary>A file: in a workflow's file its path, relative to that file; in a run its content.</summary>
    public static readonly PortType File = new("file") { Accepts = Text.Accepts, IsFile = true };

    /// <summary>A picture.</summary>
    public static readonly PortType Image = new("image") { Accepts = Text.Accepts, IsFile = true };

    /// <summary>A recording.</summary>
    public static readonly PortType Audio = new("audio") { Accepts = Text.Accepts, IsFile = true };

    /// <summary>Bits of an output while it is made.</summary>
    public static readonly PortType Stream = new("stream") { Accepts = static _ => null };

    /// <summary>Bits of a recording while it is made.</summary>
    public static readonly PortType AudioStream = new("audio_stream") { Accepts = static _ => null };

    /// <summary>A value that is in no file, record or event; a file names the variable that holds it.</summary>
    public static readonly PortType Secret = new("secret") { Accepts = Text.Accepts };

    /// <summary>What a workload needs: the contract <c>DependencyRequirements</c>.</summary>
    public static readonly PortType Requirements = new("dependency_requirements") { Accepts = static value => Is(value, JsonValueKind.Object, "an object") };

    /// <summary>An environment: the contract <c>EnvironmentRef</c>.</summary>
    public static readonly PortType Environment = new("environment_ref") { Accepts = static value => Is(value, JsonValueKind.Object, "an object") };

    private static readonly FrozenSet<(string From, string To)> Fitting = new (PortType From, PortType To)[]
    {
        (Prompt, Text), (Text, Prompt), (AudioStream, Stream), (Stream, AudioStream),
        (Json, Text), (Number, Text), (Boolean, Text), (Number, Prompt), (Boolean, Prompt), (Json, Prompt),
        (Text, Json), (Prompt, Json), (Number, Json), (Boolean, Json),
        (Requirements, Json), (Json, Requirements), (Environment, Json), (Json, Environment),
        (Image, File), (Audio, File), (File, Image), (File, Audio),
    }.Select(static pair => (pair.From.Id, pair.To.Id)).ToFrozenSet();

    /// <summary>All types that come with Slipway.</summary>
    public static ImmutableArray<PortType> All { get; } =
        [Any, Text, Prompt, Number, Boolean, Json, File, Image, Audio, Stream, AudioStream, Secret, Requirements, Environment];

    /// <summary>What is expected where a value of a file does not fit; null where it fits.</summary>
    public required Func<JsonElement, string?> Accepts { get; init; }

    /// <summary>Whether the value in a workflow's file is a path.</summary>
    public bool IsFile { get; init; }

    /// <summary>Whether an output of this type may lead to an input of another one. A secret goes to secrets only: anything else might show it.</summary>
    public bool Fits(PortType input) => (this, input) switch
    {
        _ when string.Equals(Id, input.Id, StringComparison.Ordinal) => true,
        _ when Id == Secret.Id || input.Id == Secret.Id => false,
        _ => Id == Any.Id || input.Id == Any.Id || Fitting.Contains((Id, input.Id)),
    };

    /// <inheritdoc/>
    public bool Equals(PortType? other) => other is not null && string.Equals(Id, other.Id, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Id);

    /// <inheritdoc/>
    public override string ToString() => Id;

    private static string? Is(JsonElement value, JsonValueKind kind, string words) => value.ValueKind == kind ? null : words;
}
