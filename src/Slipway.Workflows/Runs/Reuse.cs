using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Workflows.Caching;
using Slipway.Workflows.Engine;
using Slipway.Workflows.Graphs;
using Slipway.Workflows.Types;

namespace Slipway.Workflows.Runs;

/// <summary>What a run that continues need not do again: nodes that finished, unless they, what they are given or something before them changed.</summary>
internal static class Reuse
{
    /// <summary>The outputs that are used again.</summary>
    /// <param name="before">The graph that ran.</param>
    /// <param name="now">The graph that runs now.</param>
    /// <param name="results">What finished.</param>
    /// <param name="changed">Nodes that are given something else now.</param>
    /// <param name="catalogue">The types.</param>
    /// <param name="blobs">Where the content lies that outputs name.</param>
    public static ImmutableSortedDictionary<NodeId, NodeOutputs> Of(
        WorkflowGraph before, WorkflowGraph now, ImmutableSortedDictionary<NodeId, NodeOutputs> results, IEnumerable<NodeId> changed, NodeCatalogue catalogue, BlobStore blobs)
    {
        var (oldSources, sources) = (before.Edges.ToLookup(static edge => edge.To.Node), now.Edges.ToLookup(static edge => edge.To.Node));
        var dirty = changed.Concat(now.Nodes.Keys.Where(id => !IsSame(before, now, id) || !oldSources[id].ToHashSet().SetEquals(sources[id]))).ToHashSet();
        var consumers = now.Edges.ToLookup(static edge => edge.From.Node, static edge => edge.To.Node);
        var open = new Stack<NodeId>(dirty);
        while (open.TryPop(out var node))
        {
            foreach (var consumer in consumers[node])
            {
                if (dirty.Add(consumer))
                {
                    open.Push(consumer);
                }
            }
        }

        return results.Where(pair => !dirty.Contains(pair.Key)
                && now.Nodes.TryGetValue(pair.Key, out var node) && catalogue.Find(node.Type) is { RunsOnResume: false }
                && pair.Value.Values.Values.All(value => value.Blob is not { } blob || blobs.Has(blob.Digest)))
            .ToImmutableSortedDictionary();
    }

    private static bool IsSame(WorkflowGraph before, WorkflowGraph now, NodeId id) =>
        before.Nodes.TryGetValue(id, out var old) && now.Nodes[id] is var node
        && string.Equals(old.Type, node.Type, StringComparison.Ordinal) && old.Version == node.Version && old.Bypass == node.Bypass
        && AreSame(old.Inputs, node.Inputs) && AreSame(old.Pinned, node.Pinned);

    private static bool AreSame(ImmutableSortedDictionary<string, JsonElement> one, ImmutableSortedDictionary<string, JsonElement> other) =>
        one.Count == other.Count && one.All(pair => other.TryGetValue(pair.Key, out var value) && JsonElement.DeepEquals(pair.Value, value));
}
