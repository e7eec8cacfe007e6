using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Failures;

namespace Slipway.Workflows.Graphs;

/// <summary>Reads one document, and goes on after each problem.</summary>
internal sealed class WorkflowReader
{
    private readonly ImmutableArray<GraphProblem>.Builder _problems = ImmutableArray.CreateBuilder<GraphProblem>();

    /// <summary>The graph and the problems of a document whose schema is known.</summary>
    public GraphReading Read(JsonElement root)
    {
        var graph = WorkflowGraph.Empty;
        var unknown = JsonMembers.None.ToBuilder();
        var isThere = false;
        foreach (var member in root.EnumerateObject())
        {
            switch (member.Name)
            {
                case "schema":
                    break;
                case "name":
                    graph = graph with { Name = Text(member.Value, "/name") };
                    break;
                case "description":
                    graph = graph with { Description = Text(member.Value, "/description") };
                    break;
                case "nodes":
                    isThere = true;
                    graph = graph with { Nodes = Nodes(member.Value) };
                    break;
                case "edges":
                    graph = graph with { Edges = Edges(member.Value) };
                    break;
                default:
                    unknown[member.Name] = member.Value.Clone();
                    break;
            }
        }

        if (!isThere)
        {
            Add(WorkflowsFailures.Malformed, string.Empty, "'nodes' is missing");
        }

        return new GraphReading(graph with { Unknown = unknown.ToImmutable() }, _problems.ToImmutable());
    }

    private ImmutableSortedDictionary<NodeId, WorkflowNode> Nodes(JsonElement value)
    {
        var nodes = ImmutableSortedDictionary.CreateBuilder<NodeId, WorkflowNode>();
        foreach (var member in Members(value, "/nodes"))
        {
            var at = GraphProblem.At("nodes", member.Name);
            if (NodeId.Parse(member.Name) is not { } id)
            {
                Add(WorkflowsFailures.Malformed, at, $"'{member.Name}' is no name of a node: it begins with a lower-case letter and has at most 63 of a-z, 0-9 and '-'");
            }
            else if (nodes.ContainsKey(id))
            {
                Add(WorkflowsFailures.Malformed, at, $"there are two nodes '{id}'");
            }
            else if (Node(id, member.Value, at) is { } node)
            {
                nodes[id] = node;
            }
        }

        return nodes.ToImmutable();
    }

    private WorkflowNode? Node(NodeId id, JsonElement value, string at)
    {
        var node = new WorkflowNode(id, string.Empty, 1);
        foreach (var member in Members(value, at))
        {
            var here = $"{at}/{member.Name}";
            switch (member.Name)
            {
                case "type":
                    node = node with { Type = Text(member.Value, here) ?? string.Empty };
                    break;
                case "version":
                    node = node with { Version = (int)(Number(member.Value, here, 1, int.MaxValue) ?? 1) };
                    break;
                case "inputs":
                    node = node with { Inputs = Ports(member.Value, here) };
                    break;
                case "pin":
                    node = node with { Pinned = Ports(member.Value, here) };
                    break;
                case "ui":
                    node = node with { Ui = Members(member.Value, here).ToImmutableSortedDictionary(static ui => ui.Name, static ui => ui.Value.Clone(), StringComparer.Ordinal) };
                    break;
                case "bypass":
                    node = node with { Bypass = Truth(member.Value, here) };
                    break;
                case "policy":
                    node = node with { Policy = Policy(member.Value, here) };
                    break;
                default:
                    node = node with { Unknown = node.Unknown.SetItem(member.Name, member.Value.Clone()) };
                    break;
            }
        }

        if (node.Type.Length == 0)
        {
            Add(WorkflowsFailures.Malformed, at, $"node '{id}' has no 'type'");
            return null;
        }

        return node;
    }

    private NodePolicy Policy(JsonElement value, string at)
    {
        var policy = NodePolicy.Default;
        foreach (var member in Members(value, at))
        {
            var here = $"{at}/{member.Name}";
            policy = member.Name switch
            {
                "retries" => policy with { Retries = (int)(Number(member.Value, here, 0, NodePolicy.MaxRetries) ?? 0) },
                "backoff_s" => policy with { BackoffSeconds = Number(member.Value, here, 0, 86400) ?? 1 },
                "timeout_s" => policy with { TimeoutSeconds = Number(member.Value, here, 0.001, 86400 * 365) },
                _ => Unknown(policy, here),
            };
        }

        return policy;
    }

