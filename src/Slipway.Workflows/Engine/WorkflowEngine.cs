using System.Collections.Immutable;
using System.Runtime.ExceptionServices;
using System.Text.Json;
using System.Threading.Channels;
using Slipway.Runs.Events;
using Slipway.Workflows.Caching;
using Slipway.Workflows.Graphs;
using Slipway.Workflows.Types;

namespace Slipway.Workflows.Engine;

/// <summary>
/// Runs graphs: what is asked for and all that leads to it, each node as soon as its inputs are there, so many at a time. A failure stops what depends on it and
/// nothing else; a question for a person likewise.
/// </summary>
/// <param name="catalogue">The types.</param>
/// <param name="cache">Outputs from before; null to keep none.</param>
/// <param name="time">The clock.</param>
public sealed class WorkflowEngine(NodeCatalogue catalogue, NodeCache? cache, TimeProvider time)
{
    /// <summary>The types.</summary>
    internal NodeCatalogue Catalogue => catalogue;

    /// <summary>What its nodes do at this moment.</summary>
    internal WorkAtHand Work { get; } = new();

    /// <summary>Runs a graph that has no problems.</summary>
    /// <param name="request">What.</param>
    /// <param name="events">Where it is told.</param>
    /// <param name="results">Told each node's end, before its consumers start; null for nobody.</param>
    /// <param name="cancellationToken">Ends the run: nodes that run are ended, and nothing else is begun.</param>
    /// <returns>How it ended; never an exception for what nodes do.</returns>
    public async Task<RunResult> RunAsync(RunRequest request, RunEventLog events, Action<WorkflowNode, NodeResult>? results, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        request = request with { Place = request.Place with { Engine = this, UsesCache = request.UsesCache } };
        using var execution = new Execution(RunPlan.Of(request.Graph, catalogue, request.Targets), request, new NodeRunner(request, events, cache, time), events, results);
        return await execution.RunAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>One run. All state is touched by its one loop only.</summary>
    private sealed class Execution(RunPlan plan, RunRequest request, NodeRunner runner, RunEventLog events, Action<WorkflowNode, NodeResult>? told) : IDisposable
    {
        private readonly NodeResult[] _results = [.. plan.Nodes.Select(static _ => NodeResult.Pending)];
        private readonly int[] _open = [.. plan.Nodes.Select(static node => node.SourceCount)];
        private readonly int[] _users = [.. plan.Nodes.Select(static node => node.Consumers.Length)];
        private readonly IAsyncDisposable?[] _held = new IAsyncDisposable?[plan.Nodes.Length];
        private readonly Queue<int> _ready = new();
        private readonly Channel<(int Place, NodeResult Result, ExceptionDispatchInfo? Defect)> _done = Channel.CreateUnbounded<(int, NodeResult, ExceptionDispatchInfo?)>(new UnboundedChannelOptions { SingleReader = true });
        private readonly CancellationTokenSource _stop = new();
        private int _running;

        public void Dispose() => _stop.Dispose();

        public async Task<RunResult> RunAsync(CancellationToken cancellationToken)
        {
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stop.Token);
            ExceptionDispatchInfo? defect = null;
            for (var place = 0; place < plan.Nodes.Length; place++)
            {
                if (_open[place] == 0)
                {
                    _ready.Enqueue(place);
                }
            }

            while (true)
            {
                while (!ending.IsCancellationRequested && _running < request.Parallel && _ready.TryDequeue(out var place))
                {
                    await BeginAsync(place, ending.Token).ConfigureAwait(false);
                }

                if (_running == 0)
                {
                    break;
                }

                // Nodes end by themselves when they are cancelled, so this wait does.
                var (over, result, thrown) = await _done.Reader.ReadAsync(CancellationToken.None).ConfigureAwait(false);
                _running--;
                if (thrown is not null)
                {
                    defect ??= thrown;
                    await _stop.CancelAsync().ConfigureAwait(false);
                }
                else
                {
                    await SettleAsync(over, result).ConfigureAwait(false);
                }
            }

            foreach (var held in _held)
            {
                await LetGoAsync(held).ConfigureAwait(false);
            }

            defect?.Throw();
            return new RunResult(
                plan.Nodes.Select(static (node, place) => (node.Node.Id, place)).ToImmutableSortedDictionary(static pair => pair.Id, pair => _results[pair.place]),
                cancellationToken.IsCancellationRequested);
        }

        private async ValueTask BeginAsync(int place, CancellationToken cancellationToken)
        {
            var node = plan.Nodes[place];
            if (Inputs(node) is not { } inputs)
            {
                await SettleAsync(place, NodeResult.Pending with { State = node.Sources.Any(source => IsStopped(source.Place)) ? NodeState.Blocked : NodeState.Skipped }).ConfigureAwait(false);
                return;
            }

            var work = runner.RunAsync(node, inputs, cancellationToken);
            if (work.IsCompletedSuccessfully)
            {
                await SettleAsync(place, work.Result).ConfigureAwait(false);
                return;
            }

            _running++;
            _ = ReportAsync(place, work);
        }

        // What a behaviour throws is a defect, and is thrown by the run once all others have ended.
        private async Task ReportAsync(int place, ValueTask<NodeResult> work)
        {
            ExceptionDispatchInfo? defect = null;
            var result = NodeResult.Pending;
            try
            {
                result = await work.ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                defect = ExceptionDispatchInfo.Capture(exception);
            }
            finally
            {
                _done.Writer.TryWrite((place, result, defect));
            }
        }

        // Null when one that is needed is absent, or comes from something that failed.
        private ImmutableSortedDictionary<string, PortValue>? Inputs(PlannedNode node)
        {
            foreach (var source in node.Sources)
            {
                if (IsStopped(source.Place))
                {
                    return null;
                }
            }

            var inputs = runner.Constants(node);
            foreach (var (input, sources) in node.Inputs)
            {
                if (request.Given.ContainsKey(new PortAddress(node.Node.Id, input.Name)))
                {
                    continue;
                }

                var present = new List<PortValue>(sources.Length);
                foreach (var source in sources)
                {
                    if (_results[source.Place].Outputs.Values.TryGetValue(source.Output, out var value))
                    {
                        present.Add(value);
                    }
                }

                if (present.Count == 0)
                {
                    inputs.Remove(input.Name);
                    if (input.IsRequired || (!input.TakesMany && IsSkippedBranch(sources)))
                    {
                        return null;
                    }
                }
                else if (present.Count < sources.Length && !node.Type.RunsWithAbsent)
                {
                    return null;
                }
                else
                {
                    inputs[input.Name] = input.TakesMany ? PortValue.Of(present) : present[0];
                }
            }

            return inputs.ToImmutable();
        }

        // An optional input that is connected to a branch that was not taken: the node belongs to that branch, unless its type says otherwise.
        private bool IsSkippedBranch(ImmutableArray<PlannedSource> sources) => sources.All(source => _results[source.Place].State is NodeState.Skipped);

        private bool IsStopped(int place) => _results[place].State is NodeState.Failed or NodeState.Blocked or NodeState.Waiting or NodeState.Pending;

        private async ValueTask SettleAsync(int place, NodeResult result)
        {
            var node = plan.Nodes[place];
            _results[place] = result;
            _held[place] = (result.Outcome as NodeFinished)?.Holds;
            told?.Invoke(node.Node, result);
            TellSkipped(node, result);
            if (result.State is NodeState.Failed && request.StopsAtFirstFailure)
            {
                await _stop.CancelAsync().ConfigureAwait(false);
            }

            if (result.State is not NodeState.Waiting)
            {
                foreach (var consumer in node.Consumers)
                {
                    if (--_open[consumer] == 0)
                    {
                        _ready.Enqueue(consumer);
                    }
                }
            }

            if (_users[place] == 0)
            {
                await ReleaseAsync(place).ConfigureAwait(false);
            }

            foreach (var source in node.Sources.Select(static source => source.Place).Distinct())
            {
                if (--_users[source] == 0)
                {
                    await ReleaseAsync(source).ConfigureAwait(false);
                }
            }
        }

        private void TellSkipped(PlannedNode node, NodeResult result)
        {
            if (result.State is not (NodeState.Skipped or NodeState.Blocked))
            {
                return;
            }

            var because = node.Sources.Where(source => IsStopped(source.Place) || _results[source.Place].State is NodeState.Skipped).Select(source => plan.Nodes[source.Place].Node.Id.ToString()).FirstOrDefault();
            events.Tell("node_skipped", node.Node.Id.ToString(), JsonMembers.Make(writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("reason", result.State is NodeState.Blocked ? "upstream_failed" : "absent_input");
                if (because is not null)
                {
                    writer.WriteString("because", because);
                }

                writer.WriteEndObject();
            }));
        }

        private async ValueTask ReleaseAsync(int place)
        {
            var held = _held[place];
            _held[place] = null;
            await LetGoAsync(held).ConfigureAwait(false);
        }

        private static async ValueTask LetGoAsync(IAsyncDisposable? held)
        {
            if (held is not null)
            {
                await held.DisposeAsync().ConfigureAwait(false);
            }
        }
    }
}
