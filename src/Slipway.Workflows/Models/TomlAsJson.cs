using System.Globalization;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Core.Toml;
using Slipway.Workflows.Graphs;

namespace Slipway.Workflows.Models;

/// <summary>A TOML document as JSON, with the line of each value, so that one reader serves both forms.</summary>
internal sealed class TomlAsJson
{
    private readonly Dictionary<string, FailureLocation> _places = new(StringComparer.Ordinal);

    /// <summary>The document.</summary>
    public TomlAsJson(TomlTable table) => Json = JsonMembers.Make(writer => Write(writer, table, string.Empty));

    /// <summary>What it says.</summary>
    public JsonElement Json { get; }

    /// <summary>The line to which a pointer leads; that of what holds it, when nothing is there.</summary>
    public int LineOf(string pointer)
    {
        for (var at = pointer; ; at = at[..at.LastIndexOf('/')])
        {
            if (_places.TryGetValue(at, out var place) && place.Line > 0)
            {
                return place.Line;
            }

            if (at.Length == 0)
            {
                return 1;
            }
        }
    }

    private void Write(Utf8JsonWriter writer, TomlValue value, string pointer)
    {
        _places[pointer] = value.Location;
        switch (value)
        {
            case TomlTable table:
                writer.WriteStartObject();
                foreach (var key in table.Keys)
                {
                    writer.WritePropertyName(key);
                    _ = table.TryGet(key, out var member);
                    Write(writer, member!, pointer + GraphProblem.At(key));
                }

                writer.WriteEndObject();
                break;
            case TomlArray array:
                writer.WriteStartArray();
                for (var index = 0; index < array.Items.Count; index++)
                {
                    Write(writer, array.Items[index], $"{pointer}/{index.ToString(CultureInfo.InvariantCulture)}");
                }

                writer.WriteEndArray();
                break;
            case TomlInteger integer:
                writer.WriteNumberValue(integer.Value);
                break;
            case TomlBoolean boolean:
                writer.WriteBooleanValue(boolean.Value);
                break;
            case TomlFloat { Value: var number } when double.IsFinite(number):
                writer.WriteNumberValue(number);
                break;
            default:
                writer.WriteStringValue(value.ToString());
                break;
        }
    }
}
