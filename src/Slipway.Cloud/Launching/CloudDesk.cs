using Slipway.Cloud.Backends;
using Slipway.Cloud.Money;
using Slipway.Cloud.Offers;
using Slipway.Core.Failures;
using Slipway.Runs.Jobs;

namespace Slipway.Cloud.Launching;

/// <summary>
/// The one way to everything that is rented, for the command line and for assistants. It keeps no process: what an earlier one left unfinished is mended at the beginning of the next verb.
/// </summary>
/// <param name="settings">What it works with.</param>
public sealed partial class CloudDesk(CloudDeskSettings settings) : IDisposable
{
    private static readonly Failure Later = new(CloudFailures.RunNotFound, "Not there yet.");

    /// <summary>The plans, for answering them.</summary>
    public PlanBook Plans { get; } = new(settings.Money, settings.Time);

    /// <summary>The ledger.</summary>
    public Ledger Ledger { get; } = new(settings.Money, settings.Time);

    /// <summary>What can be rented, or is there.</summary>
    /// <param name="backend"><c>skypilot</c>, <c>ssh</c> or <c>local</c>.</param>
    /// <param name="host">The host, for <c>ssh</c>.</param>
    /// <param name="query">What is looked for.</param>
    /// <param name="refresh">Whether to ask anew, rather than read what was fetched before.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<Result<OffersResult>> OffersAsync(string backend, string? host, OfferQuery query, bool refresh, CancellationToken cancellationToken) => Task.FromResult<Result<OffersResult>>(Later);

    /// <summary>What a request may cost. Nothing is kept.</summary>
    public Task<Result<EstimateResult>> EstimateAsync(RentalRequest request, CancellationToken cancellationToken) => Task.FromResult<Result<EstimateResult>>(Later);

    /// <summary>Makes a plan, or finds the open one for the same thing.</summary>
    public Task<Result<PlanResult>> PlanAsync(RentalRequest request, CancellationToken cancellationToken) => Task.FromResult<Result<PlanResult>>(Later);

    /// <summary>Launches a plan, and returns once the backend has it. A plan that was launched already is the answer again.</summary>
    public Task<Result<LaunchResult>> LaunchAsync(PlanId plan, CancellationToken cancellationToken) => Task.FromResult<Result<LaunchResult>>(Later);

    /// <summary>Makes a plan, and launches it where no person has to say yes.</summary>
    public Task<Result<LaunchAnswer>> LaunchAsync(RentalRequest request, CancellationToken cancellationToken) => Task.FromResult<Result<LaunchAnswer>>(Later);

    /// <summary>How a run stands.</summary>
    /// <param name="run">The run.</param>
    /// <param name="wait">How long to wait for its state to change or for its end; null for not at all.</param>
    /// <param name="lines">How many of the last lines of its log to bring; 0 for none.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    public Task<Result<RunView>> StatusAsync(RunId run, TimeSpan? wait, int lines, CancellationToken cancellationToken) => Task.FromResult<Result<RunView>>(Later);

    /// <summary>Lines of a run's log.</summary>
    /// <param name="run">The run.</param>
    /// <param name="cursor">Where to go on; null for the last lines.</param>
    /// <param name="tail">How many of the last lines, where there is no cursor.</param>
    /// <param name="maxBytes">The most bytes of all lines together.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<Result<LogPage>> LogsAsync(RunId run, LogCursor? cursor, int tail, int maxBytes, CancellationToken cancellationToken) => Task.FromResult<Result<LogPage>>(Later);

    /// <summary>All runs, and machines that belong to none.</summary>
    /// <param name="all">Whether those that are over are among them.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<Result<ListResult>> ListAsync(bool all, CancellationToken cancellationToken) => Task.FromResult<Result<ListResult>>(Later);

    /// <summary>Ends a run and takes its machines down. A run whose machines are still there afterwards is an answer whose <see cref="StopResult.StillBills"/> says so.</summary>
    /// <param name="run">The run.</param>
    /// <param name="mode">How.</param>
    /// <param name="fetch">What is brought here before.</param>
    /// <param name="destination">Where to; null for the run's own folder.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    public Task<Result<StopResult>> StopAsync(RunId run, StopMode mode, StopFetch fetch, string? destination, CancellationToken cancellationToken) => Task.FromResult<Result<StopResult>>(Later);

    /// <summary>Brings results and logs of a run here.</summary>
    /// <param name="run">The run.</param>
    /// <param name="destination">The absolute path of a folder; null for the run's own.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<Result<FetchResult>> FetchAsync(RunId run, string? destination, CancellationToken cancellationToken) => Task.FromResult<Result<FetchResult>>(Later);

    /// <summary>Where the budget stands.</summary>
    public Task<Result<BudgetResult>> BudgetAsync(CancellationToken cancellationToken) => Task.FromResult<Result<BudgetResult>>(Later);

    /// <summary>Mends what an earlier process left unfinished, takes down what is over its time, and settles what is gone.</summary>
    public Task<Result<ReconcileResult>> ReconcileAsync(CancellationToken cancellationToken) => Task.FromResult<Result<ReconcileResult>>(Later);

    /// <summary>Takes down machines of ours that the ledger does not know. Only ever for a person who named them.</summary>
    /// <param name="name">Their name.</param>
    /// <param name="caller">The value of <c>SLIPWAY_CALLER</c>: an assistant's child takes nothing down that is in no ledger.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    public Task<Result<OrphanView>> DownOrphanAsync(string name, string? caller, CancellationToken cancellationToken) => Task.FromResult<Result<OrphanView>>(Later);

    /// <summary>Whether renting would work: the server, its version, who we are to it, its clouds, the policy, the ledger.</summary>
    public Task<Result<CheckReport>> CheckAsync(CancellationToken cancellationToken) => Task.FromResult<Result<CheckReport>>(Later);

    /// <inheritdoc/>
    public void Dispose()
    {
        _ = settings;
    }
}
