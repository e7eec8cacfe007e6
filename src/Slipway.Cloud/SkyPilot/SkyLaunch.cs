using System.Collections.Immutable;
using Slipway.Core.Failures;

namespace Slipway.Cloud.SkyPilot;

/// <summary>A launch. The name is ours and chosen before: it is the only key by which a launch can be found again.</summary>
/// <param name="ClusterName">The cluster's name, or that of the managed job: at most 35 characters, letters first.</param>
/// <param name="Task">The task.</param>
public sealed record SkyLaunch(string ClusterName, SkyTaskYaml Task)
{
    /// <summary>The id of the uploaded folder; null for none.</summary>
    public string? BlobId { get; init; }

    /// <summary>Whether the server manages the job: it makes the cluster, and makes it anew when it is lost.</summary>
    public bool IsManaged { get; init; }

    /// <summary>Whether nothing is rented.</summary>
    public bool IsDryRun { get; init; }
}

/// <summary>What became of sending a launch.</summary>
public abstract record SkyLaunchOutcome;

/// <summary>The server has it.</summary>
/// <param name="RequestId">Its request.</param>
public sealed record SkyLaunchAccepted(string RequestId) : SkyLaunchOutcome;

/// <summary>Nobody can say; it must be looked for, and never be sent again blindly.</summary>
/// <param name="Reason">Why, for people.</param>
/// <param name="RequestId">The id that came with an answer that failed; null for none.</param>
public sealed record SkyLaunchUnclear(string Reason, string? RequestId) : SkyLaunchOutcome;

/// <summary>The server does not have it.</summary>
/// <param name="Failure">Why.</param>
public sealed record SkyLaunchRefused(Failure Failure) : SkyLaunchOutcome;

/// <summary>What is seen of a launch by its name.</summary>
public sealed record SkySighting
{
    /// <summary>The youngest request that launches it; null for none.</summary>
    public SkyRequest? Request { get; init; }

    /// <summary>The cluster; null for none.</summary>
    public SkyCluster? Cluster { get; init; }

    /// <summary>The cluster's jobs.</summary>
    public IReadOnlyList<SkyJob> Jobs { get; init; } = [];

    /// <summary>The managed job; null for none.</summary>
    public SkyJob? ManagedJob { get; init; }

    /// <summary>Whether a request is under way of which cannot be told whether it is the one.</summary>
    public bool IsAmbiguous { get; init; }

    /// <summary>Whether nothing is there.</summary>
    public bool IsNothing => Request is null && Cluster is null && Jobs.Count == 0 && ManagedJob is null && !IsAmbiguous;

    /// <summary>Whether there is something to go on with.</summary>
    public bool IsFound => Request is not null || Cluster is not null || Jobs.Count > 0 || ManagedJob is not null;
}

/// <summary>A launch that the server has.</summary>
/// <param name="RequestId">Its request; null where only what it made was found.</param>
public sealed record SkyLaunched(string? RequestId)
{
    /// <summary>What was found instead of an answer; null where the answer came.</summary>
    public SkySighting? Adopted { get; init; }

    /// <summary>How often it was sent.</summary>
    public int Posts { get; init; } = 1;
}

/// <summary>The jobs that a launch made.</summary>
/// <param name="Jobs">Their numbers; none for a dry run.</param>
public sealed record SkyJobIds(ImmutableArray<long> Jobs);
