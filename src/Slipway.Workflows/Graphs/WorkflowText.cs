using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Slipway.Core.Failures;

namespace Slipway.Workflows.Graphs;

/// <summary>What a file says: a graph as far as it could be read, and everything that is wrong with it.</summary>
/// <param name="Graph">The graph; without the parts that could not be read.</param>
/// <param name="Problems">What is wrong, in the file's order.</param>
public sealed record GraphReading(WorkflowGraph Graph, ImmutableArray<GraphProblem> Problems);

/// <summary>
/// Workflow files, schema <c>slipway.workflow/1</c>. What is written is ordered by names, one member a line, so that two versions compare well. Reading
/// collects every problem; members that are not known are kept.
/// </summary>
public static class WorkflowText
{
    /// <summary>The schema that is written.</summary>
    public const string Schema = "slipway.workflow/1";

    /// <summary>How file names end.</summary>
    public const string Extension = ".workflow.json";

    private const string SchemaFamily = "slipway.workflow/";

    private static readonly JsonWriterOptions Style = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Reads a file's text. Fails only where nothing can be said of it: no JSON, another schema.</summary>
    public static Result<GraphReading> Read(ReadOnlyMemory<byte> text, string source)
    {
        if (!Utf8.IsValid(text.Span))
        {
            return new Failure(WorkflowsFailures.Malformed, $"{source} is no JSON document: it is not UTF-8.");
        }

        try
        {
            using var document = JsonDocument.Parse(text);
            return text.Span.IndexOf("\\u"u8) >= 0 && HasBrokenText(document.RootElement)
                ? new Failure(WorkflowsFailures.Malformed, $"{source} is no JSON document: it holds half a character (an unpaired surrogate).")
                : Read(document.RootElement, source);
        }
        catch (JsonException exception)
        {
            return new Failure(WorkflowsFailures.Malformed, $"{source} is no JSON document: {FirstSentence(exception.Message)}.")
            {
                Location = new FailureLocation(source, (int)(exception.LineNumber ?? -1) + 1, (int)(exception.BytePositionInLine ?? -1) + 1),
            };
        }
    }

    /// <summary>Reads a document.</summary>
    public static Result<GraphReading> Read(JsonElement root, string source)
    {
        if (root.ValueKind is not JsonValueKind.Object)
        {
            return new Failure(WorkflowsFailures.Malformed, $"{source} is no workflow: it holds {Kind(root)}, and not an object.");
        }

        var schema = root.TryGetProperty("schema", out var told) && told.ValueKind is JsonValueKind.String ? told.GetString()! : string.Empty;
        if (!schema.StartsWith(SchemaFamily, StringComparison.Ordinal))
        {
            return new Failure(WorkflowsFailures.Malformed, $"{source} is no workflow: its schema is {(schema.Length == 0 ? "not there" : $"'{schema}'")}, and should be '{Schema}'.")
            {
                Hint = "A file of Pantograph becomes one with `slipway workflow import FILE`.",
            };
        }

        return string.Equals(schema, Schema, StringComparison.Ordinal)
            ? new WorkflowReader().Read(root)
            : new Failure(WorkflowsFailures.UnknownSchema, $"{source} has the schema '{schema}'; this Slipway knows '{Schema}'.");
    }

    /// <summary>A file's text: UTF-8, two blanks a step, a line feed at the end.</summary>
    public static byte[] Write(WorkflowGraph graph)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Style))
        {
            writer.WriteStartObject();
            writer.WriteString("schema", Schema);
            WriteText(writer, "name", graph.Name);
            WriteText(writer, "description", graph.Description);
            writer.WriteStartObject("nodes");
            foreach (var node in graph.Nodes.Values)
            {
                writer.WritePropertyName(node.Id.ToString());
                WriteNode(writer, node);
            }

            writer.WriteEndObject();
            writer.WriteStartArray("edges");
            foreach (var edge in graph.Edges.Order())
            {
                writer.WriteStartObject();
                writer.WriteString("from", edge.From.ToString());
                writer.WriteString("to", edge.To.ToString());
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            WriteAll(writer, graph.Unknown);
            writer.WriteEndObject();
        }

        stream.Write("\n"u8);
        return stream.ToArray();
    }

    internal static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a truth value",
        _ => "null",
    };

    private static void WriteNode(Utf8JsonWriter writer, WorkflowNode node)
    {
        writer.WriteStartObject();
        writer.WriteString("type", node.Type);
        writer.WriteNumber("version", node.Version);
        WriteObject(writer, "inputs", node.Inputs, evenEmpty: true);
        WriteObject(writer, "ui", node.Ui);
        WriteObject(writer, "pin", node.Pinned);
        if (node.Bypass)
        {
            writer.WriteBoolean("bypass", true);
        }

        WritePolicy(writer, node.Policy);
        WriteAll(writer, node.Unknown);
        writer.WriteEndObject();
    }

    private static void WritePolicy(Utf8JsonWriter writer, NodePolicy policy)
    {
        if (policy == NodePolicy.Default)
        {
            return;
        }

        writer.WriteStartObject("policy");
        writer.WriteNumber("retries", policy.Retries);
        writer.WriteNumber("backoff_s", policy.BackoffSeconds);
        if (policy.TimeoutSeconds is { } limit)
        {
            writer.WriteNumber("timeout_s", limit);
        }

        writer.WriteEndObject();
    }

    private static void WriteObject(Utf8JsonWriter writer, string name, ImmutableSortedDictionary<string, JsonElement> members, bool evenEmpty = false)
    {
        if (members.Count == 0 && !evenEmpty)
        {
            return;
        }

        writer.WriteStartObject(name);
        WriteAll(writer, members);
        writer.WriteEndObject();
    }

    private static void WriteAll(Utf8JsonWriter writer, ImmutableSortedDictionary<string, JsonElement> members)
    {
        foreach (var (name, value) in members)
        {
            writer.WritePropertyName(name);
            value.WriteTo(writer);
        }
    }

    private static void WriteText(Utf8JsonWriter writer, string name, string? text)
    {
        if (text is not null)
        {
            writer.WriteString(name, text);
        }
    }

    // The parser lets through an escape that no text can hold; it shows when the text is asked for.
    private static bool HasBrokenText(JsonElement value)
    {
        try
        {
            return value.ValueKind switch
            {
                JsonValueKind.Object => value.EnumerateObject().Any(static member => member.Name.Length < 0 || HasBrokenText(member.Value)),
                JsonValueKind.Array => value.EnumerateArray().Any(HasBrokenText),
                JsonValueKind.String => value.GetString() is null,
                _ => false,
            };
        }
        catch (InvalidOperationException)
        {
            return true;
        }
    }

    private static string FirstSentence(string message)
    {
        var end = message.IndexOf(". ", StringComparison.Ordinal);
        return (end < 0 ? message : message[..end]).TrimEnd('.');
    }
}
