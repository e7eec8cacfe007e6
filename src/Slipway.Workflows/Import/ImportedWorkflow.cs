using System.Collections.Immutable;
using Slipway.Workflows.Graphs;

namespace Slipway.Workflows.Import;

/// <summary>What an import did with something.</summary>
public enum ImportKind
{
    /// <summary>It was not there, and is needed.</summary>
    Added,

    /// <summary>It has another name now.</summary>
    Renamed,

    /// <summary>It is not carried over.</summary>
    Dropped,

    /// <summary>Its type is not known: it is kept as it was, and cannot be run.</summary>
    Unknown,
}

/// <summary>One line of an import's report.</summary>
/// <param name="Kind">What was done.</param>
/// <param name="Node">The node as it is called now; null for the file.</param>
/// <param name="Message">In words.</param>
public sealed record ImportRemark(ImportKind Kind, string? Node, string Message);

/// <summary>A graph that was made of another tool's file, and what the file said that it does not.</summary>
/// <param name="Graph">The graph.</param>
/// <param name="Remarks">The report.</param>
public sealed record ImportedWorkflow(WorkflowGraph Graph, ImmutableArray<ImportRemark> Remarks);
