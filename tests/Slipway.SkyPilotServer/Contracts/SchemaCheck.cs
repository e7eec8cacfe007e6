using System.Text.Json;
using System.Text.Json.Nodes;

namespace Slipway.SkyPilotApi.Contracts;

/// <summary>A place in a body that its schema does not allow, in the words of the real server.</summary>
/// <param name="Type">The kind: <c>missing</c>, <c>enum</c>, <c>string_type</c> and the like.</param>
/// <param name="Place">The path of the place below the body.</param>
/// <param name="Message">What is expected.</param>
/// <param name="Input">What is there; for a missing field, what it is missing from.</param>
/// <param name="Expected">The choices of an enumeration.</param>
internal sealed record SchemaError(string Type, IReadOnlyList<string> Place, string Message, JsonNode? Input, string? Expected = null)
{
    /// <summary>As an entry of a 422 answer, which echoes what was sent.</summary>
    internal JsonObject ToJson(string root)
    {
        var json = new JsonObject { ["type"] = Type, ["loc"] = new JsonArray([root, .. Place.Select(static part => (JsonNode)part)]), ["msg"] = Message, ["input"] = Input?.DeepClone() };
        if (Expected is not null)
        {
            json["ctx"] = new JsonObject { ["expected"] = Expected };
        }

        return json;
    }
}

/// <summary>Checks a value against the part of JSON Schema that the server's description uses: $ref, type, required, properties, anyOf, items, enum, additionalProperties.</summary>
/// <param name="resolve">Finds a schema by its reference.</param>
internal sealed class SchemaCheck(Func<string, JsonObject> resolve)
{
    private readonly List<SchemaError> _errors = [];
    private readonly List<string> _unknown = [];

    internal IReadOnlyList<SchemaError> Errors => _errors;

    /// <summary>Fields that the schema does not have: the server drops them without a word.</summary>
    internal IReadOnlyList<string> Unknown => _unknown;

    internal void Check(JsonObject schema, JsonNode? value, IReadOnlyList<string> place)
    {
        if (schema["$ref"] is { } reference)
        {
            Check(resolve(reference.GetValue<string>()), value, place);
        }
        else if (schema["anyOf"] is JsonArray choices)
        {
            CheckAny(choices, value, place);
        }
        else if (schema["type"] is { } type && !IsOf(type.GetValue<string>(), value))
        {
            _errors.Add(WrongType(type.GetValue<string>(), value, place));
        }
        else if (schema["enum"] is JsonArray allowed && !allowed.Any(one => JsonNode.DeepEquals(one, value)))
        {
            var expected = Or([.. allowed.Select(static one => one!.GetValueKind() is JsonValueKind.String ? $"'{one}'" : one.ToJsonString())]);
            _errors.Add(new SchemaError("enum", place, $"Input should be {expected}", value, expected));
        }
        else
        {
            CheckInside(schema, value, place);
        }
    }

    private void CheckInside(JsonObject schema, JsonNode? value, IReadOnlyList<string> place)
    {
        if (value is JsonArray items && schema["items"] is JsonObject item)
        {
            for (var i = 0; i < items.Count; i++)
            {
                Check(item, items[i], [.. place, i.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
            }
        }
        else if (value is JsonObject fields)
        {
            var required = (schema["required"] as JsonArray)?.Select(static name => name!.GetValue<string>()) ?? [];
            _errors.AddRange(required.Where(name => !fields.ContainsKey(name)).Select(name => new SchemaError("missing", [.. place, name], "Field required", fields)));
            foreach (var (name, inner) in fields)
            {
                CheckField(schema, name, inner, [.. place, name]);
            }
        }
    }

    private void CheckField(JsonObject schema, string name, JsonNode? value, IReadOnlyList<string> place)
    {
        if (schema["properties"]?[name] is JsonObject property)
        {
            Check(property, value, place);
        }
        else if (schema["additionalProperties"] is JsonObject others)
        {
            Check(others, value, place);
        }
        else if (schema["properties"] is not null)
        {
            _unknown.Add(string.Join('.', place));
        }
    }

    /// <summary>The errors are those of the first choice, which is never the one that allows null.</summary>
    private void CheckAny(JsonArray choices, JsonNode? value, IReadOnlyList<string> place)
    {
        SchemaCheck? first = null;
        foreach (var choice in choices.OfType<JsonObject>())
        {
            var trial = new SchemaCheck(resolve);
            trial.Check(choice, value, place);
            if (trial._errors.Count == 0)
            {
                _unknown.AddRange(trial._unknown);
                return;
            }

            first ??= trial;
        }

        _errors.AddRange(first!._errors);
    }

    private static bool IsOf(string type, JsonNode? value) => (type, value?.GetValueKind() ?? JsonValueKind.Null) switch
    {
        ("null", JsonValueKind.Null) or ("string", JsonValueKind.String) or ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) => true,
        ("boolean", JsonValueKind.True or JsonValueKind.False) or ("number", JsonValueKind.Number) => true,
        ("integer", JsonValueKind.Number) => !value!.ToJsonString().AsSpan().ContainsAny('.', 'e', 'E'),
        _ => false,
    };

    private static SchemaError WrongType(string type, JsonNode? value, IReadOnlyList<string> place)
    {
        var (code, noun) = type switch
        {
            "string" => ("string_type", "string"),
            "integer" => (value?.GetValueKind() is JsonValueKind.String ? "int_parsing" : "int_type", "integer"),
            "boolean" => ("bool_type", "boolean"),
            "array" => ("list_type", "list"),
            "object" => ("dict_type", "dictionary"),
            "number" => ("float_type", "number"),
            _ => ("none_required", "None"),
        };
        return new SchemaError(code, place, $"Input should be a valid {noun}", value);
    }

    private static string Or(string[] names) => names.Length == 1 ? names[0] : string.Join(", ", names[..^1]) + " or " + names[^1];
}
