using Slipway.Core.Failures;
using Slipway.Runs.Events;
using Slipway.Runs.Jobs;
using Slipway.Workflows.Engine;
using Slipway.Workflows.Graphs;
using Slipway.Workflows.Loading;

namespace Slipway.Workflows.Runs;

/// <summary>One try of a run whose record is begun: events and results are written beside the engine, and the end after it.</summary>
/// <param name="run">The run.</param>
/// <param name="engine">What runs the graph.</param>
/// <param name="time">The clock.</param>
/// <param name="sink">Is told the events; null for nobody.</param>
internal sealed class RunExecution(OwnRun run, WorkflowEngine engine, TimeProvider time, IRunEventSink? sink)
{
    // Who follows the file of a run that says little should not wait for long.
    private static readonly TimeSpan Publishing = TimeSpan.FromMilliseconds(250);

    private Failure? _first;

    /// <summary>Runs it to its end.</summary>
    public async Task<WorkflowRunEnd> RunAsync(LoadedWorkflow workflow, RunRequest request, CancellationToken cancellationToken)
    {
        var views = new NodeViews(request.Graph, request.Targets);
        using var events = sink is null
            ? new RunEventLog(WorkflowRuns.EventsPath(run.Folder), run.Id.ToString(), time, views)
            : new RunEventLog(WorkflowRuns.EventsPath(run.Folder), run.Id.ToString(), time, views, sink);
        using var results = new ResultLog(WorkflowRuns.ResultsPath(run.Folder));
        events.Tell("run_started", data: Started(workflow, request));
        events.Publish();
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, run.Cancelled);
        RunResult result;
        var timer = time.CreateTimer(_ => events.Publish(), null, Publishing, Publishing);
        await using (timer.ConfigureAwait(false))
        {
            result = await engine.RunAsync(request, events, (node, ended) => Take(node, ended, events, results), both.Token).ConfigureAwait(false);
        }

        var nodes = views.Views(isOver: true, id => result.Nodes.GetValueOrDefault(id) is { Outputs: { HasSecrets: false } outputs } ? outputs : null);
        var end = new WorkflowRunEnd(run.Id, result, nodes, _first, EndOf(result));
        events.Tell(end.End is JobExit.Finished ? "run_finished" : end.End is JobExit.Waiting ? "run_waiting" : "run_failed", data: Ended(end));
        results.Flush();
        events.Flush();
        _ = run.End(end.End, (int)end.Exit);
        return end;
    }

    private void Take(WorkflowNode node, NodeResult ended, RunEventLog events, ResultLog results)
    {
        switch (ended.State)
        {
            case NodeState.Finished or NodeState.Cached:
                results.Append(node.Id, ended.Outputs);
                break;
            case NodeState.Failed:
                _first ??= ended.Failure;
                events.Flush();
                break;
            case NodeState.Waiting:
                events.Flush();
                break;
        }
    }

    private static string EndOf(RunResult result) =>
        result.WasCancelled && result.Nodes.Values.Any(static node => node.State is NodeState.Pending || node.Failure?.Code == WorkflowsFailures.Cancelled) ? JobExit.Cancelled
        : result.HasFailed ? JobExit.Failed
        : result.IsWaiting ? JobExit.Waiting
        : JobExit.Finished;

    private static System.Text.Json.JsonElement Started(LoadedWorkflow workflow, RunRequest request) => JsonMembers.Make(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("workflow", workflow.Name);
        writer.WriteString("file", workflow.Path);
        writer.WriteString("digest", workflow.Digest.Hex);
        writer.WriteNumber("nodes", request.Graph.Nodes.Count);
        writer.WriteStartArray("reused");
        foreach (var node in request.Before.Keys)
        {
            writer.WriteStringValue(node.ToString());
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    private static System.Text.Json.JsonElement Ended(WorkflowRunEnd end) => JsonMembers.Make(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("end", end.End);
        writer.WriteNumber("code", (int)end.Exit);
        if (end.First is { } failure)
        {
            writer.WriteString("failure", failure.Code.Id);
            writer.WriteString("message", failure.Message);
        }

        writer.WriteEndObject();
    });
}
