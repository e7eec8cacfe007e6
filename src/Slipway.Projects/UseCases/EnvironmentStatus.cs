using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Projects.Discovery;
using Slipway.Projects.Naming;

namespace Slipway.Projects.UseCases;

/// <summary>How an environment of a project stands.</summary>
public enum EnvironmentState
{
    /// <summary>Its link leads to what is declared.</summary>
    Ready,

    /// <summary>Its link leads to what was declared before.</summary>
    Outdated,

    /// <summary>It has no link.</summary>
    NotSynced,

    /// <summary>Its link leads to an environment that is no longer in the store.</summary>
    Gone,

    /// <summary>A link is there, and nothing declares the environment.</summary>
    Undeclared,

    /// <summary>What is declared for it cannot be read.</summary>
    Unreadable,
}

/// <summary>How an environment of a project stands, and why.</summary>
/// <param name="Name">Its name.</param>
/// <param name="State">How it stands.</param>
/// <param name="Reason">The same in one sentence.</param>
public sealed record EnvironmentStatus(EnvironmentName Name, EnvironmentState State, string Reason)
{
    /// <summary>What is declared for it; null when nothing is, or it cannot be read.</summary>
    public WorkloadDeclaration? Declaration { get; init; }

    /// <summary>What a sync would do; null when that cannot be said.</summary>
    public EnvironmentPlan? Plan { get; init; }

    /// <summary>Why its declaration cannot be read; null when it can.</summary>
    public Failure? Failure { get; init; }

    /// <summary>The slot that its link leads to; null for none.</summary>
    public string? Slot { get; init; }
}
