using System.Text.Json;

namespace Slipway.Cloud.SkyPilot;

/// <summary>Reads fields that may be absent, null or of another type: a server of another version is no defect of ours.</summary>
internal static class SkyJson
{
    public static JsonElement? Parse(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The value inside a text that is JSON itself; null where it is absent, not JSON, or <c>null</c>.</summary>
    public static JsonElement? Inner(this JsonElement json, string name) =>
        json.Text(name) is { } text && Parse(System.Text.Encoding.UTF8.GetBytes(text)) is { ValueKind: not JsonValueKind.Null } value ? value : null;

    public static string? Text(this JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public static double? Number(this JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) ? value.Number() : null;

    public static double? Number(this JsonElement value) => value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number) ? number : null;

    public static decimal? Money(this JsonElement value) => value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var number) ? number : null;

    public static long? Whole(this JsonElement json, string name) => json.Number(name) is { } number && Math.Abs(number) < 9e15 ? (long)number : null;

    public static bool? Flag(this JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : null;

    /// <summary>Seconds since 1970, in UTC.</summary>
    public static DateTimeOffset? Instant(this JsonElement json, string name) =>
        json.Number(name) is > 0 and < 250_000_000_000 and var seconds ? DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000)) : null;

    /// <summary>The texts of a field that maps names to texts.</summary>
    public static IReadOnlyDictionary<string, string> Texts(this JsonElement json, string name)
    {
        var texts = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var map) && map.ValueKind == JsonValueKind.Object)
        {
            foreach (var entry in map.EnumerateObject())
            {
                texts[entry.Name] = entry.Value.ToString();
            }
        }

        return texts;
    }
}
