using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Workflows.Engine;

namespace Slipway.Workflows.Runs;

/// <summary>Outputs as JSON: an object of ports. A secret is left out, so whoever reads them knows that something is missing.</summary>
internal static class OutputsJson
{
    /// <summary>The bytes of some outputs.</summary>
    public static byte[] Write(NodeOutputs outputs)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            Write(writer, outputs);
        }

        return stream.ToArray();
    }

    /// <summary>Writes some outputs.</summary>
    public static void Write(Utf8JsonWriter writer, NodeOutputs outputs)
    {
        writer.WriteStartObject();
        foreach (var (port, value) in outputs.Values.Where(static output => !output.Value.IsSecret))
        {
            writer.WritePropertyName(port);
            value.Json.WriteTo(writer);
        }

        writer.WriteEndObject();
    }

    /// <summary>The outputs that some bytes are; null when they are none.</summary>
    public static NodeOutputs? Read(ReadOnlyMemory<byte> bytes)
    {
        using var document = JsonDocument.Parse(bytes);
        return document.RootElement.ValueKind is JsonValueKind.Object ? Of(document.RootElement) : null;
    }

    /// <summary>The outputs that an object is.</summary>
    public static NodeOutputs Of(JsonElement json) => new(json.EnumerateObject()
        .ToImmutableSortedDictionary(static member => member.Name, static member => PortValue.Of(member.Value.Clone()), StringComparer.Ordinal));
}
