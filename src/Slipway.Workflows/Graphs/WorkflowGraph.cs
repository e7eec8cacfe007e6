using System.Collections.Immutable;
using System.Text.Json;

namespace Slipway.Workflows.Graphs;

/// <summary>A workflow as its file says it: nodes, what they are given, and what leads where. Nothing that a run made is in it.</summary>
public sealed record WorkflowGraph
{
    /// <summary>The graph without nodes.</summary>
    public static WorkflowGraph Empty { get; } = new();

    /// <summary>What people call it; null for the file's name.</summary>
    public string? Name { get; init; }

    /// <summary>What it is for.</summary>
    public string? Description { get; init; }

    /// <summary>The nodes by their names, in their order.</summary>
    public ImmutableSortedDictionary<NodeId, WorkflowNode> Nodes { get; init; } = ImmutableSortedDictionary<NodeId, WorkflowNode>.Empty;

    /// <summary>The edges, in the file's order, which means nothing.</summary>
    public ImmutableArray<WorkflowEdge> Edges { get; init; } = [];

    /// <summary>Members of the file that this version does not know; they are written back.</summary>
    public ImmutableSortedDictionary<string, JsonElement> Unknown { get; init; } = JsonMembers.None;

    /// <summary>The graph with one node more, or another one of that name.</summary>
    public WorkflowGraph With(WorkflowNode node) => this with { Nodes = Nodes.SetItem(node.Id, node) };

    /// <summary>The graph with an edge more.</summary>
    public WorkflowGraph With(WorkflowEdge edge) => this with { Edges = [.. Edges.Append(edge).Distinct()] };
}

/// <summary>One step of a workflow.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Type">The type's id.</param>
/// <param name="Version">The version of the type that it was written for.</param>
public sealed record WorkflowNode(NodeId Id, string Type, int Version)
{
    /// <summary>What its ports are given when no edge leads there.</summary>
    public ImmutableSortedDictionary<string, JsonElement> Inputs { get; init; } = JsonMembers.None;

    /// <summary>What an editor keeps of it: <c>x</c>, <c>y</c>, <c>label</c>.</summary>
    public ImmutableSortedDictionary<string, JsonElement> Ui { get; init; } = JsonMembers.None;

    /// <summary>Whether what comes in goes out again, and the node does nothing.</summary>
    public bool Bypass { get; init; }

    /// <summary>Outputs that are given in place of running the node; empty means that it runs.</summary>
    public ImmutableSortedDictionary<string, JsonElement> Pinned { get; init; } = JsonMembers.None;

    /// <summary>How often and how long it may try.</summary>
    public NodePolicy Policy { get; init; } = NodePolicy.Default;

    /// <summary>Members of the file that this version does not know; they are written back.</summary>
    public ImmutableSortedDictionary<string, JsonElement> Unknown { get; init; } = JsonMembers.None;

    /// <summary>What people call it.</summary>
    public string Label => Ui.TryGetValue("label", out var label) && label.ValueKind is JsonValueKind.String ? label.GetString()! : Id.ToString();
}

/// <summary>How often and how long a node may try.</summary>
/// <param name="Retries">How often it is tried again after a failure.</param>
/// <param name="BackoffSeconds">The pause before the first repetition; each is twice the one before.</param>
/// <param name="TimeoutSeconds">How long one try may take; null for as long as it likes.</param>
public sealed record NodePolicy(int Retries, double BackoffSeconds, double? TimeoutSeconds)
{
    /// <summary>One try, without a limit.</summary>
    public static NodePolicy Default { get; } = new(0, 1, null);

    /// <summary>The most repetitions that a file may ask for.</summary>
    public const int MaxRetries = 100;
}

/// <summary>What one port gives to another.</summary>
/// <param name="From">An output.</param>
/// <param name="To">An input.</param>
public readonly record struct WorkflowEdge(PortAddress From, PortAddress To) : IComparable<WorkflowEdge>
{
    /// <inheritdoc/>
    public int CompareTo(WorkflowEdge other) => To.CompareTo(other.To) is var order and not 0 ? order : From.CompareTo(other.From);

    /// <summary>Whether one edge stands before another.</summary>
    public static bool operator <(WorkflowEdge one, WorkflowEdge other) => one.CompareTo(other) < 0;

    /// <summary>Whether one edge stands behind another.</summary>
    public static bool operator >(WorkflowEdge one, WorkflowEdge other) => one.CompareTo(other) > 0;

    /// <summary>Whether one edge does not stand behind another.</summary>
    public static bool operator <=(WorkflowEdge one, WorkflowEdge other) => one.CompareTo(other) <= 0;

    /// <summary>Whether one edge does not stand before another.</summary>
    public static bool operator >=(WorkflowEdge one, WorkflowEdge other) => one.CompareTo(other) >= 0;

    /// <inheritdoc/>
    public override string ToString() => $"{From} -> {To}";
}
