using System.Collections.Immutable;
using Slipway.Workflows.Graphs;
using Slipway.Workflows.Types;

namespace Slipway.Workflows.Engine;

/// <summary>One node of a run, with its neighbours by their places in the run.</summary>
/// <param name="Node">The node.</param>
/// <param name="Type">Its type.</param>
/// <param name="Sources">What leads into it, in the order of the edges.</param>
/// <param name="Inputs">The same by its inputs.</param>
/// <param name="Consumers">The places of the nodes that it leads to, each once.</param>
/// <param name="SourceCount">How many different nodes lead into it.</param>
/// <param name="Wanted">Its outputs that something is connected to.</param>
internal sealed record PlannedNode(
    WorkflowNode Node, NodeType Type, ImmutableArray<PlannedSource> Sources, ImmutableArray<PlannedInput> Inputs, ImmutableArray<int> Consumers, int SourceCount, ImmutableArray<string> Wanted);

/// <summary>What leads into an input.</summary>
/// <param name="Input">The input.</param>
/// <param name="Place">The place of the node that it comes from.</param>
/// <param name="Output">The output there.</param>
internal readonly record struct PlannedSource(PortSpec Input, int Place, string Output);

/// <summary>An input that something leads into.</summary>
/// <param name="Input">The input.</param>
/// <param name="Sources">What leads into it, in the order of the edges.</param>
internal readonly record struct PlannedInput(PortSpec Input, ImmutableArray<PlannedSource> Sources);

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
        var incoming = graph.Edges.ToLookup(static edge => edge.To.Node);
        var needed = Needed(graph, incoming, targets);
        var places = new Dictionary<NodeId, int>(needed.Count);
        foreach (var id in graph.Nodes.Keys.Where(needed.Contains))
        {
            places[id] = places.Count;
        }

        var consumers = places.Keys.Select(static _ => new List<int>()).ToArray();
        var wanted = places.Keys.Select(static _ => new List<string>()).ToArray();
        var sources = new ImmutableArray<PlannedSource>[places.Count];
        var types = new NodeType[places.Count];
        foreach (var (id, place) in places)
        {
            types[place] = catalogue.Find(graph.Nodes[id].Type)!;
        }

        foreach (var (id, place) in places)
        {
            // Ordered by their ends, so that the order in a file means nothing.
            sources[place] = [.. incoming[id].Order().Select(edge => new PlannedSource(types[place].Input(edge.To.Port)!, places[edge.From.Node], types[places[edge.From.Node]].Output(edge.From.Port)!.Name))];
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
            ByInput(sources[pair.Value]),
            Sorted(consumers[pair.Value], Comparer<int>.Default),
            sources[pair.Value].Select(static source => source.Place).Distinct().Count(),
            Sorted(wanted[pair.Value], StringComparer.Ordinal)))]);
    }

    private static ImmutableArray<PlannedInput> ByInput(ImmutableArray<PlannedSource> sources) => sources.Length is 1
        ? [new PlannedInput(sources[0].Input, sources)]
        : [.. sources.GroupBy(static source => source.Input.Name, StringComparer.Ordinal).Select(static group => new PlannedInput(group.First().Input, [.. group]))];

    // Each once, in order.
    private static ImmutableArray<T> Sorted<T>(List<T> values, IComparer<T> order) => values.Count <= 1 ? [.. values] : [.. values.Distinct().Order(order)];

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
