using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Runs.Events;
using Slipway.Workflows.Engine;
using Slipway.Workflows.Graphs;

namespace Slipway.Workflows.Runs;

/// <summary>How the nodes of a run stand, after what its events say: those of a run under way, or the lines of its file.</summary>
internal sealed class NodeViews : IRunEventSink
{
    private readonly Dictionary<NodeId, WorkflowNodeView> _nodes;

    /// <summary>Nodes of which nothing was told yet.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="targets">What the run is asked for; empty for every node that leads nowhere.</param>
    public NodeViews(WorkflowGraph graph, IReadOnlyCollection<NodeId> targets)
    {
        var leading = graph.Edges.Select(static edge => edge.From.Node).ToHashSet();
        var asked = targets.ToHashSet();
        _nodes = graph.Nodes.Values.ToDictionary(static node => node.Id, node => new WorkflowNodeView(node.Id, node.Type, node.Label, "pending")
        {
            IsTarget = asked.Count > 0 ? asked.Contains(node.Id) : !leading.Contains(node.Id),
        });
    }

    /// <inheritdoc/>
    public void Take(in RunEvent told) => Take(told.Type, told.Node, told.Data.ValueKind is JsonValueKind.Object ? told.Data : default);

    /// <summary>Takes a line of a file of events.</summary>
    public void Take(JsonElement line) => Take(
        line.TryGetProperty("type", out var type) ? type.GetString() : null,
        line.TryGetProperty("node", out var node) && node.ValueKind is JsonValueKind.String ? node.GetString() : null,
        line.TryGetProperty("data", out var data) && data.ValueKind is JsonValueKind.Object ? data : default);

    /// <summary>The nodes, by their names.</summary>
    /// <param name="isOver">Whether the run is over: then no node of it runs.</param>
    /// <param name="outputs">What came out of a node; null for nothing that was kept.</param>
    public ImmutableArray<WorkflowNodeView> Views(bool isOver, Func<NodeId, NodeOutputs?> outputs) =>
    [
        .. _nodes.Values.OrderBy(static node => node.Id).Select(node => node with
        {
            State = node.State is "running" && isOver ? "interrupted" : node.State,
            Outputs = node.State is "finished" or "cached" ? outputs(node.Id) : null,
        }),
    ];

    private void Take(string? type, string? node, JsonElement data)
    {
        if (type is "run_started")
        {
            foreach (var (id, view) in _nodes)
            {
                _nodes[id] = new WorkflowNodeView(id, view.Type, view.Label, "pending") { IsTarget = view.IsTarget };
            }
        }
        else if (node is not null && NodeId.Parse(node) is { } id && _nodes.TryGetValue(id, out var view))
        {
            _nodes[id] = After(view, type, data);
        }
    }

    private static WorkflowNodeView After(WorkflowNodeView view, string? type, JsonElement data) => type switch
    {
        "node_started" => view with { State = "running" },
        "node_progress" => view with { Message = (view with { Data = data }).Text("message") },
        "node_finished" => view with { State = "finished", Seconds = data.TryGetProperty("seconds", out var took) ? took.GetDouble() : null },
        "node_cached" => view with { State = "cached" },
        "node_skipped" => view with { State = (view with { Data = data }).Text("reason") is "upstream_failed" ? "blocked" : "skipped" },
        "node_failed" => view with { State = "failed", Data = data },
        "node_waiting" => view with { State = "waiting", Data = data },
        _ => view,
    };
}
