using System.Collections.Immutable;
using Slipway.Workflows.Graphs;

namespace Slipway.Workflows.Validation;

/// <summary>Finds cycles: one for each part of a graph in which every node leads to every other (Tarjan's components, without recursion).</summary>
internal static class CycleFinder
{
    /// <summary>A shortest cycle of each such part, beginning with its first node.</summary>
    public static ImmutableArray<ImmutableArray<NodeId>> Cycles(WorkflowGraph graph)
    {
        var next = graph.Nodes.Keys.ToDictionary(static id => id, static _ => new List<NodeId>());
        foreach (var edge in graph.Edges)
        {
            if (next.TryGetValue(edge.From.Node, out var list) && next.ContainsKey(edge.To.Node))
            {
                list.Add(edge.To.Node);
            }
        }

        return IsAcyclic(next) ? [] : [.. Components(next).Where(part => part.Count > 1 || next[part.Min()].Contains(part.Min())).Select(part => Shortest(part.Min(), part, next)).OrderBy(static cycle => cycle[0])];
    }

    // Most graphs have no cycle, and that is seen with less: take away what nothing leads to until nothing is left (Kahn).
    private static bool IsAcyclic(Dictionary<NodeId, List<NodeId>> next)
    {
        var places = new Dictionary<NodeId, int>(next.Count);
        foreach (var id in next.Keys)
        {
            places.Add(id, places.Count);
        }

        var targets = next.Values.Select(list => list.ConvertAll(id => places[id])).ToArray();
        var open = new int[targets.Length];
        foreach (var target in targets.SelectMany(static list => list))
        {
            open[target]++;
        }

        var free = new Stack<int>(Enumerable.Range(0, open.Length).Where(place => open[place] == 0));
        var left = open.Length;
        while (free.TryPop(out var place))
        {
            left--;
            foreach (var target in targets[place])
            {
                if (--open[target] == 0)
                {
                    free.Push(target);
                }
            }
        }

        return left == 0;
    }

    private static List<HashSet<NodeId>> Components(Dictionary<NodeId, List<NodeId>> next)
    {
        var found = new List<HashSet<NodeId>>();
        var index = new Dictionary<NodeId, int>();
        var low = new Dictionary<NodeId, int>();
        var open = new Stack<NodeId>();
        var isOpen = new HashSet<NodeId>();
        var path = new Stack<(NodeId Node, int Edge)>();
        foreach (var start in next.Keys.Order())
        {
            if (index.ContainsKey(start))
            {
                continue;
            }

            path.Push((start, 0));
            while (path.TryPop(out var frame))
            {
                var (node, edge) = frame;
                if (edge == 0 && index.TryAdd(node, index.Count))
                {
                    low[node] = index[node];
                    open.Push(node);
                    isOpen.Add(node);
                }

                if (edge < next[node].Count)
                {
                    var target = next[node][edge];
                    path.Push((node, edge + 1));
                    if (!index.TryGetValue(target, out var known))
                    {
                        path.Push((target, 0));
                    }
                    else if (isOpen.Contains(target))
                    {
                        low[node] = Math.Min(low[node], known);
                    }

                    continue;
                }

                Close(node, index, low, open, isOpen, found);
                if (path.TryPeek(out var parent))
                {
                    low[parent.Node] = Math.Min(low[parent.Node], low[node]);
                }
            }
        }

        return found;
    }

    private static void Close(
        NodeId node, Dictionary<NodeId, int> index, Dictionary<NodeId, int> low, Stack<NodeId> open, HashSet<NodeId> isOpen, List<HashSet<NodeId>> found)
    {
        if (low[node] != index[node])
        {
            return;
        }

        var part = new HashSet<NodeId>();
        NodeId member;
        do
        {
            member = open.Pop();
            isOpen.Remove(member);
            part.Add(member);
        }
        while (member != node);

        found.Add(part);
    }

    private static ImmutableArray<NodeId> Shortest(NodeId start, HashSet<NodeId> part, Dictionary<NodeId, List<NodeId>> next)
    {
        var from = new Dictionary<NodeId, NodeId>();
        var queue = new Queue<NodeId>([start]);
        while (queue.TryDequeue(out var node))
        {
            foreach (var target in next[node].Where(part.Contains))
            {
                if (target == start)
                {
                    return Way(start, node, from);
                }

                if (from.TryAdd(target, node))
                {
                    queue.Enqueue(target);
                }
            }
        }

        return [start];
    }

    private static ImmutableArray<NodeId> Way(NodeId start, NodeId end, Dictionary<NodeId, NodeId> from)
    {
        var way = new List<NodeId> { end };
        while (way[^1] != start)
        {
            way.Add(from[way[^1]]);
        }

        way.Reverse();
        return [.. way];
    }
}
