using System.Collections.Immutable;
using Slipway.Workflows.Engine;
using Slipway.Workflows.Graphs;
using Slipway.Workflows.Types;

namespace Slipway.Workflows.Tests.Support;

/// <summary>Types of nodes for the engine's tests, and graphs of them in short.</summary>
internal static class Plain
{
    /// <summary>Gives its <c>value</c> on.</summary>
    public static NodeType Pass { get; } = new("pass", "Test", "Gives its value on.")
    {
        IsCheap = true,
        Inputs = [PortSpec.Optional("value", PortType.Any, "what")],
        Outputs = [PortSpec.Optional("value", PortType.Any, "the same")],
        Behaviour = new NodeFunction(static call => call.Find("value") is { } value ? NodeOutcome.Of("value", value) : NodeOutcome.Of(NodeOutputs.None)),
    };

    /// <summary>A type of one function.</summary>
    public static NodeType Function(string id, Func<NodeCall, NodeOutcome> run) => Pass with { Id = id, IsCheap = false, Behaviour = new NodeFunction(run) };

    /// <summary>A type of one asynchronous function that is never kept.</summary>
    public static NodeType Work(string id, Func<NodeCall, CancellationToken, ValueTask<NodeOutcome>> run) => Pass with { Id = id, Purity = NodePurity.Never, IsCheap = false, Behaviour = new Asynchronous(run) };

    /// <summary>A graph of edges <c>a.x -&gt; b.y</c>, all nodes of one type but those that are named as <c>node:type</c>.</summary>
    public static WorkflowGraph Graph(string type, IEnumerable<string> nodes, params ReadOnlySpan<string> edges)
    {
        var graph = WorkflowGraph.Empty;
        foreach (var node in nodes)
        {
            var parts = node.Split(':');
            graph = graph.With(new WorkflowNode(NodeId.Parse(parts[0])!.Value, parts.Length > 1 ? parts[1] : type, 1));
        }

        foreach (var edge in edges)
        {
            var ends = edge.Split(" -> ");
            graph = graph.With(new WorkflowEdge(PortAddress.Parse(ends[0])!.Value, PortAddress.Parse(ends[1])!.Value));
        }

        return graph;
    }

    /// <summary>The graph with a value of an input.</summary>
    public static WorkflowGraph Set(this WorkflowGraph graph, string address, string json)
    {
        var port = PortAddress.Parse(address)!.Value;
        var node = graph.Nodes[port.Node];
        return graph.With(node with { Inputs = node.Inputs.SetItem(port.Port, JsonMembers.Parse(json)) });
    }

    /// <summary>The graph with another node.</summary>
    public static WorkflowGraph Change(this WorkflowGraph graph, string id, Func<WorkflowNode, WorkflowNode> change) => graph.With(change(graph.Nodes[NodeId.Parse(id)!.Value]));

    /// <summary>A node's result by its name.</summary>
    public static NodeResult Of(this RunResult result, string id) => result.Nodes[NodeId.Parse(id)!.Value];

    private sealed class Asynchronous(Func<NodeCall, CancellationToken, ValueTask<NodeOutcome>> run) : INodeBehaviour
    {
        public ValueTask<NodeOutcome> RunAsync(NodeCall call, CancellationToken cancellationToken) => run(call, cancellationToken);
    }
}
