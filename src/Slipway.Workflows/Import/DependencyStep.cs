using System.Text.Json;
using Slipway.Workflows.Graphs;
using Slipway.Workflows.Types;

namespace Slipway.Workflows.Import;

/// <summary>
/// Puts the dependency environment between a model and what infers with it, where a file has none: Pantograph then runs with whatever Python is there, which
/// nothing here does.
/// </summary>
internal sealed class DependencyStep(NodeCatalogue catalogue, Action<ImportKind, NodeId?, string> say)
{
    /// <summary>The type of the step.</summary>
    public const string DependencyType = "dependency-environment";

    /// <summary>The type of what selects a model.</summary>
    public const string ModelType = "puma-lib";

    private const string ModelPort = "model_path";
    private const string RequirementsPort = "dependency_requirements";
    private const string EnvironmentPort = "environment_ref";

    /// <summary>The graph with such steps and their edges.</summary>
    public WorkflowGraph Add(WorkflowGraph graph)
    {
        foreach (var edge in graph.Edges.Where(edge => IsModel(graph, edge)).ToList())
        {
            var target = graph.Nodes[edge.To.Node];
            if (string.Equals(target.Type, DependencyType, StringComparison.Ordinal))
            {
                graph = Require(graph, edge.From.Node, target.Id);
            }
            else if (EnvironmentOf(target) is { } port && !graph.Edges.Any(other => other.To == new PortAddress(target.Id, port)))
            {
                graph = Between(graph, edge.From.Node, new PortAddress(target.Id, port));
            }
        }

        return graph;
    }

    private static bool IsModel(WorkflowGraph graph, WorkflowEdge edge) =>
        graph.Nodes[edge.From.Node].Type is ModelType && edge.From.Port is ModelPort;

    // A type that is not known here says by its name that it infers.
    private string? EnvironmentOf(WorkflowNode node) => catalogue.Find(node.Type) is { } type
        ? type.Inputs.FirstOrDefault(static port => port.Type.Equals(PortType.Environment))?.Name
        : node.Type.EndsWith("-inference", StringComparison.Ordinal) || node.Type is "audio-generation" ? EnvironmentPort : null;

    private WorkflowGraph Between(WorkflowGraph graph, NodeId model, PortAddress input)
    {
        var there = graph.Edges.Where(edge => edge.From.Node == model && graph.Nodes[edge.To.Node].Type is DependencyType).Select(static edge => (NodeId?)edge.To.Node).FirstOrDefault();
        if (there is not { } step)
        {
            step = NodeId.Coin(DependencyType, graph.Nodes.Keys.ToHashSet());
            graph = graph.With(new WorkflowNode(step, DependencyType, catalogue.Find(DependencyType)?.Version ?? 1) { Ui = Ui(graph.Nodes[model], graph.Nodes[input.Node]) });
            say(ImportKind.Added, step, $"a dependency environment between {model} and {input.Node}, which runs in nothing else");
            graph = Require(graph, model, step);
        }
        else
        {
            say(ImportKind.Added, step, $"the edge to {input}");
        }

        return graph.With(new WorkflowEdge(new PortAddress(step, EnvironmentPort), input));
    }

    // Pantograph hands these on without an edge.
    private WorkflowGraph Require(WorkflowGraph graph, NodeId model, NodeId step)
    {
        foreach (var name in (string[])[ModelPort, RequirementsPort])
        {
            var to = new PortAddress(step, name);
            if ((catalogue.Find(ModelType) is { } source && source.Output(name) is null) || (catalogue.Find(DependencyType) is { } type && type.Input(name) is null)
                || graph.Edges.Any(edge => edge.To == to) || graph.Nodes[step].Inputs.ContainsKey(name))
            {
                continue;
            }

            graph = graph.With(new WorkflowEdge(new PortAddress(model, name), to));
            say(ImportKind.Added, step, $"the edge from {model}.{name}");
        }

        return graph;
    }

    private static System.Collections.Immutable.ImmutableSortedDictionary<string, JsonElement> Ui(WorkflowNode one, WorkflowNode other)
    {
        var ui = JsonMembers.None.Add("label", JsonMembers.Of("Dependency Environment"));
        foreach (var axis in (string[])["x", "y"])
        {
            if (one.Ui.TryGetValue(axis, out var a) && other.Ui.TryGetValue(axis, out var b))
            {
                ui = ui.Add(axis, JsonMembers.Of(Math.Round((a.GetDouble() + b.GetDouble()) / 2)));
            }
        }

        return ui;
    }
}
