using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Slipway.Workflows.Engine;
using Slipway.Workflows.Graphs;

namespace Slipway.Workflows.Runs;

/// <summary>
/// The outputs of finished nodes, a line each, handed to the system before a consumer starts: what a run that continues has no need to do again. Outputs with
/// a secret are not written, so such a node runs again.
/// </summary>
internal sealed class ResultLog : IDisposable
{
    private const int Gathered = 64 * 1024;

    private readonly FileStream _file;
    private readonly ArrayBufferWriter<byte> _lines = new(Gathered * 2);
    private readonly Utf8JsonWriter _writer;

    /// <summary>Opens the file, after what is in it.</summary>
    public ResultLog(string path)
    {
        EndLine(path);
        _file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        _writer = new Utf8JsonWriter(_lines);
    }

    /// <summary>Writes a node's outputs. Called by the engine's one loop.</summary>
    /// <param name="node">The node.</param>
    /// <param name="outputs">What came out.</param>
    public void Append(NodeId node, NodeOutputs outputs)
    {
        if (outputs.HasSecrets)
        {
            return;
        }

        _writer.Reset(_lines);
        _writer.WriteStartObject();
        _writer.WriteString("node"u8, node.ToString());
        _writer.WritePropertyName("outputs"u8);
        OutputsJson.Write(_writer, outputs);
        _writer.WriteEndObject();
        _writer.Flush();
        _lines.Write("\n"u8);
        Drain();
    }

    /// <summary>Has everything on the disk.</summary>
    public void Flush()
    {
        Drain();
        _file.Flush(flushToDisk: true);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Drain();
        _writer.Dispose();
        _file.Dispose();
    }

    private void Drain()
    {
        _file.Write(_lines.WrittenSpan);
        _lines.ResetWrittenCount();
    }

    /// <summary>What a file holds: of each node its last outputs.</summary>
    public static ImmutableSortedDictionary<NodeId, NodeOutputs> Read(string path)
    {
        var results = ImmutableSortedDictionary.CreateBuilder<NodeId, NodeOutputs>();
        foreach (var line in Lines(path))
        {
            if (line.TryGetProperty("node", out var node) && node.ValueKind is JsonValueKind.String && NodeId.Parse(node.GetString()!) is { } id
                && line.TryGetProperty("outputs", out var outputs) && outputs.ValueKind is JsonValueKind.Object)
            {
                results[id] = OutputsJson.Of(outputs);
            }
        }

        return results.ToImmutable();
    }

    /// <summary>The objects of a file of lines; a half one, which a crash may leave, is passed over.</summary>
    public static IEnumerable<JsonElement> Lines(string path)
    {
        if (!File.Exists(path))
        {
            yield break;
        }

        // Who writes it may still be at it.
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(file, Encoding.UTF8);
        while (reader.ReadLine() is { } line)
        {
            if (Parse(line) is { ValueKind: JsonValueKind.Object } json)
            {
                yield return json;
            }
        }
    }

    /// <summary>Ends a line that a crash left half, so that the next one is whole.</summary>
    public static void EndLine(string path)
    {
        using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        if (file.Length == 0)
        {
            return;
        }

        file.Seek(-1, SeekOrigin.End);
        if (file.ReadByte() != '\n')
        {
            file.WriteByte((byte)'\n');
        }
    }

    private static JsonElement? Parse(string line)
    {
        try
        {
            return JsonMembers.Parse(line);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
