using System.Collections.Immutable;
using Slipway.Cloud.Backends;
using Slipway.Cloud.Cost;
using Slipway.Cloud.Money;
using Slipway.Cloud.Offers;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Runs.Jobs;

namespace Slipway.Cloud.Launching;

// From a request to a plan that a person can say yes to.
public sealed partial class CloudDesk
{
    private const int MostIdleMinutes = 10;
    private static readonly TimeSpan ProvisionAllowance = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan ControllerTail = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan ManagedFrom = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan BucketFrom = TimeSpan.FromHours(1);

    /// <summary>What a request may cost. Nothing is kept.</summary>
    public async Task<Result<EstimateResult>> EstimateAsync(RentalRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (Invalid(request) is { } invalid)
        {
            return invalid;
        }

        if (!ReadPolicy().TryGet(out var policy, out var failure))
        {
            return failure;
        }

        var cached = await CachedAsync(request.Backend, request.Host, request.Refresh, cancellationToken).ConfigureAwait(false);
        if (!cached.TryGet(out var offers, out failure) || !Offer(request, policy, offers.List.Offers).TryGet(out var offer, out failure))
        {
            return failure;
        }

        var managed = IsManaged(request);
        var cost = CostEstimator.Estimate(
            new CostRequest(offer, request.Spot, request.Nodes, request.MaxRuntime)
            {
                ProvisionAllowance = ProvisionAllowance,
                IdleTail = TimeSpan.FromMinutes(request.IdleMinutes),
                ExpectedRuntime = request.ExpectedRuntime,
                Disk = request.DiskGib is { } gib ? new DiskCost(gib) : null,
                Controller = managed && await RentsControllerAsync(cancellationToken).ConfigureAwait(false) ? new ControllerCost(null, ControllerTail) : null,
                PriceWarnAge = policy.PriceWarnAge,
                PriceRefuseAge = policy.PriceRefuseAge,
            },
            Now);
        VramAnswer? fit = null;
        if (request.Work.Sizing is { } sizing && NamesGpu(request) && !VramSizing.Check(sizing with { Nodes = request.Nodes }, offer, offers.List.Offers, request.Spot).TryGet(out fit, out failure))
        {
            return failure;
        }

        var near = OfferSearch.Alternatives(offers.List.Offers, Query(request, policy)).Where(other => other.Offer.OfferId != offer.OfferId);
        return cost.Map(estimate => new EstimateResult(offer, request.Spot, request.Nodes, request.MaxRuntime, estimate, fit, [.. near], managed));
    }

    /// <summary>Makes a plan, or finds the open one for the same thing.</summary>
    public async Task<Result<PlanResult>> PlanAsync(RentalRequest request, CancellationToken cancellationToken)
    {
        // What is over gives its money back before the budget is looked at; what is wrong with the ledger is said there.
        await LookAfterAsync(cancellationToken).ConfigureAwait(false);
        var estimated = await EstimateAsync(request, cancellationToken).ConfigureAwait(false);
        if (!estimated.TryGet(out var estimate, out var failure) || !ReadPolicy().TryGet(out var policy, out failure))
        {
            return failure;
        }

        if (estimate.Fit is { } fit && VramSizing.Refusal(fit) is { } small)
        {
            return small;
        }

        var planned = new PlannedRequest(
            request.Work.Name, request.Work.ParametersDigest.Hex, request.Work.Saved.ToArray(), request.Host, request.DiskGib, request.Bucket, request.IdleMinutes, estimate.IsManaged);
        var text = planned.Render();
        var plan = PlanOf(request, policy, estimate, Sha256Digest.Of(text));
        if (SpendPolicy.Refusal(policy.Check(plan)) is { } forbidden)
        {
            return forbidden;
        }

        if (!_records.Keep(text).TryGet(out _, out failure))
        {
            return failure;
        }

        var added = await Plans.AddAsync(plan, policy, request.Supersedes, cancellationToken).ConfigureAwait(false);
        var budget = await Ledger.BudgetAsync(policy.Limits, cancellationToken).ConfigureAwait(false);
        var opened = await OpenAsync(request.Backend, request.Host, cancellationToken).ConfigureAwait(false);
        if (!added.TryGet(out var status, out failure) || !budget.TryGet(out var view, out failure) || !opened.TryGet(out var backend, out failure)
            || !backend.Preview(planned.Spec(RunId.New(Now), status.Plan) with { Secrets = Placeholders(request.Work) }).TryGet(out var yaml, out failure))
        {
            return failure;
        }

        return new PlanResult(status, estimate, view, request.Work.Preview, yaml.Length > 0 ? yaml : null, [.. Warnings(request, estimate, view, status.Plan)]);
    }

    private static ImmutableSortedDictionary<string, string> Placeholders(IWork work) =>
        work.SecretNames.ToImmutableSortedDictionary(static name => name, static _ => string.Empty, StringComparer.Ordinal);

