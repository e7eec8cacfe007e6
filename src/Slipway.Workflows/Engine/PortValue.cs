using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Identity;
using Slipway.Workflows.Graphs;

namespace Slipway.Workflows.Engine;

/// <summary>Content that is kept by its digest: a picture, a recording, any file.</summary>
/// <param name="Digest">The SHA-256 of its bytes.</param>
/// <param name="Size">How many bytes.</param>
/// <param name="MediaType">For example <c>audio/wav</c>.</param>
/// <param name="Name">A file name to show and to offer; it decides nothing.</param>
public sealed record Blob(Sha256Digest Digest, long Size, string MediaType, string Name);

/// <summary>What a port carries in a run. The default value is JSON's <c>null</c>.</summary>
public readonly struct PortValue
{
    private const string BlobName = "$blob";

    private readonly JsonElement _json;
    private readonly string? _secret;

    private PortValue(JsonElement json, Blob? blob, string? secret)
    {
        _json = json;
        Blob = blob;
        _secret = secret;
    }

    /// <summary>The value as records, digests and events have it: content by its digest. A secret has none.</summary>
    /// <exception cref="InvalidOperationException">It is a secret: a defect of the caller.</exception>
    public JsonElement Json => _secret is null
        ? _json.ValueKind is JsonValueKind.Undefined ? JsonMembers.Null : _json
        : throw new InvalidOperationException("A secret is never written.");

    /// <summary>The content; null when the value is none.</summary>
    public Blob? Blob { get; }

    /// <summary>Whether it is a secret.</summary>
    public bool IsSecret => _secret is not null;

    /// <summary>A value.</summary>
    public static PortValue Of(JsonElement json) => new(json, BlobOf(json), null);

    /// <summary>A text.</summary>
    public static PortValue Of(string text) => new(JsonMembers.Of(text), null, null);

    /// <summary>A number.</summary>
    public static PortValue Of(double number) => new(JsonMembers.Of(number), null, null);

    /// <summary>A truth value.</summary>
    public static PortValue Of(bool value) => new(JsonMembers.Of(value), null, null);

    /// <summary>Content.</summary>
    public static PortValue Of(Blob blob) => new(
        JsonMembers.Make(writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartObject(BlobName);
            writer.WriteString("sha256", blob.Digest.Hex);
            writer.WriteNumber("size", blob.Size);
            writer.WriteString("media_type", blob.MediaType);
            writer.WriteString("name", blob.Name);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }),
        blob,
        null);

    /// <summary>A secret, which only the workload may see.</summary>
    public static PortValue OfSecret(string secret) => new(default, null, secret);

    /// <summary>Several values, in their order.</summary>
    public static PortValue Of(IReadOnlyList<PortValue> values) => Of(JsonMembers.Make(writer =>
    {
        writer.WriteStartArray();
        foreach (var value in values)
        {
            value.Json.WriteTo(writer);
        }

        writer.WriteEndArray();
    }));

    /// <summary>The value as text: a text itself, anything else as JSON.</summary>
    public string AsText() => _secret ?? (Json.ValueKind is JsonValueKind.String ? Json.GetString()! : Json.GetRawText());

    /// <inheritdoc/>
    public override string ToString() => IsSecret ? "(secret)" : Json.GetRawText();

    private static Blob? BlobOf(JsonElement json)
    {
        if (json.ValueKind is not JsonValueKind.Object || !json.TryGetProperty(BlobName, out var told) || told.ValueKind is not JsonValueKind.Object)
        {
            return null;
        }

        return Text(told, "sha256") is { } hex && Sha256Digest.Parse(hex).TryGet(out var digest, out _)
            && told.TryGetProperty("size", out var size) && size.TryGetInt64(out var bytes)
            ? new Blob(digest, bytes, Text(told, "media_type") ?? "application/octet-stream", Text(told, "name") ?? hex)
            : null;
    }

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}
