using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Training.Configuration;

namespace Slipway.Cloud.Templates;

/// <summary>Reads and writes parameters. Lists and tables are kept as the text of their JSON, so that a template's parameters are settings as a recipe's are.</summary>
internal static partial class TemplateParameters
{
    private const int LongestText = 64 * 1024;
    private static readonly JsonWriterOptions Plain = new() { Indented = false };

    /// <summary>The parameters of a JSON object.</summary>
    public static Result<ConfigLayer> Layer(LaunchTemplate template, JsonElement parameters)
    {
        if (parameters.ValueKind is not JsonValueKind.Object)
        {
            return new Failure(CloudFailures.TemplateParameter, "The parameters are no JSON object.");
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Plain))
        {
            writer.WriteStartObject();
            foreach (var member in parameters.EnumerateObject())
            {
                if (!IsReadable(member.Value))
                {
                    return new Failure(CloudFailures.TemplateParameter, $"parameters: {Shown.Quote(member.Name)} has half of a surrogate pair or the character 0, which no text has.");
                }

                var isList = template.Lists.Contains(member.Name, StringComparer.Ordinal);
                if (!(isList || template.Tables.Contains(member.Name, StringComparer.Ordinal)))
                {
                    member.WriteTo(writer);
                }
                else if (Compact(member.Name, member.Value, isList).TryGet(out var text, out var failure))
                {
                    writer.WriteString(member.Name, text);
                }
                else
                {
                    return failure;
                }
            }

            writer.WriteEndObject();
        }

        return ConfigLayer.Of("parameters", JsonDocument.Parse(buffer.WrittenMemory).RootElement);
    }

    /// <summary>All parameters, sorted by name; one that is absent is null.</summary>
    public static byte[] Canonical(LaunchTemplate template, RecipeConfig config)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Plain))
        {
            writer.WriteStartObject();
            foreach (var field in config.Schema.Fields.OrderBy(static field => field.Key, StringComparer.Ordinal))
            {
                writer.WritePropertyName(field.Key);
                if (config.Find(field.Key) is not { } value)
                {
                    writer.WriteNullValue();
                }
                else if (template.Lists.Contains(field.Key, StringComparer.Ordinal) || template.Tables.Contains(field.Key, StringComparer.Ordinal))
                {
                    writer.WriteRawValue(value.Text);
                }
                else
                {
                    value.WriteTo(writer);
                }
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The texts of a list.</summary>
    public static ImmutableArray<string> List(RecipeConfig config, string key)
    {
        using var document = JsonDocument.Parse(config.Text(key));
        return [.. document.RootElement.EnumerateArray().Select(static one => one.GetString()!)];
    }

    /// <summary>The texts of a table, sorted by name.</summary>
    public static ImmutableSortedDictionary<string, string> Table(RecipeConfig config, string key)
    {
        using var document = JsonDocument.Parse(config.Text(key));
        return document.RootElement.EnumerateObject().ToImmutableSortedDictionary(static one => one.Name, static one => one.Value.GetString()!, StringComparer.Ordinal);
    }

    /// <summary>Names of variables: a letter or underscore, then letters, digits and underscores.</summary>
    public static Failure? WrongName(string key, IEnumerable<string> names) => names.FirstOrDefault(static name => !VariableName().IsMatch(name)) is { } wrong
        ? new Failure(CloudFailures.TemplateParameter, $"{key} has {Shown.Quote(wrong)}, which is no name of a variable (letters, digits and underscores, no digit first).")
        : null;

    /// <summary>The same settings with some others.</summary>
    public static Result<RecipeConfig> With(RecipeConfig config, params ReadOnlySpan<(string Key, ConfigValue? Value)> others) => config.Schema.Resolve(
        ConfigLayer.Of("parameters", [.. config.Schema.Fields.Select(field => (field.Key, config.Find(field.Key)))]), ConfigLayer.Of("parameters", others));

    // A command line has no lists, so their JSON may be given as a text.
    private static Result<string> Compact(string key, JsonElement value, bool isList)
    {
        var what = isList ? "a list of texts, as [\"a\", \"b\"]" : "a table of texts, as {\"NAME\": \"text\"}";
        if (value.ValueKind is JsonValueKind.String)
        {
            try
            {
                using var inner = JsonDocument.Parse(value.GetString()!);
                return inner.RootElement.ValueKind is JsonValueKind.String ? Wrong() : Compact(key, inner.RootElement.Clone(), isList);
            }
            catch (JsonException)
            {
                return Wrong();
            }
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Plain))
        {
            if (!(isList ? WriteList(writer, value) : WriteTable(writer, value)))
            {
                return Wrong();
            }
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);

        Failure Wrong() => new(CloudFailures.TemplateParameter, $"parameters: {key} takes {what}; each of at most {LongestText} characters, and without the character 0.");
    }

    private static bool WriteList(Utf8JsonWriter writer, JsonElement value)
    {
        if (value.ValueKind is not JsonValueKind.Array || !value.EnumerateArray().All(IsText))
        {
            return false;
        }

        writer.WriteStartArray();
        foreach (var one in value.EnumerateArray())
        {
            writer.WriteStringValue(one.GetString());
        }

        writer.WriteEndArray();
        return true;
    }

    private static bool WriteTable(Utf8JsonWriter writer, JsonElement value)
    {
        if (value.ValueKind is not JsonValueKind.Object || !value.EnumerateObject().All(static one => IsScalar(one.Value)))
        {
            return false;
        }

        writer.WriteStartObject();
        foreach (var one in value.EnumerateObject().GroupBy(static one => one.Name, StringComparer.Ordinal).OrderBy(static one => one.Key, StringComparer.Ordinal))
        {
            writer.WriteString(one.Key, TextOf(one.Last().Value));
        }

        writer.WriteEndObject();
        return true;
    }

    private static bool IsReadable(JsonElement value)
    {
        try
        {
            return value.ValueKind is not JsonValueKind.String || !value.GetString()!.Contains('\0', StringComparison.Ordinal);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    // The command goes along as words that end in the character 0.
    private static bool IsText(JsonElement value) => value.ValueKind is JsonValueKind.String && IsReadable(value) && value.GetString()!.Length <= LongestText;

    // In a table a number may be written as one: {"max_steps": 3} says the same as {"max_steps": "3"}.
    private static bool IsScalar(JsonElement value) => value.ValueKind is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False || IsText(value);

    private static string TextOf(JsonElement value) => value.ValueKind is JsonValueKind.String ? value.GetString()! : value.GetRawText();

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex VariableName();
}
