using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Workflows.Types;

namespace Slipway.Workflows.Import;

/// <summary>
/// Makes a workflow of one that Pantograph saved. Such files hold what runs left in them (states, logs, content) and paths of the machine that they were made on;
/// that is left out and told. What cannot be run without is added and told.
/// </summary>
/// <param name="catalogue">The types of nodes.</param>
public sealed class PantographImport(NodeCatalogue catalogue)
{
    /// <summary>Reads a file's bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="source">What failures call the file.</param>
    public Result<ImportedWorkflow> Read(ReadOnlyMemory<byte> bytes, string source)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            return Read(document.RootElement, source);
        }
        catch (JsonException exception)
        {
            return new Failure(WorkflowsFailures.NotImportable, $"{source} is no JSON document.")
            {
                Location = new FailureLocation(source, (int)(exception.LineNumber ?? -1) + 1, (int)(exception.BytePositionInLine ?? -1) + 1),
            };
        }
        catch (InvalidOperationException)
        {
            // The parser lets through what no text can hold; it shows when the text is asked for.
            return new Failure(WorkflowsFailures.NotImportable, $"{source} is no JSON document: it holds half a character (an unpaired surrogate).");
        }
    }

    private Result<ImportedWorkflow> Read(JsonElement root, string source)
    {
        if (root.ValueKind is JsonValueKind.Object && PantographJson.Text(root, "schema") is { } schema && schema.StartsWith("slipway.", StringComparison.Ordinal))
        {
            return new Failure(WorkflowsFailures.NotImportable, $"{source} is a document of Slipway already ('{schema}').");
        }

        // The file of the editor has the graph as a member; that of the engine is the graph.
        var graph = PantographJson.Find(root, "graph") is { ValueKind: JsonValueKind.Object } inner ? inner : root;
        return PantographJson.Find(graph, "nodes") is { ValueKind: JsonValueKind.Array } nodes
            ? new PantographGraph(catalogue).Make(root, graph, nodes)
            : new Failure(WorkflowsFailures.NotImportable, $"{source} has no list of nodes, neither in 'graph' nor by itself.");
    }
}
