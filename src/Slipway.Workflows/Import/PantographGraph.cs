using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Workflows.Graphs;
using Slipway.Workflows.Types;

namespace Slipway.Workflows.Import;

/// <summary>One import: nodes, then edges, then values, then what is missing.</summary>
internal sealed class PantographGraph(NodeCatalogue catalogue)
{
    // Types and ports whose names differ where the meaning does not; other names of ports are the types' own aliases.
    private static readonly ImmutableDictionary<string, string> Types = ImmutableDictionary<string, string>.Empty.Add("conditional", "condition");

    private static readonly ImmutableDictionary<(string Type, string Port), string> Outputs = new Dictionary<(string, string), string>
    {
        [("condition", "true_out")] = "then",
        [("condition", "false_out")] = "else",
        [(DependencyStep.DependencyType, "dependency_requirements")] = "resolved_dependency_requirements",
        [(DependencyStep.DependencyType, "dependency_status")] = "status",
    }.ToImmutableDictionary();

    private readonly ImmutableArray<ImportRemark>.Builder _remarks = ImmutableArray.CreateBuilder<ImportRemark>();
    private readonly Dictionary<string, NodeId> _names = new(StringComparer.Ordinal);
    private WorkflowGraph _graph = WorkflowGraph.Empty;

    /// <summary>Makes the graph.</summary>
    public ImportedWorkflow Make(JsonElement root, JsonElement graph, JsonElement nodes)
    {
        var metadata = PantographJson.Find(root, "metadata") ?? root;
        _graph = _graph with { Name = PantographJson.Text(metadata, "name"), Description = PantographJson.Text(metadata, "description") };
        var data = new Dictionary<NodeId, JsonElement>();
        foreach (var node in nodes.EnumerateArray())
        {
            if (Node(node) is { } id)
            {
                data[id] = PantographJson.Find(node, "data") ?? default;
            }
        }

        foreach (var edge in PantographJson.List(graph, "edges"))
        {
            Edge(edge, data);
        }

        foreach (var (id, values) in data.Where(static pair => pair.Value.ValueKind is JsonValueKind.Object))
        {
            Values(_graph.Nodes[id], values);
        }

        _graph = new DependencyStep(catalogue, Say).Add(_graph);
        var left = root.EnumerateObject().Select(static member => member.Name).Where(static name => name is "viewport" or "derived_graph")
            .Concat(PantographJson.Find(graph, "derived_graph") is null ? [] : ["derived_graph"]).Distinct(StringComparer.Ordinal).ToList();
        if (left.Count > 0)
        {
            Say(ImportKind.Dropped, null, $"{string.Join(", ", left)}: what an editor or a run left in the file");
        }

        return new ImportedWorkflow(_graph, _remarks.ToImmutable());
    }

    private void Say(ImportKind kind, NodeId? node, string message) => _remarks.Add(new ImportRemark(kind, node?.ToString(), message));

    private NodeId? Node(JsonElement json)
    {
        if (PantographJson.Text(json, "id") is not { } name || PantographJson.Text(json, "node_type", "type") is not { } told)
        {
            Say(ImportKind.Dropped, null, "a node without an id or a type");
            return null;
        }

        var id = NodeId.Coin(name, _graph.Nodes.Keys.ToHashSet());
        if (!_names.TryAdd(name, id))
        {
            Say(ImportKind.Renamed, id, $"a second node '{name}'; edges lead to the first");
        }
        else if (!string.Equals(name, id.ToString(), StringComparison.Ordinal))
        {
            Say(ImportKind.Renamed, id, $"was '{name}'");
        }

        var type = Types.GetValueOrDefault(told, told);
        if (!string.Equals(type, told, StringComparison.Ordinal))
        {
            Say(ImportKind.Renamed, id, $"the type '{told}' is '{type}' here");
        }

        if (catalogue.Find(type) is null)
        {
            Say(ImportKind.Unknown, id, $"the type '{type}' is not known here: the node is kept, and cannot be run");
        }

        _graph = _graph.With(new WorkflowNode(id, type, catalogue.Find(type)?.Version ?? 1) { Ui = Ui(json) });
        return id;
    }

    private static ImmutableSortedDictionary<string, JsonElement> Ui(JsonElement json)
    {
        var ui = JsonMembers.None;
        if (PantographJson.Find(json, "position") is { } position)
        {
            var (x, y) = position.ValueKind is JsonValueKind.Array && position.GetArrayLength() == 2
                ? (position[0], position[1])
                : (PantographJson.Find(position, "x") ?? default, PantographJson.Find(position, "y") ?? default);
            ui = x.ValueKind is JsonValueKind.Number && y.ValueKind is JsonValueKind.Number
                ? ui.Add("x", JsonMembers.Of(Math.Round(x.GetDouble()))).Add("y", JsonMembers.Of(Math.Round(y.GetDouble())))
                : ui;
        }

        return PantographJson.Find(json, "data") is { } data && PantographJson.Text(data, "label") is { } label ? ui.Add("label", JsonMembers.Of(label)) : ui;
    }

