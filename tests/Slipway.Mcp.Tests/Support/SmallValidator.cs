using System.Text.Json;

namespace Slipway.Mcp.Tests.Support;

/// <summary>The part of JSON schema (2020-12) that the tools use.</summary>
internal static class SmallValidator
{
    private static readonly string[] Keywords = ["type", "properties", "required", "additionalProperties", "items", "enum", "pattern", "minimum", "maximum", "maxLength", "maxItems", "default", "description", "anyOf"];

    /// <summary>What is wrong with a schema itself.</summary>
    public static IEnumerable<string> CheckSchema(JsonElement schema, string at = "")
    {
        foreach (var member in schema.EnumerateObject().Where(member => !Keywords.Contains(member.Name)))
        {
            yield return $"{at}: {member.Name} is not known";
        }

        if (schema.TryGetProperty("properties", out var properties))
        {
            foreach (var wrong in properties.EnumerateObject().SelectMany(member => CheckSchema(member.Value, $"{at}/{member.Name}")))
            {
                yield return wrong;
            }
        }

        if (schema.TryGetProperty("required", out var required))
        {
            foreach (var name in required.EnumerateArray().Where(name => !schema.GetProperty("properties").TryGetProperty(name.GetString()!, out _)))
            {
                yield return $"{at}: {name} is required and not there";
            }
        }
    }

    /// <summary>Where a value is not as a schema says.</summary>
    public static IEnumerable<string> Check(JsonElement schema, JsonElement value, string at = "")
    {
        if (schema.TryGetProperty("type", out var type) && !Types(type).Any(one => Is(one, value)))
        {
            yield return $"{at} is {value.ValueKind}, not {type}";
            yield break;
        }

        if (value.ValueKind is not JsonValueKind.Object)
        {
            yield break;
        }

        if (schema.TryGetProperty("anyOf", out var ways) && ways.EnumerateArray().All(way => Check(way, value, at).Any()))
        {
            yield return $"{at} is neither an answer nor an error: {value}";
        }

        foreach (var name in schema.TryGetProperty("required", out var required) ? required.EnumerateArray().Where(name => !value.TryGetProperty(name.GetString()!, out _)) : [])
        {
            yield return $"{at}/{name} is missing";
        }

        foreach (var member in schema.TryGetProperty("properties", out var properties) ? properties.EnumerateObject() : default)
        {
            foreach (var wrong in value.TryGetProperty(member.Name, out var found) ? Check(member.Value, found, $"{at}/{member.Name}") : [])
            {
                yield return wrong;
            }
        }
    }

    private static IEnumerable<string> Types(JsonElement type) => type.ValueKind is JsonValueKind.Array ? type.EnumerateArray().Select(static one => one.GetString()!) : [type.GetString()!];

    private static bool Is(string type, JsonElement value) => type switch
    {
        "object" => value.ValueKind is JsonValueKind.Object,
        "array" => value.ValueKind is JsonValueKind.Array,
        "string" => value.ValueKind is JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "integer" => value.ValueKind is JsonValueKind.Number && value.TryGetInt64(out _),
        "null" => value.ValueKind is JsonValueKind.Null,
        _ => false,
    };
}
