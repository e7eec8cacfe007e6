using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Slipway.TinkerApi.Http;

/// <summary>How this server writes JSON.</summary>
internal static class Json
{
    private static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static byte[] Bytes(JsonNode body) => JsonSerializer.SerializeToUtf8Bytes(body, Options);

    /// <summary>A number with nine digits, which give every float32 back as it was; null for what is no number.</summary>
    internal static JsonNode? Number(float value) =>
        float.IsFinite(value) ? JsonNode.Parse(value.ToString("G9", CultureInfo.InvariantCulture)) : null;

    /// <summary>A row of numbers.</summary>
    internal static JsonArray Row(ReadOnlySpan<float> values)
    {
        var row = new JsonArray();
        foreach (var value in values)
        {
            row.Add(Number(value));
        }

        return row;
    }

    /// <inheritdoc cref="Row(ReadOnlySpan{float})"/>
    internal static JsonArray Row(ReadOnlySpan<long> values)
    {
        var row = new JsonArray();
        foreach (var value in values)
        {
            row.Add(JsonValue.Create(value));
        }

        return row;
    }
}
