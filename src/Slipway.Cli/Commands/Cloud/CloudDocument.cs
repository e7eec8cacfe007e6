using System.Text.Json;
using System.Text.Json.Serialization;
using Slipway.Workflows.Graphs;

namespace Slipway.Cli.Commands.Cloud;

/// <summary>Answers as documents: the same members, after their schema.</summary>
internal static class CloudDocument
{
    /// <summary>The document of an answer.</summary>
    /// <param name="kind">Its kind: <c>plan</c> is <c>slipway.cloud-plan/1</c>.</param>
    /// <param name="write">Writes the answer as one object.</param>
    public static JsonElement Of(string kind, Action<Utf8JsonWriter> write)
    {
        var answer = JsonMembers.Make(write);
        return JsonMembers.Make(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("schema", $"slipway.cloud-{kind}/1");
            foreach (var member in answer.EnumerateObject())
            {
                member.WriteTo(writer);
            }

            writer.WriteEndObject();
        });
    }
}

/// <summary>Source-generated serialisation.</summary>
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class CloudDocumentJson : JsonSerializerContext;
