using Slipway.Cloud.Cost;
using Slipway.Cloud.Offers;
using Slipway.Core.Failures;
using Slipway.Runs.Jobs;

namespace Slipway.Cloud.Money;

/// <summary>The leave to make the first call to a cloud: the plan is used up and its money reserved.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Entry">The ledger's entry.</param>
public sealed record LaunchPermit(LaunchPlan Plan, LedgerEntry Entry);

/// <summary>The one way from a plan to a launch. Everything that made the plan right is looked at again: the answer and its signature, the policy, the price, the time, the budget.</summary>
/// <param name="folder">Where money is kept.</param>
/// <param name="plans">The plans.</param>
/// <param name="ledger">The ledger.</param>
/// <param name="time">The clock.</param>
public sealed class LaunchGate(MoneyFolder folder, PlanBook plans, Ledger ledger, TimeProvider time)
{
    /// <summary>Lets a launch through, once.</summary>
    /// <param name="id">The plan.</param>
    /// <param name="current">The plan's offer as it is now; null when it is gone.</param>
    /// <param name="policy">The policy as it is now.</param>
    /// <param name="run">The run that will be.</param>
    /// <param name="cluster">The name that its machines will have.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    public async Task<Result<LaunchPermit>> AdmitAsync(PlanId id, Offer? current, SpendPolicy policy, RunId run, string cluster, CancellationToken cancellationToken)
    {
        var found = await plans.GetAsync(id, cancellationToken).ConfigureAwait(false);
        if (!found.TryGet(out var status, out var failure))
        {
            return failure;
        }

        if ((CheckAnswer(status, policy) ?? SpendPolicy.Refusal(policy.Check(status.Plan))) is { } refused)
        {
            return refused;
        }

        if (!PriceCheck.Reserve(status.Plan, current, policy, time.GetUtcNow()).TryGet(out var amounts, out failure))
        {
            return failure;
        }

        var plan = status.Plan;
        var request = new ReservationRequest(run, id, plan.Backend, cluster, amounts.Ceiling, amounts.Hourly, plan.Extras, plan.Longest);
        var reserved = await ledger.ReserveAsync(request, policy.Limits, cancellationToken).ConfigureAwait(false);
        return reserved.TryGet(out var entry, out failure) ? await ConsumeAsync(plan, entry, run).ConfigureAwait(false) : failure;
    }

    // Not cancelled any more: between the reservation and the plan's end there is nothing to wait for, and money must not stay reserved for a launch that is not.
    private async Task<Result<LaunchPermit>> ConsumeAsync(LaunchPlan plan, LedgerEntry entry, RunId run)
    {
        var consumed = await plans.ConsumeAsync(plan.Id, run, CancellationToken.None).ConfigureAwait(false);
        if (consumed.IsOk)
        {
            return new LaunchPermit(plan, entry);
        }

        var released = await ledger.ReleaseAsync(run, "the plan was used up by another launch", CancellationToken.None).ConfigureAwait(false);
        return released.IsOk ? consumed.Failure : released.Failure;
    }

    private Failure? CheckAnswer(PlanStatus status, SpendPolicy policy)
    {
        if (status.State is PlanState.AutoApproved)
        {
            // The policy may have changed since, and what the record says of consent is not consent.
            return policy.NeedsApproval(status.Plan) ? PlanBook.NotOpen(status.Plan.Id, PlanState.Waiting) : null;
        }

        if (status.State is not PlanState.Approved || status.Answer is not { } answer)
        {
            return PlanBook.NotOpen(status.Plan.Id, status.State);
        }

        if (!ApprovalKey.Find(folder).TryGet(out var set, out var failure))
        {
            return failure;
        }

        var text = Approval.SignedText(status.Plan.Id, status.Plan.Digest.Hex, answer.Person, answer.Channel);
        return set.TryGet(out var key) && !key.Verify(System.Text.Encoding.UTF8.GetBytes(text), answer.Signature)
            ? new Failure(CloudFailures.SignatureInvalid, $"The approval of {status.Plan.Id} is not signed with the PIN.")
            : null;
    }
}
