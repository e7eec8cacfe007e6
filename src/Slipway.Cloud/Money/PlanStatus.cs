using Slipway.Runs.Jobs;

namespace Slipway.Cloud.Money;

/// <summary>What became of a plan. Nothing stores it: it follows from the record and the clock.</summary>
public enum PlanState
{
    /// <summary>The policy's standing consent covers it; the launch looks again.</summary>
    AutoApproved,

    /// <summary>A person has to answer.</summary>
    Waiting,

    /// <summary>A person said yes.</summary>
    Approved,

    /// <summary>A run was started from it.</summary>
    Consumed,

    /// <summary>A person said no.</summary>
    Declined,

    /// <summary>Its time is over.</summary>
    Expired,

    /// <summary>Another plan took its place.</summary>
    Superseded,
}

/// <summary>Where a person answers.</summary>
public enum ApprovalChannel
{
    /// <summary>A terminal of that person.</summary>
    Terminal,

    /// <summary>A page that the person opened.</summary>
    Web,

    /// <summary>A question that an assistant's client shows.</summary>
    Elicitation,
}

/// <summary>Who said yes or no.</summary>
/// <param name="Person">The person, as the channel knows him.</param>
/// <param name="Channel">The channel.</param>
/// <param name="At">When.</param>
/// <param name="Signature">The signature with the PIN's key, if there is one.</param>
/// <param name="Reason">Why not, in the person's words.</param>
public sealed record PlanAnswer(string Person, ApprovalChannel Channel, DateTimeOffset At, string? Signature, string? Reason);

/// <summary>A plan and what became of it.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="State">Its state now.</param>
/// <param name="ExpiresAt">Until when it can be answered, or launched: an approval gives it its time once more.</param>
/// <param name="Answer">The answer, if there was one.</param>
/// <param name="Run">The run that used it up.</param>
public sealed record PlanStatus(LaunchPlan Plan, PlanState State, DateTimeOffset ExpiresAt, PlanAnswer? Answer, RunId? Run);
