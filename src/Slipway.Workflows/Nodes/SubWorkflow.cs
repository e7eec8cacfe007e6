using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Machines.Files;
using Slipway.Runs.Events;
using Slipway.Runs.Jobs;
using Slipway.Workflows.Engine;
using Slipway.Workflows.Graphs;
using Slipway.Workflows.Loading;

namespace Slipway.Workflows.Nodes;

/// <summary>Another workflow that a node runs.</summary>
/// <param name="call">The node.</param>
/// <param name="path">The workflow's file, absolute, links resolved.</param>
/// <param name="graph">What the file says; without problems.</param>
/// <param name="question">What is asked of it.</param>
internal sealed class SubWorkflow(NodeCall call, string path, WorkflowGraph graph, SubWorkflowQuestion question)
{
    private const int Deepest = 16;

    /// <summary>Reads and judges it.</summary>
    public static Result<SubWorkflow> Load(NodeCall call, SubWorkflowQuestion question)
    {
        var loader = new WorkflowLoader(call.Place.Engine!.Catalogue);
        var named = Path.GetFullPath(call["path"].AsText(), call.Place.WorkflowFolder);
        if (!loader.Read(named).TryGet(out var read, out var failure) || !LocalPaths.Resolve(named).TryGet(out var path, out failure))
        {
            return failure with { Message = $"{call.Node.Id} cannot run a workflow: {failure.Message}" };
        }

        var above = Above(call.Place);
        if (above.Contains(path, StringComparer.Ordinal) || above.Length >= Deepest)
        {
            var why = above.Length >= Deepest ? $"more than {Deepest} workflows lie in one another" : "a workflow runs itself";
            return new Failure(NodeFailures.Nesting, $"{call.Node.Id} cannot run {path}: {why} ({string.Join(" -> ", above.Append(path).Select(Path.GetFileName))}).");
        }

        var given = question.ItemPort is { } item ? question.Given.Keys.Append(item).ToHashSet() : [.. question.Given.Keys];
        return Judge(call, question, path, loader.Check(read, given), given);
    }

    /// <summary>Runs it once.</summary>
    /// <param name="given">Its inputs.</param>
    /// <param name="label">What is put before what is told: the item.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The value that is wanted; the failure or the question of a node in it.</returns>
    public async Task<(JsonElement Value, NodeOutcome? Stop)> RunAsync(ImmutableSortedDictionary<PortAddress, PortValue> given, string label, CancellationToken cancellationToken)
    {
        var place = call.Place with { WorkflowFolder = Path.GetDirectoryName(path)!, WorkflowFile = path, Callers = Above(call.Place) };
        var request = new RunRequest(graph, place) { Given = given, UsesCache = place.UsesCache, Targets = question.OutputPort is { } port ? [port.Node] : [] };
        using var events = new RunEventLog(null, RunId.New(DateTimeOffset.UnixEpoch).ToString(), TimeProvider.System, new Relay(call, label));
        var result = await place.Engine!.RunAsync(request, events, results: null, cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return Stopped(result, label) is { } stop ? (default, stop) : (Value(result), null);
    }

    private static ImmutableArray<string> Above(RunPlace place) =>
        place.WorkflowFile is { } file ? [.. place.Callers, LocalPaths.Resolve(file).TryGet(out var real, out _) ? real : file] : place.Callers;

    private static Result<SubWorkflow> Judge(NodeCall call, SubWorkflowQuestion question, string path, LoadedWorkflow loaded, HashSet<PortAddress> given)
    {
        var problems = loaded.Problems.Where(static problem => problem.IsError)
            .Select(static problem => problem.ToString())
            .Concat(given.Where(address => !HasPort(call, loaded.Graph, address, isInput: true)).Select(static address => $"there is no input {address}"))
            .Concat(question.OutputPort is { } port && !HasPort(call, loaded.Graph, port, isInput: false) ? [$"there is no output {port}"] : [])
            .ToList();
        return problems.Count == 0
            ? new SubWorkflow(call, path, loaded.Graph, question)
            : new Failure(WorkflowsFailures.Invalid, $"{call.Node.Id} cannot run {path}: {problems[0]}{(problems.Count > 1 ? $" (and {problems.Count - 1} more)" : string.Empty)}.") { Detail = string.Join('\n', problems) };
    }

    private static bool HasPort(NodeCall call, WorkflowGraph graph, PortAddress address, bool isInput) =>
        graph.Nodes.TryGetValue(address.Node, out var node) && call.Place.Engine!.Catalogue.Find(node.Type) is { } type
        && (isInput ? type.Input(address.Port) : type.Output(address.Port)) is not null;

    private NodeOutcome? Stopped(RunResult result, string label)
    {
        var failed = result.Nodes.FirstOrDefault(static node => node.Value.State is NodeState.Failed);
        if (failed.Value?.Failure is { } failure)
        {
            return new Failure(NodeFailures.InnerFailed, $"{label}{failed.Key} of {Path.GetFileName(path)} failed: {failure.Message}") { Hint = failure.Remedy, Detail = failure.Detail };
        }

        var waiting = result.Nodes.FirstOrDefault(static node => node.Value.State is NodeState.Waiting);
        return waiting.Value?.Question is not { } asked ? null
            : new NodeWaits($"{label}{waiting.Key} of {Path.GetFileName(path)} asks: {asked.Question}", asked.Details)
            {
                // The answer goes in by the inputs that the other workflow is given.
                Hint = asked.AnswerPort is { } port ? $"Give {call.Node.Id}.inputs the member \"{waiting.Key}.{port}\", then resume." : asked.Hint,
            };
    }

    private JsonElement Value(RunResult result)
    {
        if (question.OutputPort is { } port)
        {
            // An alias of a port leads to its value too.
            var name = call.Place.Engine!.Catalogue.Find(graph.Nodes[port.Node].Type)!.Output(port.Port)!.Name;
            return result.Nodes[port.Node].Outputs.Values.TryGetValue(name, out var value) && !value.IsSecret ? value.Json : JsonMembers.Null;
        }

        var leading = graph.Edges.Select(static edge => edge.From.Node).ToHashSet();
        return JsonMembers.Make(writer =>
        {
            writer.WriteStartObject();
            foreach (var (id, node) in result.Nodes.Where(node => !leading.Contains(node.Key)))
            {
                foreach (var (name, value) in node.Outputs.Values.Where(static output => !output.Value.IsSecret))
                {
                    writer.WritePropertyName($"{id}.{name}");
                    value.Json.WriteTo(writer);
                }
            }

            writer.WriteEndObject();
        });
    }

    /// <summary>Tells what happens inside as what the node does.</summary>
    private sealed class Relay(NodeCall call, string label) : IRunEventSink
    {
        public void Take(in RunEvent one)
        {
            switch (one.Type)
            {
                case "node_started" or "node_cached" or "node_failed" or "node_waiting":
                    call.Progress(null, $"{label}{one.Node} {one.Type["node_".Length..]}");
                    break;
                case "log" when one.Data.TryGetProperty("line", out var line):
                    call.Log($"{label}{one.Node}: {line.GetString()}");
                    break;
                case "env_state":
                    call.EnvironmentState(one.Data);
                    break;
            }
        }
    }
}
