using System.Text.Json.Nodes;
using Slipway.SkyPilotApi.Contracts;

namespace Slipway.SkyPilotApi.Tests.Support;

/// <summary>A fact that needs the recordings of a real server, which lie beside the repository and not in it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RecordedFactAttribute : FactAttribute
{
    /// <inheritdoc/>
    public override string? Skip
    {
        get => base.Skip ?? (Contract.FindRecorded() is null ? "The recordings of SkyPilot's API server (shared/contracts/skypilot-api55) are not beside the repository." : null);
        set => base.Skip = value;
    }
}

/// <summary>Reads the recordings, and tells what shape an answer has.</summary>
internal static class Recordings
{
    internal static IEnumerable<JsonNode> Exchanges() =>
        File.ReadLines(Path.Combine(Path.GetDirectoryName(Contract.FindRecorded()!)!, "exchanges.jsonl")).Select(static line => JsonNode.Parse(line)!);

    /// <summary>Keys and types of a value; JSON inside of texts is looked into, but not the body that a request came with, which nobody reads. Values that differ from run to run are only looked at by type.</summary>
    internal static string Shape(JsonNode? value) => value switch
    {
        JsonObject map => "{" + string.Join(' ', map.OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => $"{pair.Key}:{(pair.Key is "request_body" ? "opaque" : Shape(pair.Value))}")) + "}",
        JsonArray items => "[" + string.Join(' ', items.Select(Shape).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)) + "]",
        null => "null",
        _ => value.GetValueKind() switch
        {
            System.Text.Json.JsonValueKind.String => Inside(value.GetValue<string>()),
            System.Text.Json.JsonValueKind.Number => value.ToJsonString().Contains('.', StringComparison.Ordinal) ? "float" : "int",
            _ => "bool",
        },
    };

    private static string Inside(string text)
    {
        try
        {
            return text is ['{' or '[', ..] or "null" ? $"json({Shape(JsonNode.Parse(text))})" : "text";
        }
        catch (System.Text.Json.JsonException)
        {
            return "text";
        }
    }
}
