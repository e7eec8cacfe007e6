using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Runs.Jobs;
using Slipway.Workflows.Engine;
using Slipway.Workflows.Types;

namespace Slipway.Workflows.Runs;

/// <summary>What runs of workflows are made with.</summary>
/// <param name="Catalogue">The types of nodes.</param>
/// <param name="Host">This machine and its store.</param>
/// <param name="Time">The clock.</param>
/// <param name="Version">The version of Slipway, for records.</param>
/// <param name="WorkingDirectory">What paths that are given are relative to.</param>
/// <param name="Variable">Reads a variable; null when unset.</param>
public sealed record WorkflowContext(NodeCatalogue Catalogue, BuildHost Host, TimeProvider Time, string Version, string WorkingDirectory, Func<string, string?> Variable)
{
    /// <summary>The run in which this process was started; null for none.</summary>
    public string? Parent => Variable(RunWorkflow.RunIdVariable) is { } text && RunId.Parse(text) is { } id ? id.ToString() : null;
}

/// <summary>What a run is asked for, as it was typed.</summary>
public sealed record WorkflowOrder
{
    /// <summary>Inputs: <c>node.port=value</c>.</summary>
    public ImmutableArray<string> Set { get; init; } = [];

    /// <summary>Secrets: the variable that holds one, or <c>node.port=VARIABLE</c>.</summary>
    public ImmutableArray<string> Secrets { get; init; } = [];

    /// <summary>The nodes whose outputs are wanted; empty for every node that leads nowhere.</summary>
    public ImmutableArray<string> Targets { get; init; } = [];

    /// <summary>How many nodes may run at the same time; null for as many as there are processors.</summary>
    public int? Parallel { get; init; }

    /// <summary>Whether outputs that were kept may be used.</summary>
    public bool UsesCache { get; init; } = true;

    /// <summary>Whether the first failure ends the run.</summary>
    public bool StopsAtFirstFailure { get; init; }

    /// <summary>Asks whether a workflow may run code; null when it may.</summary>
    public required Func<TrustQuestion, Failure?> Trust { get; init; }
}

/// <summary>How a run ended.</summary>
/// <param name="Id">The run.</param>
/// <param name="Result">How its nodes ended.</param>
/// <param name="Nodes">The same as people and programs are shown it.</param>
/// <param name="First">The failure that came first; null for none.</param>
/// <param name="End"><c>finished</c>, <c>failed</c>, <c>waiting</c> or <c>cancelled</c>.</param>
public sealed record WorkflowRunEnd(RunId Id, RunResult Result, ImmutableArray<WorkflowNodeView> Nodes, Failure? First, string End)
{
    /// <summary>The exit code.</summary>
    public ExitCode Exit => End switch
    {
        JobExit.Finished => ExitCode.Done,
        JobExit.Waiting => ExitCode.WaitsForPerson,
        JobExit.Cancelled => ExitCode.Cancelled,
        _ => First?.Code.Exit ?? ExitCode.BadData,
    };
}
