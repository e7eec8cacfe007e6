using Slipway.Core.Decisions;
using Slipway.Environments;
using Slipway.Runs.Jobs;

namespace Slipway.Runs.Reports;

/// <summary>What is known about a run when its workload is about to start.</summary>
/// <param name="Environment">The environment.</param>
/// <param name="Decision">What was decided about it, and why.</param>
/// <param name="WorkspaceSnapshot">What the workspace's files are; null where none were brought.</param>
public sealed record RunFacts(JobEnvironment Environment, Decision Decision, string? WorkspaceSnapshot)
{
    /// <summary>Whether what was prepared before was proved to hold, without a new decision.</summary>
    public static Decision Proved { get; } = new(DecisionKind.Hit, DecisionReason.Published, "what was prepared for this command line still holds");
}