    private NodePolicy Unknown(NodePolicy policy, string at)
    {
        Add(WorkflowsFailures.Malformed, at, "a policy has 'retries', 'backoff_s' and 'timeout_s'");
        return policy;
    }

    private ImmutableSortedDictionary<string, JsonElement> Ports(JsonElement value, string at)
    {
        var ports = JsonMembers.None.ToBuilder();
        foreach (var member in Members(value, at))
        {
            if (!PortAddress.IsPortName(member.Name))
            {
                Add(WorkflowsFailures.Malformed, at + GraphProblem.At(member.Name), $"'{member.Name}' is no name of a port: it begins with a lower-case letter and has a-z, 0-9 and '_'");
            }
            else
            {
                ports[member.Name] = member.Value.Clone();
            }
        }

        return ports.ToImmutable();
    }

    private ImmutableArray<WorkflowEdge> Edges(JsonElement value)
    {
        if (value.ValueKind is not JsonValueKind.Array)
        {
            Add(WorkflowsFailures.Malformed, "/edges", $"'edges' is {WorkflowText.Kind(value)}, and not a list");
            return [];
        }

        var edges = new List<WorkflowEdge>();
        var seen = new HashSet<WorkflowEdge>();
        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            var at = $"/edges/{index++}";
            var (source, target) = Ends(Members(item, at));
            var from = End(source, at, "/from");
            var to = End(target, at, "/to");
            if (from is not { } output || to is not { } input)
            {
                continue;
            }

            if (!seen.Add(new WorkflowEdge(output, input)))
            {
                Add(WorkflowsFailures.Malformed, at, $"the edge from '{output}' to '{input}' is there twice");
            }

            // Problems are told by the places in the file, so the same one twice has its place too.
            edges.Add(new WorkflowEdge(output, input));
        }

        return [.. edges];
    }

    // Of a member that is there twice, the first counts.
    private static (JsonElement From, JsonElement To) Ends(JsonElement.ObjectEnumerator members)
    {
        JsonElement from = default, to = default;
        foreach (var member in members)
        {
            if (from.ValueKind is JsonValueKind.Undefined && member.NameEquals("from"u8))
            {
                from = member.Value;
            }
            else if (to.ValueKind is JsonValueKind.Undefined && member.NameEquals("to"u8))
            {
                to = member.Value;
            }
        }

        return (from, to);
    }

    private PortAddress? End(JsonElement value, string edge, string member)
    {
        if (value.ValueKind is not JsonValueKind.String)
        {
            Add(WorkflowsFailures.Malformed, edge + member, "an edge has 'from' and 'to', each a text 'node.port'");
            return null;
        }

        var address = PortAddress.Parse(value.GetString()!);
        if (address is null)
        {
            Add(WorkflowsFailures.Malformed, edge + member, $"'{value.GetString()}' is not 'node.port'");
        }

        return address;
    }

    private JsonElement.ObjectEnumerator Members(JsonElement value, string at)
    {
        if (value.ValueKind is JsonValueKind.Object)
        {
            return value.EnumerateObject();
        }

        Add(WorkflowsFailures.Malformed, at, $"here is {WorkflowText.Kind(value)}, and not an object");
        return default;
    }

    private string? Text(JsonElement value, string at)
    {
        if (value.ValueKind is JsonValueKind.String)
        {
            return value.GetString();
        }

        Add(WorkflowsFailures.Malformed, at, $"here is {WorkflowText.Kind(value)}, and not a text");
        return null;
    }

    private double? Number(JsonElement value, string at, double least, double most)
    {
        if (value.ValueKind is JsonValueKind.Number && value.TryGetDouble(out var number) && number >= least && number <= most)
        {
            return number;
        }

        Add(WorkflowsFailures.Malformed, at, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"a number from {least} to {most} is needed"));
        return null;
    }

    private bool Truth(JsonElement value, string at)
    {
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return value.ValueKind is JsonValueKind.True;
        }

        Add(WorkflowsFailures.Malformed, at, $"here is {WorkflowText.Kind(value)}, and not true or false");
        return false;
    }

    private void Add(FailureCode code, string pointer, string message) => _problems.Add(new GraphProblem(code, pointer, message));
}
