using Slipway.Core.Failures;
using Slipway.Core.Text;

namespace Slipway.Cloud.Money;

/// <summary>A person's yes, as a channel hands it in.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Digest">The digest of what the person was shown.</param>
/// <param name="Person">Who, as the channel knows him.</param>
/// <param name="Channel">The channel.</param>
/// <param name="TypedCeiling">The ceiling as the person typed it; <c>unpriced</c> for a plan without one.</param>
public sealed record Approval(PlanId Plan, string Digest, string Person, ApprovalChannel Channel, string? TypedCeiling)
{
    /// <summary>The PIN, where one is set.</summary>
    public string? Pin { get; init; }

    /// <summary>The ticket of the question, for <see cref="ApprovalChannel.Elicitation"/>.</summary>
    public string? Ticket { get; init; }

    /// <summary>Whose question it was, for <see cref="ApprovalChannel.Elicitation"/>.</summary>
    public string Principal { get; init; } = string.Empty;

    internal static string SignedText(PlanId plan, string digest, string person, ApprovalChannel channel) =>
        string.Join('\n', "slipway-approval/1", plan, digest, person, channel.ToString().ToLowerInvariant());
}

/// <summary>
/// Where a person says yes or no to a plan. Channels only carry the answer; what makes it count is decided here: it is about exactly what the plan holds, the ceiling was typed, the channel is not a child of an
/// assistant, the PIN is right where one is set, and a question of an assistant has a ticket of ours that was not used.
/// </summary>
/// <param name="folder">Where money is kept.</param>
/// <param name="plans">The plans.</param>
/// <param name="time">The clock.</param>
/// <param name="caller">The value of <c>SLIPWAY_CALLER</c>.</param>
public sealed class ApprovalDesk(MoneyFolder folder, PlanBook plans, TimeProvider time, string? caller)
{
    private const string Assistant = "mcp";
    private readonly ElicitationTickets _tickets = new(folder, time);

    /// <summary>Says yes.</summary>
    /// <returns>The plan, approved; else why the yes does not count.</returns>
    public async Task<Result<PlanStatus>> ApproveAsync(Approval approval, CancellationToken cancellationToken)
    {
        if (RefuseChannel(approval.Channel) is { } refused)
        {
            return refused;
        }

        var found = await plans.GetAsync(approval.Plan, cancellationToken).ConfigureAwait(false);
        if (!found.TryGet(out var status, out var failure))
        {
            return failure;
        }

        var nonce = NonceOf(approval.Channel, approval.Plan, approval.Digest, approval.Ticket, approval.Principal);
        if ((nonce.IsOk ? Mismatch(approval, status) : nonce.Failure) is { } wrong)
        {
            return wrong;
        }

        var signature = await SignAsync(approval, cancellationToken).ConfigureAwait(false);
        if (!signature.IsOk)
        {
            return signature.Failure;
        }

        var answer = new PlanAnswer(approval.Person, approval.Channel, time.GetUtcNow(), Some(signature.Value), null);
        var noted = await plans.AnswerAsync(approval.Plan, yes: true, answer, Some(nonce.Value), cancellationToken).ConfigureAwait(false);
        return noted.IsOk ? await plans.GetAsync(approval.Plan, cancellationToken).ConfigureAwait(false) : noted.Failure;
    }

    /// <summary>Says no, also where the client of an assistant cancelled the question: that ends the plan.</summary>
    public async Task<Result<PlanStatus>> DeclineAsync(PlanId plan, string person, ApprovalChannel channel, string? reason, CancellationToken cancellationToken)
    {
        var answer = new PlanAnswer(person, channel, time.GetUtcNow(), null, reason);
        var noted = await plans.AnswerAsync(plan, yes: false, answer, null, cancellationToken).ConfigureAwait(false);
        return noted.IsOk ? await plans.GetAsync(plan, cancellationToken).ConfigureAwait(false) : noted.Failure;
    }

    /// <summary>The state that goes with a question about a plan.</summary>
    public Result<string> Ask(PlanStatus plan, string principal) => plan.State is PlanState.Waiting
        ? _tickets.Issue(plan, principal)
        : PlanBook.NotOpen(plan.Plan.Id, plan.State);

    /// <summary>Whether a value of <c>SLIPWAY_CALLER</c> is an assistant's.</summary>
    internal static bool IsAssistant(string? caller) => string.Equals(caller, Assistant, StringComparison.OrdinalIgnoreCase);

    private Failure? RefuseChannel(ApprovalChannel channel) => channel is not ApprovalChannel.Elicitation && IsAssistant(caller)
        ? new Failure(CloudFailures.ApprovalChannel, "This process was started by an assistant (SLIPWAY_CALLER=mcp), so nobody approves here.")
        : null;

    private Result<string> NonceOf(ApprovalChannel channel, PlanId plan, string digest, string? state, string principal)
    {
        if (channel is not ApprovalChannel.Elicitation)
        {
            return string.Empty;
        }

        return _tickets.Open(state, principal).Then(ticket => ticket.Plan == plan && ticket.Digest == digest
            ? Result.Ok(ticket.Nonce)
            : new Failure(CloudFailures.TicketInvalid, $"The question was not about {plan}."));
    }

    private static Failure? Mismatch(Approval approval, PlanStatus status)
    {
        if (status.State is not PlanState.Waiting)
        {
            return PlanBook.NotOpen(approval.Plan, status.State);
        }

        if (!string.Equals(approval.Digest, status.Plan.Digest.Hex, StringComparison.OrdinalIgnoreCase))
        {
            return new Failure(CloudFailures.PlanMismatch, $"The digest {Shown.Quote(approval.Digest)} is not that of {approval.Plan}.");
        }

        if (string.IsNullOrWhiteSpace(approval.Person))
        {
            return new Failure(CloudFailures.ApprovalChannel, "An approval needs the name of a person.");
        }

        return Types(approval.TypedCeiling, status.Plan) ? null : new Failure(
            CloudFailures.CeilingMismatch, $"{Shown.Quote(approval.TypedCeiling ?? "nothing")} was typed, and the ceiling is {status.Plan.CeilingText}.");
    }

    private static bool Types(string? typed, LaunchPlan plan) => plan.Ceiling is { } ceiling
        ? Usd.Parse(typed?.Trim().TrimStart('$')).TryGet(out var amount, out _) && amount == ceiling
        : string.Equals(typed?.Trim(), plan.CeilingText, StringComparison.OrdinalIgnoreCase);

    private async Task<Result<string>> SignAsync(Approval approval, CancellationToken cancellationToken)
    {
        if (!ApprovalKey.Find(folder).TryGet(out var set, out var failure))
        {
            return failure;
        }

        if (!set.TryGet(out var key))
        {
            return string.Empty;
        }

        if (approval.Channel is ApprovalChannel.Elicitation || approval.Pin is null)
        {
            return new Failure(CloudFailures.PinRefused, $"A PIN is set, and none was given{(approval.Channel is ApprovalChannel.Elicitation ? ": a question of an assistant must not ask for one" : string.Empty)}.")
            {
                Hint = $"In a terminal of your own: `slipway cloud approve {approval.Plan}`.",
            };
        }

        var unlocked = await key.UnlockAsync(folder, approval.Pin, time, cancellationToken).ConfigureAwait(false);
        if (!unlocked.TryGet(out var signer, out failure))
        {
            return failure;
        }

        using (signer)
        {
            return signer.Sign(Approval.SignedText(approval.Plan, approval.Digest.ToLowerInvariant(), approval.Person, approval.Channel));
        }
    }

    private static string? Some(string text) => text.Length > 0 ? text : null;
}
