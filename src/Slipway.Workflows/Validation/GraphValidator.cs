using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Workflows.Graphs;
using Slipway.Workflows.Types;

namespace Slipway.Workflows.Validation;

/// <summary>
/// Finds everything that keeps a graph from running, at once: unknown types, versions, nodes and ports, types that do not fit, missing inputs, cycles; and
/// orphans, which are only warned of. Pure.
/// </summary>
/// <param name="catalogue">The types.</param>
public sealed class GraphValidator(NodeCatalogue catalogue)
{
    /// <summary>The problems of a graph whose nodes are of current versions.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="given">Inputs that the run is given beside the file.</param>
    public ImmutableArray<GraphProblem> Problems(WorkflowGraph graph, IReadOnlySet<PortAddress>? given = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var problems = ImmutableArray.CreateBuilder<GraphProblem>();
        var types = new Dictionary<NodeId, NodeType>();
        foreach (var node in graph.Nodes.Values)
        {
            if (TypeOf(node, problems) is { } type)
            {
                types[node.Id] = type;
            }
        }

        var connected = new Dictionary<PortAddress, int>();
        for (var i = 0; i < graph.Edges.Length; i++)
        {
            CheckEdge(graph, i, types, connected, problems);
        }

        foreach (var node in graph.Nodes.Values)
        {
            if (types.TryGetValue(node.Id, out var type))
            {
                CheckInputs(node, type, connected, given, problems);
            }
        }

        problems.AddRange(CycleFinder.Cycles(graph).Select(static cycle => new GraphProblem(
            WorkflowsFailures.Cycle, GraphProblem.At("nodes", cycle[0].ToString()), $"the graph has a cycle: {string.Join(" -> ", cycle.Append(cycle[0]))}")));
        problems.AddRange(Orphans(graph));
        return problems.ToImmutable();
    }

    /// <summary>A graph whose nodes are of current versions, and what could not be brought there.</summary>
    public GraphReading Migrate(WorkflowGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var problems = ImmutableArray.CreateBuilder<GraphProblem>();
        var nodes = graph.Nodes.ToBuilder();
        foreach (var node in graph.Nodes.Values)
        {
            if (catalogue.Find(node.Type) is not { } type || node.Version == type.Version)
            {
                continue;
            }

            var now = node;
            while (now.Version < type.Version && type.Migrations.TryGetValue(now.Version, out var step))
            {
                now = step(now) with { Version = now.Version + 1 };
            }

            if (now.Version == type.Version)
            {
                nodes[node.Id] = now;
            }
            else
            {
                problems.Add(new GraphProblem(
                    WorkflowsFailures.UnknownVersion,
                    GraphProblem.At("nodes", node.Id.ToString(), "version"),
                    $"node '{node.Id}' was written for version {node.Version} of '{type.Id}'; this Slipway has version {type.Version}, and no way from {now.Version}"));
            }
        }

        return new GraphReading(graph with { Nodes = nodes.ToImmutable() }, problems.ToImmutable());
    }

    private NodeType? TypeOf(WorkflowNode node, ImmutableArray<GraphProblem>.Builder problems)
    {
        if (catalogue.Find(node.Type) is { } type)
        {
            return type;
        }

        var near = NearestName.Of(node.Type, catalogue.All.Select(static known => known.Id));
        problems.Add(new GraphProblem(
            WorkflowsFailures.UnknownType,
            GraphProblem.At("nodes", node.Id.ToString(), "type"),
            $"node '{node.Id}' is of the type '{node.Type}', which is not known here{(near is null ? string.Empty : $"; did you mean '{near}'?")}"));
        return null;
    }

    private static void CheckEdge(
        WorkflowGraph graph, int index, Dictionary<NodeId, NodeType> types, Dictionary<PortAddress, int> connected, ImmutableArray<GraphProblem>.Builder problems)
    {
        var edge = graph.Edges[index];
        var output = types.TryGetValue(edge.From.Node, out var from) ? from.Output(edge.From.Port) : null;
        var input = types.TryGetValue(edge.To.Node, out var to) ? to.Input(edge.To.Port) : null;
        if (from is null && !graph.Nodes.ContainsKey(edge.From.Node))
        {
            problems.Add(new GraphProblem(WorkflowsFailures.UnknownNode, EdgeAt(index, "from"), $"there is no node '{edge.From.Node}'"));
        }

        if (to is null && !graph.Nodes.ContainsKey(edge.To.Node))
        {
            problems.Add(new GraphProblem(WorkflowsFailures.UnknownNode, EdgeAt(index, "to"), $"there is no node '{edge.To.Node}'"));
        }

        if (from is not null && output is null)
        {
            problems.Add(UnknownPort(EdgeAt(index, "from"), edge.From, from, from.Outputs, "output"));
        }

        if (to is not null && input is null)
        {
            problems.Add(UnknownPort(EdgeAt(index, "to"), edge.To, to, to.Inputs, "input"));
        }

        if (input is null)
        {
            return;
        }

        var target = edge.To with { Port = input.Name };
        var count = connected.GetValueOrDefault(target) + 1;
        connected[target] = count;
        if (count == 2 && !input.TakesMany)
        {
            problems.Add(new GraphProblem(WorkflowsFailures.TooManyEdges, EdgeAt(index, "to"), $"the input '{target}' takes one edge, and has several"));
        }

        if (output is not null && !output.Type.Fits(input.Type))
        {
            problems.Add(new GraphProblem(WorkflowsFailures.IncompatibleTypes, EdgeAt(index), $"'{edge.From}' gives {output.Type}, and '{edge.To}' takes {input.Type}"));
        }
    }

