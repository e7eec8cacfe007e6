using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Runs.Jobs;
using Slipway.Store.Layout;
using Slipway.Workflows.Engine;
using Slipway.Workflows.Graphs;

namespace Slipway.Workflows.Runs;

/// <summary>How a node of a run stands.</summary>
/// <param name="Id">The node.</param>
/// <param name="Type">Its type.</param>
/// <param name="Label">What people call it.</param>
/// <param name="State"><c>pending</c>, <c>running</c>, <c>finished</c>, <c>cached</c>, <c>skipped</c>, <c>blocked</c>, <c>failed</c>, <c>waiting</c>, or <c>interrupted</c>: it ran when the run was lost.</param>
public sealed record WorkflowNodeView(NodeId Id, string Type, string Label, string State)
{
    /// <summary>How long it took; null where that is not known.</summary>
    public double? Seconds { get; init; }

    /// <summary>What it said last of how far it is.</summary>
    public string? Message { get; init; }

    /// <summary>The failure or the question as its event has it; undefined for none.</summary>
    public JsonElement Data { get; init; }

    /// <summary>What came out; null for nothing that was kept.</summary>
    public NodeOutputs? Outputs { get; init; }

    /// <summary>Whether it is one of those whose outputs the run was asked for.</summary>
    public bool IsTarget { get; init; }

    /// <summary>A text of its failure or question.</summary>
    public string? Text(string member) => Data.ValueKind is JsonValueKind.Object && Data.TryGetProperty(member, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}

/// <summary>How a run of a workflow stands, read from its files each time.</summary>
/// <param name="Run">The run.</param>
/// <param name="Folder">Its directory.</param>
/// <param name="Nodes">Its nodes.</param>
public sealed record WorkflowRunView(JobInfo Run, string Folder, ImmutableArray<WorkflowNodeView> Nodes)
{
    /// <summary><c>running</c>, <c>finished</c>, <c>failed</c>, <c>waiting</c>, <c>cancelled</c> or <c>lost</c>.</summary>
    public string State => Run.State is JobState.Succeeded ? JobExit.Finished : Run.State is JobState.FailedToStart ? "lost" : Run.StateName;

    /// <summary>Reads it.</summary>
    internal static WorkflowRunView Of(StoreLayout layout, JobInfo run)
    {
        var folder = layout.Run(run.Id.ToString());
        var graph = WorkflowRuns.Snapshot(folder);
        var results = ResultLog.Read(WorkflowRuns.ResultsPath(folder));
        var targets = Targets(run, graph);
        var nodes = graph.Nodes.Values.ToDictionary(static node => node.Id, node => new WorkflowNodeView(node.Id, node.Type, node.Label, "pending")
        {
            IsTarget = targets.Contains(node.Id),
        });
        foreach (var line in ResultLog.Lines(WorkflowRuns.EventsPath(folder)))
        {
            Take(line, nodes);
        }

        return new WorkflowRunView(run, folder, [.. nodes.Values.OrderBy(static node => node.Id).Select(node => node with
        {
            State = node.State is "running" && run.IsOver ? "interrupted" : node.State,
            Outputs = node.State is "finished" or "cached" && results.TryGetValue(node.Id, out var outputs) ? outputs : null,
        })]);
    }

    private static HashSet<NodeId> Targets(JobInfo run, WorkflowGraph graph)
    {
        if (run.Record.Workflow is { Targets.IsDefaultOrEmpty: false } asked)
        {
            return [.. asked.Targets.Select(NodeId.Parse).OfType<NodeId>()];
        }

        var leading = graph.Edges.Select(static edge => edge.From.Node).ToHashSet();
        return [.. graph.Nodes.Keys.Where(id => !leading.Contains(id))];
    }

    private static void Take(JsonElement line, Dictionary<NodeId, WorkflowNodeView> nodes)
    {
        var type = line.TryGetProperty("type", out var told) ? told.GetString() : null;
        if (type is "run_started")
        {
            foreach (var (id, node) in nodes)
            {
                nodes[id] = new WorkflowNodeView(id, node.Type, node.Label, "pending") { IsTarget = node.IsTarget };
            }

            return;
        }

        if (!line.TryGetProperty("node", out var name) || name.ValueKind is not JsonValueKind.String
            || NodeId.Parse(name.GetString()!) is not { } key || !nodes.TryGetValue(key, out var view))
        {
            return;
        }

        var data = line.TryGetProperty("data", out var carried) && carried.ValueKind is JsonValueKind.Object ? carried : default;
        nodes[key] = type switch
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
}
