using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace Slipway.Workflows.Graphs;

/// <summary>Members of JSON objects by their names, in one order.</summary>
public static class JsonMembers
{
    /// <summary>No members.</summary>
    public static ImmutableSortedDictionary<string, JsonElement> None { get; } = ImmutableSortedDictionary.Create<string, JsonElement>(StringComparer.Ordinal);

    /// <summary>JSON's <c>null</c>.</summary>
    public static JsonElement Null { get; } = Parse("null");

    /// <summary>A text as JSON.</summary>
    public static JsonElement Of(string text) => Make(writer => writer.WriteStringValue(text));

    /// <summary>A number as JSON.</summary>
    public static JsonElement Of(double number) => Make(writer => writer.WriteNumberValue(number));

    /// <summary>A truth value as JSON.</summary>
    public static JsonElement Of(bool value) => Parse(value ? "true" : "false");

    /// <summary>What a JSON text says.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    /// <summary>What some code writes.</summary>
    public static JsonElement Make(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            write(writer);
        }

        return Parse(Encoding.UTF8.GetString(stream.GetBuffer().AsSpan(0, (int)stream.Length)));
    }
}
