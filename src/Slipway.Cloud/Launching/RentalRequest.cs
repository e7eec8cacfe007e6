using System.Collections.Immutable;
using Slipway.Cloud.Money;

namespace Slipway.Cloud.Launching;

/// <summary>What somebody wants to run, and on what.</summary>
/// <param name="Work">The work.</param>
/// <param name="Backend"><c>skypilot</c>, <c>ssh</c> or <c>local</c>.</param>
public sealed record RentalRequest(IWork Work, string Backend)
{
    /// <summary>The host of the backend <c>ssh</c>.</summary>
    public string? Host { get; init; }

    /// <summary>The clouds that may be used; empty for any.</summary>
    public ImmutableArray<string> Clouds { get; init; } = [];

    /// <summary>The region.</summary>
    public string? Region { get; init; }

    /// <summary>The machine's name.</summary>
    public string? InstanceType { get; init; }

    /// <summary>The GPU.</summary>
    public string? Gpu { get; init; }

    /// <summary>GPUs of one machine; null for one, or any where no GPU is named.</summary>
    public int? Count { get; init; }

    /// <summary>How many machines.</summary>
    public int Nodes { get; init; } = 1;

    /// <summary>Whether as spot.</summary>
    public bool Spot { get; init; }

    /// <summary>The longest that the run may last, all attempts together.</summary>
    public TimeSpan MaxRuntime { get; init; } = TimeSpan.FromHours(4);

    /// <summary>How long it will last as far as anybody can tell.</summary>
    public TimeSpan? ExpectedRuntime { get; init; }

    /// <summary>GiB of disk; null for the server's own choice.</summary>
    public int? DiskGib { get; init; }

    /// <summary>Minutes of idleness after which the machines take themselves down: 1 to 10.</summary>
    public int IdleMinutes { get; init; } = 10;

    /// <summary>Minutes of idle GPUs after which the run is ended; null for the policy's.</summary>
    public int? GpuIdleMinutes { get; init; }

    /// <summary>The bucket that checkpoints go to, as <c>s3://name/folder</c>; null for none.</summary>
    public string? Bucket { get; init; }

    /// <summary>Whether offers are fetched anew.</summary>
    public bool Refresh { get; init; }

    /// <summary>A plan whose place the new one takes.</summary>
    public PlanId? Supersedes { get; init; }
}
