using System.Collections.Immutable;
using Slipway.Cloud.Money;
using Slipway.Cloud.Offers;
using Slipway.Core.Failures;
using Slipway.Runs.Jobs;

namespace Slipway.Cloud.Backends;

/// <summary>What a backend can do.</summary>
/// <param name="Spot">Rent interruptible machines.</param>
/// <param name="Autostop">End machines by itself when they are idle.</param>
/// <param name="Priced">Name a price.</param>
/// <param name="HardTimeout">End a run at its limit without us.</param>
/// <param name="MultiNode">Rent several machines for a run.</param>
public sealed record BackendCapabilities(bool Spot, bool Autostop, bool Priced, bool HardTimeout, bool MultiNode)
{
    /// <summary>Whether a run goes on when this program ends: it does everywhere.</summary>
    public bool SurvivesClientExit => true;
}

/// <summary>A run that is to be handed in.</summary>
/// <param name="Run">The run.</param>
/// <param name="Name">The name of its machines or its job: the key by which it is found again.</param>
/// <param name="Plan">The plan.</param>
/// <param name="IdleMinutes">Minutes of idleness after which machines end themselves.</param>
public sealed record LaunchSpec(RunId Run, string Name, LaunchPlan Plan, int IdleMinutes)
{
    /// <summary>GiB of disk; null for the backend's choice.</summary>
    public int? DiskGib { get; init; }

    /// <summary>The bucket for checkpoints; null for none.</summary>
    public string? Bucket { get; init; }

    /// <summary>Whether lost machines are got anew.</summary>
    public bool IsManaged { get; init; }

    /// <summary>Secrets by the names of their variables.</summary>
    public ImmutableSortedDictionary<string, string> Secrets { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => $"{Name} on {Plan.Offer}";
}

/// <summary>A run that was handed in, and all that is needed to find it again.</summary>
/// <param name="Run">The run.</param>
/// <param name="Name">The name of its machines or its job.</param>
public sealed record RunHandle(RunId Run, string Name)
{
    /// <summary>The request that made it; perishable.</summary>
    public string? RequestId { get; init; }

    /// <summary>Its job there, once it was seen.</summary>
    public long? Job { get; init; }

    /// <summary>Whether the server manages it.</summary>
    public bool IsManaged { get; init; }

    /// <summary>Minutes of its autostop.</summary>
    public int IdleMinutes { get; init; }

    /// <summary>Where its package is on the machine that runs it; null where the backend keeps that to itself.</summary>
    public string? Package { get; init; }
}

/// <summary>What was handed in.</summary>
/// <param name="Handle">The handle.</param>
/// <param name="IsAdopted">Whether the answer was lost, and what had been done was found.</param>
public sealed record Submission(RunHandle Handle, bool IsAdopted);

/// <summary>How a run was seen to stand.</summary>
/// <param name="State">Its state.</param>
/// <param name="Raw">The backend's own words.</param>
public sealed record Observation(BackendState State, string Raw)
{
    /// <summary>What happens, for people.</summary>
    public string Phase { get; init; } = string.Empty;

    /// <summary>Its job, once there is one.</summary>
    public long? Job { get; init; }

    /// <summary>Whether machines are there, or are being got.</summary>
    public bool HasMachines { get; init; }

    /// <summary>Since when machines bill, by the backend's clock.</summary>
    public DateTimeOffset? RentedAt { get; init; }

    /// <summary>When the workload began.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>How often machines were got anew.</summary>
    public int Recoveries { get; init; }

    /// <summary>Why it failed, for people.</summary>
    public string? Error { get; init; }

    /// <summary>The guards that were looked at.</summary>
    public ImmutableArray<GuardFact> Guards { get; init; } = [];

    /// <summary>Why its machines are to be taken down at once; null when they are not.</summary>
    public string? TakeDown { get; init; }
}

/// <summary>One way to run a package elsewhere.</summary>
internal interface IBackend : IOfferSource, IDisposable
{
    BackendCapabilities Capabilities { get; }

    /// <summary>What it will be told, for people, with no secret in it; empty where there is nothing to see.</summary>
    Result<string> Preview(LaunchSpec spec);

    /// <summary>All that can be done before the run may begin to cost: it is looked at, and its package is brought near.</summary>
    Task<Result<RunHandle>> PrepareAsync(LaunchSpec spec, string package, CancellationToken cancellationToken);

    /// <summary>Hands it in. A lost answer is looked for, and nothing is ever sent twice blindly.</summary>
    Task<Result<Submission>> SubmitAsync(LaunchSpec spec, RunHandle handle, CancellationToken cancellationToken);

    /// <summary>Whether a run whose handing in was broken off is there.</summary>
    Task<Result<bool>> IsThereAsync(RunHandle handle, CancellationToken cancellationToken);

    Task<Result<Observation>> ObserveAsync(RunHandle handle, CancellationToken cancellationToken);

    /// <summary>Sets a guard again that does not hold.</summary>
    Task<Result<Unit>> SetGuardsAsync(RunHandle handle, CancellationToken cancellationToken);

    /// <summary>All lines of its log so far.</summary>
    Task<Result<ImmutableArray<string>>> LogAsync(RunHandle handle, CancellationToken cancellationToken);

    /// <summary>What was said while its machines were got.</summary>
    Task<Result<ImmutableArray<string>>> ProvisionLogAsync(RunHandle handle, CancellationToken cancellationToken);

    /// <summary>Tells the workload to end; machines stay.</summary>
    Task<Result<Unit>> CancelAsync(RunHandle handle, CancellationToken cancellationToken);

    /// <summary>Brings <c>results/</c> and <c>logs/</c> into a folder that is not there yet.</summary>
    Task<Result<Unit>> FetchAsync(RunHandle handle, string folder, CancellationToken cancellationToken);

    /// <summary>Takes its machines down.</summary>
    /// <returns>What still bills, sentences; empty when nothing does.</returns>
    Task<Result<ImmutableArray<string>>> DisposeAsync(RunHandle handle, CancellationToken cancellationToken);

    /// <summary>What its machines cost by the backend's own account.</summary>
    Task<Result<Settlement>> CostAsync(RunHandle handle, CancellationToken cancellationToken);
}