    private LaunchPlan PlanOf(RentalRequest request, SpendPolicy policy, EstimateResult estimate, Sha256Digest digest)
    {
        var guards = new PlanGuards(
            ProvisionAllowance, TimeSpan.FromMinutes(request.IdleMinutes), estimate.Offer.IsPriced ? PlanGuards.CapOf(estimate.Offer, request.Spot) : null, request.GpuIdleMinutes ?? policy.GpuIdleMinutes);
        return new LaunchPlan(
            request.Backend, request.Work.Name, digest, estimate.Offer, request.Spot, request.Nodes, request.MaxRuntime, guards, estimate.Cost.Ceiling, Now, Now + policy.PlanExpiry)
        {
            Extras = estimate.Cost.Extras,
            Unpriced = [.. estimate.Cost.Ceiling is null ? [] : estimate.Cost.Unpriced],
        };
    }

    private static IEnumerable<string> Warnings(RentalRequest request, EstimateResult estimate, BudgetView budget, LaunchPlan plan)
    {
        if (estimate.Cost.Warning is { } old)
        {
            yield return old;
        }

        if (plan.Ceiling > budget.Available)
        {
            yield return $"The ceiling is {plan.Ceiling}, and the budget has {budget.Available} left: a launch would be refused now.";
        }

        if (estimate.Fit is { Fit.Fits: null } fit)
        {
            yield return fit.Text;
        }

        if (request.Work.Sizing is not null && !NamesGpu(request))
        {
            yield return "Whether its cards have the memory nobody looked: name the GPU of the machine.";
        }

        if (request.Backend is SkyPilotBackend.Word && request.Bucket is null)
        {
            yield return estimate.IsManaged
                ? "There is no bucket: the machine goes with the job, and what it made goes with the machine."
                : $"There is no bucket: results are lost unless they are fetched within {request.IdleMinutes} minutes of the end.";
        }
    }

    private static Result<Offer> Offer(RentalRequest request, SpendPolicy policy, IReadOnlyList<Offer> offers) => request.Backend is SkyPilotBackend.Word
        ? OfferSearch.Cheapest(offers, Query(request, policy))
        : offers is [var only, ..] ? only with
        {
            Gpu = request.Gpu ?? only.Gpu,
            GpuCount = request.Gpu is null ? only.GpuCount : request.Count ?? 1,
            VramGib = request.Gpu is null ? only.VramGib : GpuMemory.Of(request.Gpu),
        } : new Failure(CloudFailures.NoOffer, $"{request.Backend} has no machine.");

    private static OfferQuery Query(RentalRequest request, SpendPolicy policy) => new()
    {
        Clouds = request.Clouds.IsDefaultOrEmpty ? policy.Clouds : [.. request.Clouds],
        Gpu = request.Gpu,
        Count = request.Gpu is null ? request.Count : request.Count ?? 1,
        Spot = request.Spot,
        Region = request.Region,
        InstanceType = request.InstanceType,
    };

    // What cards a machine of one's own has, only its owner says.
    private static bool NamesGpu(RentalRequest request) => request.Backend is SkyPilotBackend.Word || request.Gpu is not null;

    private static bool IsManaged(RentalRequest request) => request.Backend is SkyPilotBackend.Word && request.Spot && request.MaxRuntime > ManagedFrom;

    private static Failure? Invalid(RentalRequest request) =>
        request.IdleMinutes is < 1 or > MostIdleMinutes ? Wrong($"idle_minutes is {request.IdleMinutes}: it goes from 1 to {MostIdleMinutes}.")
        : request.Backend is not SkyPilotBackend.Word && (request.Spot || request.Nodes != 1) ? Wrong($"The backend {request.Backend} has neither spot nor several machines.")
        : request.Bucket is not null && request.Backend is not SkyPilotBackend.Word ? Wrong($"The backend {request.Backend} mounts no bucket: what its runs make stays there.")
        : request.Bucket is { } bucket && (!bucket.Contains("://", StringComparison.Ordinal) || bucket.Any(static one => one <= ' ' || one > '~')) ? Wrong("bucket is no address such as s3://name/folder.")
        : IsManaged(request) && request.MaxRuntime > BucketFrom && request.Bucket is null ? Wrong($"A spot run of more than {BucketFrom.TotalHours:0} h needs a bucket for its checkpoints, since its machine may be taken away at any time.")
        : null;

    private static Failure Wrong(string message) => new(CloudFailures.RequestInvalid, message);

    // A server of one's own rents a machine to watch managed jobs; one that is deployed for many does that itself. Only loopback tells them apart from here.
    private async Task<bool> RentsControllerAsync(CancellationToken cancellationToken) =>
        (await OpenAsync(SkyPilotBackend.Word, null, cancellationToken).ConfigureAwait(false)).TryGet(out var backend, out _) && ((SkyPilotBackend)backend).Client.Endpoint.Address.IsLoopback;
}
