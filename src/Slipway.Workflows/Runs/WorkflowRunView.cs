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

/// <summary>How a run of a workflow stands.</summary>
/// <param name="Run">The run.</param>
/// <param name="Folder">Its directory.</param>
/// <param name="Nodes">Its nodes.</param>
public sealed record WorkflowRunView(JobInfo Run, string Folder, ImmutableArray<WorkflowNodeView> Nodes)
{
    /// <summary><c>running</c>, <c>finished</c>, <c>failed</c>, <c>waiting</c>, <c>cancelled</c> or <c>lost</c>.</summary>
    public string State => Run.State is JobState.Succeeded ? JobExit.Finished : Run.State is JobState.FailedToStart ? "lost" : Run.StateName;

    /// <summary>Reads it from the files of the run.</summary>
    internal static WorkflowRunView Of(StoreLayout layout, JobInfo run)
    {
        var folder = layout.Run(run.Id.ToString());
        var views = new NodeViews(WorkflowRuns.Snapshot(folder), Targets(run));
        var results = ResultLog.Read(WorkflowRuns.ResultsPath(folder));
        foreach (var line in ResultLog.Lines(WorkflowRuns.EventsPath(folder)))
        {
            views.Take(line);
        }

        return new WorkflowRunView(run, folder, views.Views(run.IsOver, results.GetValueOrDefault));
    }

    private static ImmutableArray<NodeId> Targets(JobInfo run) =>
        run.Record.Workflow is { Targets.IsDefaultOrEmpty: false } asked ? [.. asked.Targets.Select(NodeId.Parse).OfType<NodeId>()] : [];
}