    private static string EdgeAt(int index, params ReadOnlySpan<string> member) => GraphProblem.At(["edges", index.ToString(CultureInfo.InvariantCulture), .. member]);

    private static GraphProblem UnknownPort(string at, PortAddress address, NodeType type, ImmutableArray<PortSpec> ports, string kind) => new(
        WorkflowsFailures.UnknownPort,
        at,
        ports.Length == 0
            ? $"'{type.Id}' has no {kind}s, and '{address}' names one"
            : $"'{type.Id}' has no {kind} '{address.Port}'; it has {string.Join(", ", ports.Select(static port => port.Name))}");

    private static void CheckInputs(
        WorkflowNode node, NodeType type, Dictionary<PortAddress, int> connected, IReadOnlySet<PortAddress>? given, ImmutableArray<GraphProblem>.Builder problems)
    {
        var valued = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, value) in node.Inputs)
        {
            var at = GraphProblem.At("nodes", node.Id.ToString(), "inputs", name);
            if (type.Input(name) is not { } port)
            {
                problems.Add(UnknownPort(at, new PortAddress(node.Id, name), type, type.Inputs, "input"));
                continue;
            }

            valued.Add(port.Name);
            problems.AddRange(ValueProblems(node, port, value, at));
        }

        foreach (var (name, _) in node.Pinned.Where(pin => type.Output(pin.Key) is null))
        {
            problems.Add(UnknownPort(GraphProblem.At("nodes", node.Id.ToString(), "pin", name), new PortAddress(node.Id, name), type, type.Outputs, "output"));
        }

        foreach (var port in node.Bypass || node.Pinned.Count > 0 ? [] : type.Inputs)
        {
            var address = new PortAddress(node.Id, port.Name);
            if (port.IsRequired && port.Default is null && !connected.ContainsKey(address) && !valued.Contains(port.Name) && given?.Contains(address) is not true)
            {
                problems.Add(new GraphProblem(
                    WorkflowsFailures.MissingInput, GraphProblem.At("nodes", node.Id.ToString(), "inputs"), $"the input '{address}' ({port.Description}) has neither an edge nor a value"));
            }
        }
    }

    private static IEnumerable<GraphProblem> ValueProblems(WorkflowNode node, PortSpec port, JsonElement value, string at)
    {
        if (port.Type.Equals(PortType.Secret))
        {
            yield return new GraphProblem(WorkflowsFailures.SavedSecret, at, $"'{node.Id}.{port.Name}' is a secret, and a file holds none");
        }
        else if (port.Type.Equals(PortType.Environment))
        {
            yield return new GraphProblem(
                WorkflowsFailures.BadValue, at, $"'{node.Id}.{port.Name}' is an environment, which each run makes anew: a file holds none; connect it to a dependency-environment node");
        }
        else if (port.TakesMany && value.ValueKind is JsonValueKind.Array)
        {
            yield break;
        }
        else if (port.Objection(value) is { } expected)
        {
            yield return new GraphProblem(WorkflowsFailures.BadValue, at, $"'{node.Id}.{port.Name}' is {WorkflowText.Kind(value)}, and should be {expected}");
        }
        else if (port.Type.IsFile && Path.IsPathRooted(value.GetString()))
        {
            yield return new GraphProblem(
                WorkflowsFailures.BadValue, at, $"'{node.Id}.{port.Name}' is an absolute path, which other machines do not have; a path relative to the file goes with it") { IsError = false };
        }
    }

    private static IEnumerable<GraphProblem> Orphans(WorkflowGraph graph)
    {
        if (graph.Nodes.Count < 2)
        {
            return [];
        }

        var used = graph.Edges.SelectMany(static edge => (NodeId[])[edge.From.Node, edge.To.Node]).ToHashSet();
        return graph.Nodes.Keys.Where(id => !used.Contains(id)).Select(static id => new GraphProblem(
            WorkflowsFailures.Orphan, GraphProblem.At("nodes", id.ToString()), $"node '{id}' is connected to nothing") { IsError = false });
    }
}
