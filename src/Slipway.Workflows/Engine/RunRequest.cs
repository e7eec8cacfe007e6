using System.Collections.Immutable;
using Slipway.Workflows.Graphs;

namespace Slipway.Workflows.Engine;

/// <summary>What a run of a valid graph is asked for.</summary>
/// <param name="Graph">The graph.</param>
/// <param name="Place">Where it finds and leaves things.</param>
public sealed record RunRequest(WorkflowGraph Graph, RunPlace Place)
{
    /// <summary>The nodes whose outputs are wanted; empty for every node that leads nowhere.</summary>
    public ImmutableArray<NodeId> Targets { get; init; } = [];

    /// <summary>Inputs that are given for this run; they win over edges and over the file.</summary>
    public ImmutableSortedDictionary<PortAddress, PortValue> Given { get; init; } = ImmutableSortedDictionary<PortAddress, PortValue>.Empty;

    /// <summary>Outputs of nodes that were done before this run was interrupted.</summary>
    public ImmutableSortedDictionary<NodeId, NodeOutputs> Before { get; init; } = ImmutableSortedDictionary<NodeId, NodeOutputs>.Empty;

    /// <summary>How many nodes may run at the same time.</summary>
    public int Parallel { get; init; } = Math.Max(2, Environment.ProcessorCount);

    /// <summary>Whether outputs that were kept may be used.</summary>
    public bool UsesCache { get; init; } = true;

    /// <summary>Whether the first failure ends the run; otherwise what does not depend on it goes on.</summary>
    public bool StopsAtFirstFailure { get; init; }
}

/// <summary>How far a node came.</summary>
public enum NodeState
{
    /// <summary>Its turn did not come.</summary>
    Pending,

    /// <summary>It ran.</summary>
    Finished,

    /// <summary>Its outputs were kept from before, or are pinned.</summary>
    Cached,

    /// <summary>An input that it needs is absent: the branch was not taken.</summary>
    Skipped,

    /// <summary>It failed.</summary>
    Failed,

    /// <summary>Something that it needs failed.</summary>
    Blocked,

    /// <summary>It waits for a person.</summary>
    Waiting,
}

/// <summary>How a node ended.</summary>
/// <param name="State">How far it came.</param>
/// <param name="Outputs">What came out.</param>
/// <param name="Outcome">The failure or the question; null otherwise.</param>
public sealed record NodeResult(NodeState State, NodeOutputs Outputs, NodeOutcome? Outcome)
{
    /// <summary>A node whose turn did not come.</summary>
    public static NodeResult Pending { get; } = new(NodeState.Pending, NodeOutputs.None, null);

    /// <summary>Why it failed; null when it did not.</summary>
    public Slipway.Core.Failures.Failure? Failure => (Outcome as NodeFailed)?.Failure;

    /// <summary>What it waits for; null when it does not.</summary>
    public NodeWaits? Question => Outcome as NodeWaits;
}

/// <summary>How a run ended.</summary>
/// <param name="Nodes">How each node of the run ended.</param>
/// <param name="WasCancelled">Whether it was cancelled.</param>
public sealed record RunResult(ImmutableSortedDictionary<NodeId, NodeResult> Nodes, bool WasCancelled)
{
    /// <summary>Whether something failed.</summary>
    public bool HasFailed => Nodes.Values.Any(static node => node.State is NodeState.Failed);

    /// <summary>Whether something waits for a person.</summary>
    public bool IsWaiting => Nodes.Values.Any(static node => node.State is NodeState.Waiting);
}