    private void Edge(JsonElement json, Dictionary<NodeId, JsonElement> data)
    {
        var (source, target) = (PantographJson.Text(json, "source") ?? string.Empty, PantographJson.Text(json, "target") ?? string.Empty);
        if (!_names.TryGetValue(source, out var from) || !_names.TryGetValue(target, out var to))
        {
            Say(ImportKind.Dropped, null, $"the edge from '{source}' to '{target}': one of them is not there");
            return;
        }

        var output = Port(from, PantographJson.Text(json, "source_handle") ?? string.Empty, isInput: false, data);
        var input = Port(to, PantographJson.Text(json, "target_handle") ?? string.Empty, isInput: true, data);
        if (output is not null && input is not null)
        {
            _graph = _graph.With(new WorkflowEdge(new PortAddress(from, output), new PortAddress(to, input)));
        }
    }

    private string? Port(NodeId id, string told, bool isInput, Dictionary<NodeId, JsonElement> data)
    {
        var node = _graph.Nodes[id];
        var name = PantographJson.Snake(told);
        var known = catalogue.Find(node.Type);
        var port = known is null ? null : isInput ? known.Input(name) : Find(known, node.Type, name);
        if (port is not null || (known is null && PortAddress.IsPortName(name)))
        {
            return port?.Name ?? name;
        }

        var isDynamic = data.TryGetValue(id, out var values) && PantographJson.Find(values, "definition") is { } definition
            && PantographJson.List(definition, isInput ? "inputs" : "outputs").Any(declared => PantographJson.Text(declared, "id") is { } text && string.Equals(PantographJson.Snake(text), name, StringComparison.Ordinal));
        Say(ImportKind.Dropped, id, $"an edge {(isInput ? "to the input" : "from the output")} '{told}'{(isDynamic ? ", which only this node declares," : string.Empty)} that '{node.Type}' does not have");
        return null;
    }

    // The name here goes first: Pantograph calls an output of the dependency node as another one is called here.
    private static PortSpec? Find(NodeType type, string id, string name) =>
        (Outputs.TryGetValue((id, name), out var ours) ? type.Output(ours) : null) ?? type.Output(name);

    private void Values(WorkflowNode node, JsonElement data)
    {
        var kept = JsonMembers.None;
        var dropped = new SortedSet<string>(StringComparer.Ordinal);
        var paths = new SortedSet<string>(StringComparer.Ordinal);
        var type = catalogue.Find(node.Type);
        foreach (var member in data.EnumerateObject().Where(static member => member.Name is not ("label" or "definition") && member.Value.ValueKind is not JsonValueKind.Null))
        {
            var name = PantographJson.Snake(member.Name);
            if (PantographJson.IsMachinePath(name, member.Value))
            {
                paths.Add(name);
            }
            else if (type is null ? IsOwn(node, data, name, member.Value) : IsInput(node, type, name, member.Value))
            {
                kept = kept.SetItem(type?.Input(name)?.Name ?? member.Name, PantographJson.Scrub(member.Value, path => paths.Add(path)));
            }
            else
            {
                dropped.Add(name);
            }
        }

        _graph = _graph.With(type is null
            ? node with { Unknown = kept.IsEmpty ? node.Unknown : node.Unknown.SetItem("data", Object(kept)) }
            : node with { Inputs = kept });
        if (paths.Count > 0)
        {
            Say(ImportKind.Dropped, node.Id, $"{string.Join(", ", paths)}: paths of the machine that the file was made on{(kept.ContainsKey("model_id") ? "; model_id is kept, which names the model" : string.Empty)}");
        }

        if (dropped.Count > 0)
        {
            Say(ImportKind.Dropped, node.Id, $"{string.Join(", ", dropped)}: what runs left in the file, or nothing that the node takes here");
        }
    }

    // Of a type that is not known only its own declaration tells what a run left there; content is no setting.
    private bool IsOwn(WorkflowNode node, JsonElement data, string name, JsonElement value)
    {
        const int LongestText = 16 * 1024;
        return !DerivedState.Is(name)
            && !(value.ValueKind is JsonValueKind.String && value.GetString()!.Length > LongestText)
            && !_graph.Edges.Any(edge => (edge.To.Node == node.Id && edge.To.Port == name) || (edge.From.Node == node.Id && edge.From.Port == name && node.Type is not DependencyStep.ModelType))
            && !(PantographJson.Find(data, "definition") is { } definition && node.Type is not DependencyStep.ModelType
                && PantographJson.List(definition, "outputs").Any(output => PantographJson.Text(output, "id") == name));
    }

    // A value of a port that an edge leads to is what came over it last.
    private bool IsInput(WorkflowNode node, NodeType type, string name, JsonElement value)
    {
        const int LongestPath = 1024;
        return type.Input(name) is { } port && !DerivedState.Is(name)
            && !port.Type.Equals(PortType.Environment) && !port.Type.Equals(PortType.Secret) && !port.Type.Equals(PortType.Stream) && !port.Type.Equals(PortType.AudioStream)
            && port.Objection(value) is null
            && !(port.Type.IsFile && value.GetString()!.Length is 0 or > LongestPath)
            && !_graph.Edges.Any(edge => edge.To == new PortAddress(node.Id, port.Name));
    }

    private static JsonElement Object(ImmutableSortedDictionary<string, JsonElement> members) => JsonMembers.Make(writer =>
    {
        writer.WriteStartObject();
        foreach (var (name, value) in members)
        {
            writer.WritePropertyName(name);
            value.WriteTo(writer);
        }

        writer.WriteEndObject();
    });
}
