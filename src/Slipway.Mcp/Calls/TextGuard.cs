using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Cloud.SkyPilot;
using Slipway.Core.Text;
using Slipway.Mcp.Tools;

namespace Slipway.Mcp.Calls;

/// <summary>
/// The one way of text to an assistant or into the record of calls: no terminal escapes, no control characters, and no secrets: neither what looks like a token nor the value of a variable that is
/// named like one.
/// </summary>
public sealed class TextGuard
{
    private const int ShortestSecret = 8;
    private const string Masked = "***";
    private static readonly ImmutableArray<string> Names = ["TOKEN", "SECRET", "PASSWORD", "PASSWD", "PASSPHRASE", "API_KEY", "APIKEY", "ACCESS_KEY", "PRIVATE_KEY", "CREDENTIAL"];

    private readonly ImmutableArray<string> _values;

    private TextGuard(ImmutableArray<string> values) => _values = values;

    /// <summary>A guard that knows the secrets of an environment.</summary>
    /// <param name="variables">Names and values.</param>
    public static TextGuard For(IEnumerable<KeyValuePair<string, string>> variables) => new(
    [
        .. variables.Where(static pair => pair.Value.Length >= ShortestSecret && Names.Any(name => pair.Key.Contains(name, StringComparison.OrdinalIgnoreCase)))
            // The longer first: one may be a part of another.
            .Select(static pair => pair.Value).Distinct(StringComparer.Ordinal).OrderByDescending(static value => value.Length).ThenBy(static value => value, StringComparer.Ordinal),
    ]);

    /// <summary>A text, clean.</summary>
    public string Clean(string text)
    {
        var clean = SecretPatterns.Mask(UrlMask.Apply(CleanText.Plain(text)));
        foreach (var value in _values)
        {
            clean = clean.Replace(value, Masked, StringComparison.Ordinal);
        }

        return clean;
    }

    /// <summary>Text of others, clean and at most 2 KiB.</summary>
    public string Short(string text) => CleanText.Detail(Clean(text));

    /// <summary>A document with all of its texts clean, names of members too.</summary>
    public JsonElement Clean(JsonElement value) => ToolSchema.Write(writer => Members(writer, value));

    private void Members(Utf8JsonWriter writer, JsonElement value)
    {
        foreach (var member in value.EnumerateObject())
        {
            writer.WritePropertyName(Clean(member.Name));
            Value(writer, member.Value);
        }
    }

    private void Value(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                Members(writer, value);
                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    Value(writer, item);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.String:
                writer.WriteStringValue(Clean(value.GetString()!));
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }
}
