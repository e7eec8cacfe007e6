using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Workflows.Engine;
using Slipway.Workflows.Graphs;
using Slipway.Workflows.Types;

namespace Slipway.Workflows.Nodes;

/// <summary>Runs another workflow by the engine that runs this one, once or for each item of a list.</summary>
internal sealed class SubWorkflowNode : INodeBehaviour
{
    /// <summary>How many items run at the same time when nothing is said.</summary>
    public const int UsualParallel = 4;

    public async ValueTask<NodeOutcome> RunAsync(NodeCall call, CancellationToken cancellationToken)
    {
        if (!SubWorkflowQuestion.Of(call).TryGet(out var question, out var failure) || !SubWorkflow.Load(call, question).TryGet(out var workflow, out failure))
        {
            return failure;
        }

        if (question.Items is { } items)
        {
            return await EachAsync(call, question, workflow, items, cancellationToken).ConfigureAwait(false);
        }

        var (value, stop) = await workflow.RunAsync(question.Given, string.Empty, cancellationToken).ConfigureAwait(false);
        return stop ?? NodeOutcome.Of("results", PortValue.Of(value));
    }

    // All items are run, whatever happens to some: what was done is kept, and one look says all that went wrong.
    private static async Task<NodeOutcome> EachAsync(
        NodeCall call, SubWorkflowQuestion question, SubWorkflow workflow, ImmutableArray<JsonElement> items, CancellationToken cancellationToken)
    {
        var ended = new (JsonElement Value, NodeOutcome? Stop)[items.Length];
        var done = 0;
        var options = new ParallelOptions { MaxDegreeOfParallelism = question.Parallel, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, items.Length, options, async (index, token) =>
        {
            ended[index] = await workflow.RunAsync(question.Given.SetItem(question.ItemPort!.Value, PortValue.Of(items[index])), $"item {index}: ", token).ConfigureAwait(false);
            var count = Interlocked.Increment(ref done);
            call.Progress((double)count / items.Length, $"{count} of {items.Length} items");
        }).ConfigureAwait(false);

        var stops = ended.Select(static end => end.Stop).OfType<NodeOutcome>().ToList();
        var failures = stops.OfType<NodeFailed>().Select(static stop => stop.Failure).ToList();
        return failures.Count > 0
            ? failures[0] with
            {
                Message = failures.Count == 1 ? failures[0].Message : $"{failures.Count} of {items.Length} items failed; {failures[0].Message}",
                Detail = failures.Count == 1 ? failures[0].Detail : string.Join('\n', failures.Select(static failure => failure.Message)),
            }
            : stops.FirstOrDefault() ?? NodeOutcome.Of("results", PortValue.Of([.. ended.Select(static end => PortValue.Of(end.Value))]));
    }
}
