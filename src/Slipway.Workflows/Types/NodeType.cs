using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Workflows.Graphs;

namespace Slipway.Workflows.Types;

/// <summary>How often the same inputs give the same outputs.</summary>
public enum NodePurity
{
    /// <summary>Always: outputs are kept and used again.</summary>
    Pure,

    /// <summary>As long as its <c>seed</c> is given; without one it runs each time.</summary>
    Seeded,

    /// <summary>Never: it runs each time.</summary>
    Never,
}

/// <summary>A type of nodes: its ports, and the code behind it. All types are declared with this one record; a user's library declares its own the same way.</summary>
/// <param name="Id">The name in files.</param>
/// <param name="Category">Where lists show it.</param>
/// <param name="Description">What a node of it does, in one sentence.</param>
public sealed record NodeType(string Id, string Category, string Description)
{
    /// <summary>Raised whenever ports or meaning change; a file says which one it was written for.</summary>
    public int Version { get; init; } = 1;

    /// <summary>The inputs, in the order in which they are shown.</summary>
    public ImmutableArray<PortSpec> Inputs { get; init; } = [];

    /// <summary>The outputs.</summary>
    public ImmutableArray<PortSpec> Outputs { get; init; } = [];

    /// <summary>Whether outputs are kept for the same inputs.</summary>
    public NodePurity Purity { get; init; } = NodePurity.Pure;

    /// <summary>Whether running it costs less than looking up what it gave before.</summary>
    public bool IsCheap { get; init; }

    /// <summary>Whether a node has more inputs than these: each name that is connected or given a value.</summary>
    public PortType? FurtherInputs { get; init; }

    /// <summary>Whether a node has more outputs than these: each name that is connected.</summary>
    public PortType? FurtherOutputs { get; init; }

    /// <summary>Whether an input that is absent does not keep the node from running (a merge).</summary>
    public bool RunsWithAbsent { get; init; }

    /// <summary>Whether what it gave before is of no use to a run that continues: what it gives has to be there now (an environment that could be gone).</summary>
    public bool RunsOnResume { get; init; }

    /// <summary>Whether it starts code that a workflow or its files bring along: a file with such nodes is trusted once before it runs.</summary>
    public bool RunsCode { get; init; }

    /// <summary>Ways from earlier versions: from a version to the node of the next one.</summary>
    public ImmutableSortedDictionary<int, Func<WorkflowNode, WorkflowNode>> Migrations { get; init; } = ImmutableSortedDictionary<int, Func<WorkflowNode, WorkflowNode>>.Empty;

    /// <summary>The code behind it.</summary>
    public required INodeBehaviour Behaviour { get; init; }

    /// <summary>An input by its name or another name of it; null when there is none.</summary>
    public PortSpec? Input(string name) => Find(Inputs, name) ?? (FurtherInputs is { } type && PortAddress.IsPortName(name) ? PortSpec.Optional(name, type, string.Empty) : null);

    /// <summary>An output by its name or another name of it; null when there is none.</summary>
    public PortSpec? Output(string name) => Find(Outputs, name) ?? (FurtherOutputs is { } type && PortAddress.IsPortName(name) ? PortSpec.Optional(name, type, string.Empty) : null);

    private static PortSpec? Find(ImmutableArray<PortSpec> ports, string name)
    {
        foreach (var port in ports)
        {
            if (port.Answers(name))
            {
                return port;
            }
        }

        return null;
    }
}
