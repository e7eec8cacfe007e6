using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Slipway.Workflows.Import;

/// <summary>Members of Pantograph's documents, whose names come in two spellings; and what in them belongs to one machine.</summary>
internal static partial class PantographJson
{
    /// <summary>A member in either spelling: <c>node_type</c> or <c>nodeType</c>.</summary>
    public static JsonElement? Find(JsonElement json, params ReadOnlySpan<string> names)
    {
        if (json.ValueKind is not JsonValueKind.Object)
        {
            return null;
        }

        foreach (var name in names)
        {
            foreach (var member in json.EnumerateObject())
            {
                if (string.Equals(Snake(member.Name), name, StringComparison.Ordinal))
                {
                    return member.Value;
                }
            }
        }

        return null;
    }

    /// <summary>A text; null when there is none.</summary>
    public static string? Text(JsonElement json, params ReadOnlySpan<string> names) =>
        Find(json, names) is { ValueKind: JsonValueKind.String } value && value.GetString() is { Length: > 0 } text ? text : null;

    /// <summary>A list; empty when there is none.</summary>
    public static IEnumerable<JsonElement> List(JsonElement json, string name) => Find(json, name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [];

    /// <summary>A name as ours are spelled: <c>modelPath</c> is <c>model_path</c>.</summary>
    public static string Snake(string name)
    {
        var text = new StringBuilder(name.Length + 4);
        for (var i = 0; i < name.Length; i++)
        {
            if (char.IsAsciiLetterUpper(name[i]) && i > 0 && name[i - 1] != '_')
            {
                text.Append('_');
            }

            text.Append(name[i] is '-' ? '_' : char.ToLowerInvariant(name[i]));
        }

        return text.ToString();
    }

    /// <summary>Whether a value is a path that other machines do not have.</summary>
    public static bool IsMachinePath(string name, JsonElement value) =>
        value.ValueKind is JsonValueKind.String && PathName().IsMatch(Snake(name)) && Absolute().IsMatch(value.GetString()!);

    /// <summary>A value in which paths of a machine are null.</summary>
    /// <param name="value">The value.</param>
    /// <param name="dropped">Is told the members that were.</param>
    public static JsonElement Scrub(JsonElement value, Action<string> dropped) => Graphs.JsonMembers.Make(writer => Write(writer, value, dropped));

    private static void Write(Utf8JsonWriter writer, JsonElement value, Action<string> dropped)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in value.EnumerateObject())
                {
                    writer.WritePropertyName(member.Name);
                    if (IsMachinePath(member.Name, member.Value))
                    {
                        dropped(member.Name);
                        writer.WriteNullValue();
                    }
                    else
                    {
                        Write(writer, member.Value, dropped);
                    }
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    Write(writer, item, dropped);
                }

                writer.WriteEndArray();
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    [GeneratedRegex("(^|_)(path|paths|dir|directory|folder|file|root|executable|python|override|location)$", RegexOptions.CultureInvariant)]
    private static partial Regex PathName();

    [GeneratedRegex(@"^(/|~|\\\\|[A-Za-z]:[\\/])", RegexOptions.CultureInvariant)]
    private static partial Regex Absolute();
}
