using System.Collections.Immutable;
using Slipway.Workflows.Graphs;
using Slipway.Workflows.Types;

namespace Slipway.Workflows.Engine;

/// <summary>One node of a run, with its neighbours by their places in the run.</summary>
/// <param name="Node">The node.</param>
/// <param name="Type">Its type.</param>
/// <param name="Sources">What leads into it, in the order of the edges.</param>
/// <param name="Consumers">The places of the nodes that it leads to, each once.</param>
/// <param name="SourceCount">How many different nodes lead into it.</param>
/// <param name="Wanted">Its outputs that something is connected to.</param>
internal sealed record PlannedNode(
    WorkflowNode Node, NodeType Type, ImmutableArray<PlannedSource> Sources, ImmutableArray<int> Consumers, int SourceCount, ImmutableArray<string> Wanted);

/// <summary>What leads into an input.</summary>
/// <param name="Input">The input.</param>
/// <param name="Place">The place of the node that it comes from.</param>
/// <param name="Output">The output there.</param>
internal readonly record struct PlannedSource(PortSpec Input, int Place, string Output);

/// <summary>The nodes that a run needs: its targets, and all that leads to them. Takes time in proportion to nodes and edges.</summary>
/// <param name="Nodes">The nodes, by their places.</param>
internal sealed record RunPlan(ImmutableArray<PlannedNode> Nodes)
{
    /// <summary>The plan of a valid graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="catalogue">The types.</param>
    /// <param name="targets">What is asked for; empty for every node that leads nowhere.</param>
    public static RunPlan Of(WorkflowGraph graph, NodeCatalogue catalogue, IReadOnlyCollection<NodeId> targets)
    {
        // Ordered by their ends, so that the order in a file means nothing.
        var incoming = graph.Edges.Order().ToLookup(static edge => edge.To.Node);
        var needed = Needed(graph, incoming, targets);
        var places = new Dictionary<NodeId, int>(needed.Count);
        foreach (var id in graph.Nodes.Keys.Where(needed.Contains))
        {
            places[id] = places.Count;
        }

        var consumers = places.Keys.Select(static _ => new SortedSet<int>()).ToArray();
        var wanted = places.Keys.Select(static _ => new SortedSet<string>(StringComparer.Ordinal)).ToArray();
        var sources = new ImmutableArray<PlannedSource>[places.Count];
        var types = new NodeType[places.Count];
        foreach (var (id, place) in places)
        {
            types[place] = catalogue.Find(graph.Nodes[id].Type)!;
        }

        foreach (var (id, place) in places)
        {
            sources[place] = [.. incoming[id].Select(edge => new PlannedSource(types[place].Input(edge.To.Port)!, places[edge.From.Node], types[places[edge.From.Node]].Output(edge.From.Port)!.Name))];
            foreach (var source in sources[place])
            {
                consumers[source.Place].Add(place);
                wanted[source.Place].Add(source.Output);
            }
        }

        return new RunPlan([.. places.Select(pair => new PlannedNode(
            graph.Nodes[pair.Key],
            types[pair.Value],
            sources[pair.Value],
            [.. consumers[pair.Value]],
            sources[pair.Value].Select(static source => source.Place).Distinct().Count(),
            [.. wanted[pair.Value]]))]);
    }

    private static HashSet<NodeId> Needed(WorkflowGraph graph, ILookup<NodeId, WorkflowEdge> incoming, IReadOnlyCollection<NodeId> targets)
    {
        if (targets.Count == 0)
        {
            return [.. graph.Nodes.Keys];
        }

        var needed = new HashSet<NodeId>();
        var open = new Stack<NodeId>(targets);
        while (open.TryPop(out var id))
        {
            if (needed.Add(id))
            {
                foreach (var edge in incoming[id])
                {
                    open.Push(edge.From.Node);
                }
            }
        }

        return needed;
    }
}
