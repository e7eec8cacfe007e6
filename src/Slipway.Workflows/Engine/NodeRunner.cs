using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Runs.Events;
using Slipway.Workflows.Caching;
using Slipway.Workflows.Graphs;
using Slipway.Workflows.Types;

namespace Slipway.Workflows.Engine;

/// <summary>Runs one node: from what was kept, by its code, as often and as long as it may; and tells it.</summary>
internal sealed class NodeRunner(RunRequest request, RunEventLog events, NodeCache? cache, TimeProvider time)
{
    private readonly ILookup<NodeId, KeyValuePair<PortAddress, PortValue>> _given = request.Given.ToLookup(static given => given.Key.Node);

    /// <summary>What a node's inputs are before edges are looked at: what the run was given, else what the file says, else the type's defaults.</summary>
    public ImmutableSortedDictionary<string, PortValue>.Builder Constants(PlannedNode node)
    {
        var inputs = ImmutableSortedDictionary.CreateBuilder<string, PortValue>(StringComparer.Ordinal);
        foreach (var port in node.Type.Inputs)
        {
            if (port.Default is { } value)
            {
                inputs[port.Name] = PortValue.Of(value);
            }
        }

        foreach (var (name, value) in node.Node.Inputs)
        {
            inputs[node.Type.Input(name)!.Name] = PortValue.Of(value);
        }

        foreach (var (address, value) in _given[node.Node.Id])
        {
            inputs[node.Type.Input(address.Port)!.Name] = value;
        }

        return inputs;
    }

    /// <summary>Runs a node whose inputs are there.</summary>
    public async ValueTask<NodeResult> RunAsync(PlannedNode node, ImmutableSortedDictionary<string, PortValue> inputs, CancellationToken cancellationToken)
    {
        if (Without(node, inputs) is { } outputs)
        {
            events.Tell("node_cached", node.Node.Id.ToString());
            return new NodeResult(NodeState.Cached, outputs, null);
        }

        var call = new NodeCall(node.Node, node.Type, inputs, node.Wanted, request.Place, (type, data) => events.Tell(type, node.Node.Id.ToString(), data));
        if (!(await FileInputs.KeepAsync(call, cancellationToken).ConfigureAwait(false)).TryGet(out call, out var failure))
        {
            return Failed(node, failure);
        }

        var keyed = await KeyAsync(call, cancellationToken).ConfigureAwait(false);
        if (!keyed.TryGet(out var key, out failure))
        {
            return Failed(node, failure);
        }

        if (key.Found is { } found)
        {
            events.Tell("node_cached", node.Node.Id.ToString());
            return new NodeResult(NodeState.Cached, found, null);
        }

        events.Tell("node_started", node.Node.Id.ToString());
        var started = time.GetTimestamp();
        var outcome = await WorkAsync(call, cancellationToken).ConfigureAwait(false);
        return Ended(node, outcome, key.Key, time.GetElapsedTime(started));
    }

    // What needs no run at all: a pin, a bypass, what an earlier try of this run made.
    private NodeOutputs? Without(PlannedNode node, ImmutableSortedDictionary<string, PortValue> inputs)
    {
        if (node.Node.Pinned.Count > 0)
        {
            return new NodeOutputs(node.Node.Pinned.ToImmutableSortedDictionary(pin => node.Type.Output(pin.Key)!.Name, static pin => PortValue.Of(pin.Value), StringComparer.Ordinal));
        }

        if (node.Node.Bypass)
        {
            return Bypass.Through(node.Type, inputs);
        }

        return !node.Type.RunsOnResume && request.Before.TryGetValue(node.Node.Id, out var before) ? before : null;
    }

    private readonly record struct Keyed(Sha256Digest? Key, NodeOutputs? Found);

    private async ValueTask<Result<Keyed>> KeyAsync(NodeCall call, CancellationToken cancellationToken)
    {
        var isKept = call.Type.Purity is NodePurity.Pure || (call.Type.Purity is NodePurity.Seeded && call.Find("seed") is not null);
        if (cache is null || !isKept || call.Type.IsCheap || call.Inputs.Values.Any(static value => value.IsSecret))
        {
            return default(Keyed);
        }

        var told = await call.Type.Behaviour.FingerprintAsync(call, cancellationToken).ConfigureAwait(false);
        return told.Map(fingerprint =>
        {
            var key = NodeKey.Of(call.Type.Id, call.Type.Version, call.Inputs, fingerprint);
            return new Keyed(key, request.UsesCache ? cache.Find(key) : null);
        });
    }

