using System.Buffers;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Training.Configuration;

namespace Slipway.Cloud.Templates;

/// <summary>Parameters of a command line: a JSON object, and assignments that win over it.</summary>
public static class TemplateArguments
{
    /// <summary>Makes one object of both.</summary>
    /// <param name="template">The template, whose fields say what an assignment's text means.</param>
    /// <param name="json">The object as text; null for none.</param>
    /// <param name="assignments"><c>key=value</c> each; of a list each adds an item, of another key the last wins.</param>
    public static Result<JsonElement> Read(LaunchTemplate template, string? json, IReadOnlyList<string> assignments)
    {
        ArgumentNullException.ThrowIfNull(template);
        ArgumentNullException.ThrowIfNull(assignments);
        if (!Object(json).TryGet(out var given, out var failure))
        {
            return failure;
        }

        var values = given.EnumerateObject().ToDictionary(static member => member.Name, static member => member.Value.GetRawText(), StringComparer.Ordinal);
        var lists = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var text in assignments)
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                return new Failure(CloudFailures.TemplateParameter, $"--set takes key=value, and not {Shown.Quote(text)}.");
            }

            var (key, value) = (text[..equals].Trim(), text[(equals + 1)..]);
            if (template.Lists.Contains(key, StringComparer.Ordinal) && !value.StartsWith('['))
            {
                lists.TryAdd(key, []);
                lists[key].Add(value);
                values[key] = Written(writer => WriteList(writer, lists[key]));
            }
            else
            {
                values[key] = Raw(template, key, value);
            }
        }

        return Result.Ok(Parse(Written(writer =>
        {
            writer.WriteStartObject();
            foreach (var (key, raw) in values)
            {
                writer.WritePropertyName(key);
                writer.WriteRawValue(raw);
            }

            writer.WriteEndObject();
        })));
    }

    // A text stays one, whatever it looks like; of anything else the schema says what is wrong with it.
    private static string Raw(LaunchTemplate template, string key, string value)
    {
        var isStructured = template.Lists.Contains(key, StringComparer.Ordinal) || template.Tables.Contains(key, StringComparer.Ordinal);
        var field = template.Schema.Find(key);
        if (field is { IsOptional: true } && value is "none")
        {
            return "null";
        }

        return (isStructured || field is { Kind: not ConfigKind.Text }) && IsJson(value) ? value : Written(writer => writer.WriteStringValue(value));
    }

    private static Result<JsonElement> Object(string? json)
    {
        if (json is null)
        {
            return Result.Ok(Parse("{}"));
        }

        try
        {
            return Parse(json) is { ValueKind: JsonValueKind.Object } found ? Result.Ok(found) : new Failure(CloudFailures.TemplateParameter, "The parameters are no JSON object.");
        }
        catch (JsonException exception)
        {
            return new Failure(CloudFailures.TemplateParameter, $"The parameters are no JSON: {exception.Message}");
        }
    }

    private static bool IsJson(string text)
    {
        try
        {
            return Parse(text).ValueKind is not JsonValueKind.Undefined;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    private static void WriteList(Utf8JsonWriter writer, List<string> items)
    {
        writer.WriteStartArray();
        foreach (var item in items)
        {
            writer.WriteStringValue(item);
        }

        writer.WriteEndArray();
    }

    private static string Written(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            write(writer);
        }

        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
