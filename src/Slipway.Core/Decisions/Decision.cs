using Slipway.Core.Identity;

namespace Slipway.Core.Decisions;

/// <summary>What will happen for a request.</summary>
public enum DecisionKind
{
    /// <summary>A published environment serves the request as it is.</summary>
    Hit,

    /// <summary>An environment has to be built.</summary>
    Build,

    /// <summary>The request will not be served; the sentence says why.</summary>
    Refuse,
}

/// <summary>Why a decision fell as it did.</summary>
public enum DecisionReason
{
    /// <summary>The request was resolved before and its environment is published.</summary>
    Published,

    /// <summary>The request resolves to a set whose environment another request already published.</summary>
    PublishedForAnotherRequest,

    /// <summary>The request has never been resolved on this host.</summary>
    NotYetResolved,

    /// <summary>The request is resolved, its environment was never built or has been collected.</summary>
    NotPublished,

    /// <summary>A new resolution was asked for.</summary>
    RefreshRequested,

    /// <summary>The interpreter that the request was resolved with is gone.</summary>
    InterpreterGone,

    /// <summary>The interpreter that the request was resolved with is another one now.</summary>
    InterpreterChanged,

    /// <summary>What was remembered of the resolution cannot be read by this version.</summary>
    ResolutionUnreadable,

    /// <summary>The environment sees packages of the system, and those are others now.</summary>
    SystemPackagesChanged,

    /// <summary>The environment is damaged and its repair was asked for.</summary>
    RepairRequested,
}

/// <summary>
/// A decision as a value: <c>plan</c>, <c>why</c>, <c>--explain</c>, an assistant's tool and a node's badge all show this one.
/// </summary>
/// <param name="Kind">What happens.</param>
/// <param name="Reason">Why, for programs.</param>
/// <param name="Sentence">Why, for people: one sentence.</param>
/// <param name="FirstDifference">The first field that differs from this subject's last request; null when none or unknown.</param>
public sealed record Decision(
    DecisionKind Kind, DecisionReason Reason, string Sentence, FieldDifference? FirstDifference = null);