    private ValueTask<NodeOutcome> WorkAsync(NodeCall call, CancellationToken cancellationToken) =>
        call.Type is { IsCheap: true, Purity: NodePurity.Pure } ? TryAsync(call, cancellationToken) : MarkedAsync(call, request.Place.Engine!.Work, cancellationToken);

    private async ValueTask<NodeOutcome> MarkedAsync(NodeCall call, WorkAtHand work, CancellationToken cancellationToken)
    {
        work.Begin();
        try
        {
            return await TryAsync(call, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            work.End();
        }
    }

    private async ValueTask<NodeOutcome> TryAsync(NodeCall call, CancellationToken cancellationToken)
    {
        var policy = call.Node.Policy;
        for (var attempt = 0; ; attempt++)
        {
            var outcome = await OnceAsync(call, policy, cancellationToken).ConfigureAwait(false);
            if (outcome is not NodeFailed failed || attempt >= policy.Retries || cancellationToken.IsCancellationRequested)
            {
                return outcome;
            }

            var pause = TimeSpan.FromSeconds(Math.Min(policy.BackoffSeconds * Math.Pow(2, attempt), TimeSpan.FromHours(1).TotalSeconds));
            call.Progress(null, $"try {attempt + 1} of {policy.Retries + 1} failed, again in {pause.TotalSeconds:0.#} s: {failed.Failure.Message}");
            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async ValueTask<NodeOutcome> OnceAsync(NodeCall call, NodePolicy policy, CancellationToken cancellationToken)
    {
        using var limit = policy.TimeoutSeconds is { } seconds ? new CancellationTokenSource(TimeSpan.FromSeconds(seconds), time) : null;
        using var both = limit is null ? null : CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await call.Type.Behaviour.RunAsync(call, both?.Token ?? cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return new Failure(WorkflowsFailures.Cancelled, $"{call.Node.Id} was cancelled.");
        }
        catch (OperationCanceledException) when (limit?.IsCancellationRequested is true)
        {
            return new Failure(WorkflowsFailures.TimedOut, $"{call.Node.Id} took longer than {policy.TimeoutSeconds:0.###} s.");
        }
    }

    private NodeResult Ended(PlannedNode node, NodeOutcome outcome, Sha256Digest? key, TimeSpan took)
    {
        switch (outcome)
        {
            case NodeFinished finished:
                if (key is { } known)
                {
                    cache?.Keep(known, finished.Outputs);
                }

                events.Tell("node_finished", node.Node.Id.ToString(), Took(took));
                return new NodeResult(NodeState.Finished, finished.Outputs, finished);
            case NodeWaits waits:
                events.Tell("node_waiting", node.Node.Id.ToString(), Question(waits));
                return new NodeResult(NodeState.Waiting, NodeOutputs.None, waits);
            default:
                return Failed(node, ((NodeFailed)outcome).Failure);
        }
    }

    private NodeResult Failed(PlannedNode node, Failure failure)
    {
        events.Tell("node_failed", node.Node.Id.ToString(), JsonMembers.Make(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("code", failure.Code.Id);
            writer.WriteString("message", failure.Message);
            writer.WriteString("hint", failure.Remedy);
            if (failure.Detail is { } detail)
            {
                writer.WriteString("detail", detail);
            }

            writer.WriteEndObject();
        }));
        return new NodeResult(NodeState.Failed, NodeOutputs.None, new NodeFailed(failure));
    }

    // Most nodes of a large graph take none of it, and then it need not be written anew.
    private static readonly JsonElement TookNothing = Seconds(0);

    private static JsonElement Took(TimeSpan took) => Math.Round(took.TotalSeconds, 3) is > 0 and var seconds ? Seconds(seconds) : TookNothing;

    private static JsonElement Seconds(double seconds) => JsonMembers.Make(writer =>
    {
        writer.WriteStartObject();
        writer.WriteNumber("seconds", seconds);
        writer.WriteEndObject();
    });

    private static JsonElement Question(NodeWaits waits) => JsonMembers.Make(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("question", waits.Question);
        if (waits.AnswerPort is { } port)
        {
            writer.WriteString("answer_port", port);
        }

        if (waits.Hint is { } hint)
        {
            writer.WriteString("hint", hint);
        }

        writer.WritePropertyName("details");
        waits.Details.WriteTo(writer);
        writer.WriteEndObject();
    });
}
