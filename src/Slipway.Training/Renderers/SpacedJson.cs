using System.Buffers;
using System.Text;
using System.Text.Json;
using Slipway.Core.Text;

namespace Slipway.Training.Renderers;

/// <summary>JSON as models saw it in training: on one line, with a blank after each comma and colon, and letters of all scripts as they are.</summary>
internal static class SpacedJson
{
    /// <summary>What a text says; null when it is no JSON.</summary>
    internal static JsonElement? Parse(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            _ = Text(document.RootElement);
            return document.RootElement.Clone();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>The text of a JSON string; null when it is none, or escapes half of a surrogate pair, which is no text.</summary>
    internal static string? String(JsonElement value)
    {
        try
        {
            return value.ValueKind is JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>A text as a JSON string.</summary>
    internal static string Quote(string text)
    {
        var buffer = new ArrayBufferWriter<byte>();
        CanonicalJson.WriteString(text, buffer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>A value as text; members keep their order, numbers their digits.</summary>
    internal static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => $"{{{string.Join(", ", value.EnumerateObject().Select(static member => $"{Quote(member.Name)}: {Text(member.Value)}"))}}}",
        JsonValueKind.Array => $"[{string.Join(", ", value.EnumerateArray().Select(Text))}]",
        JsonValueKind.String => Quote(value.GetString()!),
        _ => value.GetRawText(),
    };
}
