using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;

namespace Slipway.Mcp.Tools;

/// <summary>Writes JSON schemas (2020-12).</summary>
internal static class ToolSchema
{
    /// <summary>The schema of what a tool takes: nothing that is not in the table.</summary>
    public static JsonElement Input(ImmutableArray<ToolParameter> parameters) => Write(writer =>
    {
        writer.WriteString("type", "object");
        writer.WriteStartObject("properties");
        foreach (var parameter in parameters)
        {
            writer.WriteStartObject(parameter.Name);
            Value(writer, parameter);
            writer.WriteString("description", parameter.Description);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        Names(writer, "required", parameters.Where(static parameter => parameter.IsRequired).Select(static parameter => parameter.Name));
        writer.WriteBoolean("additionalProperties", false);
    });

    /// <summary>The schema of an answer: an object with some members, of which those without a question mark are always there; or an error.</summary>
    /// <param name="members">Rows <c>name:type</c> or <c>name?:type</c>; the type is JSON schema's, with <c>|</c> between several.</param>
    public static JsonElement Output(params ReadOnlySpan<string> members)
    {
        var rows = members.ToArray().Select(static member => member.Split(':')).ToArray();
        return Write(writer =>
        {
            writer.WriteString("type", "object");
            writer.WriteStartObject("properties");
            foreach (var row in rows)
            {
                writer.WriteStartObject(row[0].TrimEnd('?'));
                var types = row[1].Split('|');
                if (types is [var only])
                {
                    writer.WriteString("type", only);
                }
                else
                {
                    Names(writer, "type", types);
                }

                writer.WriteEndObject();
            }

            writer.WriteEndObject();

            // Clients there are hold an error against the schema too.
            writer.WriteStartArray("anyOf");
            Requires(writer, rows.Where(static row => !row[0].EndsWith('?')).Select(static row => row[0]));
            Requires(writer, ["code", "message", "fix"]);
            writer.WriteEndArray();
        });
    }

    /// <summary>A JSON object from its members.</summary>
    public static JsonElement Write(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        using var document = JsonDocument.Parse(buffer.WrittenMemory);
        return document.RootElement.Clone();
    }

    private static void Value(Utf8JsonWriter writer, ToolParameter parameter)
    {
        switch (parameter.Kind)
        {
            case ParameterKind.Text:
                Text(writer, parameter);
                break;
            case ParameterKind.Whole:
                writer.WriteString("type", "integer");
                writer.WriteNumber("minimum", parameter.Least);
                writer.WriteNumber("maximum", parameter.Most);
                break;
            case ParameterKind.Flag:
                writer.WriteString("type", "boolean");
                break;
            case ParameterKind.List:
                writer.WriteString("type", "array");
                writer.WriteNumber("maxItems", parameter.MaxItems);
                writer.WriteStartObject("items");
                Text(writer, parameter);
                writer.WriteEndObject();
                break;
            default:
                writer.WriteString("type", "object");
                break;
        }

        if (parameter.Default is { } value)
        {
            writer.WritePropertyName("default");
            if (parameter.Kind is ParameterKind.Text)
            {
                writer.WriteStringValue(value);
            }
            else
            {
                writer.WriteRawValue(value);
            }
        }
    }

    private static void Text(Utf8JsonWriter writer, ToolParameter parameter)
    {
        writer.WriteString("type", "string");
        writer.WriteNumber("maxLength", parameter.MaxLength);
        if (parameter.Pattern is not null)
        {
            writer.WriteString("pattern", parameter.Pattern);
        }

        if (!parameter.Choices.IsEmpty)
        {
            Names(writer, "enum", parameter.Choices);
        }
    }

    private static void Requires(Utf8JsonWriter writer, IEnumerable<string> names)
    {
        writer.WriteStartObject();
        Names(writer, "required", names);
        writer.WriteEndObject();
    }

    private static void Names(Utf8JsonWriter writer, string key, IEnumerable<string> names)
    {
        writer.WriteStartArray(key);
        foreach (var name in names)
        {
            writer.WriteStringValue(name);
        }

        writer.WriteEndArray();
    }
}
