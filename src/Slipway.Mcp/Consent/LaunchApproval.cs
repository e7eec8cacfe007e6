using System.Globalization;
using ModelContextProtocol.Protocol;
using Slipway.Cloud;
using Slipway.Cloud.Money;
using Slipway.Core.Failures;
using Slipway.Mcp.Calls;
using Slipway.Mcp.Tools;

namespace Slipway.Mcp.Consent;

/// <summary>
/// What stands between a plan and its launch here: the scope of this server, and a person's yes where the plan waits for one. The question is a ticket of the desk, bound to the plan and to this process;
/// the person types the ceiling. No argument counts.
/// </summary>
/// <param name="money">Where plans and keys are.</param>
/// <param name="policy">The policy, for what is left of the budget.</param>
/// <param name="scope">What this server may touch.</param>
/// <param name="time">The clock.</param>
/// <param name="principal">Whose questions these are: this process.</param>
internal sealed class LaunchApproval(MoneyFolder money, PolicyFile policy, ToolScope scope, TimeProvider time, string principal)
{
    private const string Field = "ceiling";
    private readonly PlanBook _plans = new(money, time);

    /// <summary>Why a plan may not be launched now; null when it may.</summary>
    public async Task<ToolAnswer?> RefuseAsync(PlanId id, Question question, string? client, CancellationToken cancellationToken)
    {
        if (!(await _plans.GetAsync(id, cancellationToken).ConfigureAwait(false)).TryGet(out var plan, out var failure))
        {
            return ToolAnswer.Fail(failure);
        }

        if (scope.RefuseBackend(plan.Plan.Backend) is { } outside)
        {
            return ToolAnswer.Fail(outside);
        }

        if (question.Brought() is { } brought)
        {
            return await JudgeAsync(plan, brought, client, cancellationToken).ConfigureAwait(false);
        }

        return plan.State is not PlanState.Waiting ? null : await AskAsync(plan, question, client, cancellationToken).ConfigureAwait(false);
    }

    private async Task<ToolAnswer?> AskAsync(PlanStatus plan, Question question, string? client, CancellationToken cancellationToken)
    {
        // With a PIN the answer could not count, and a form must never ask for one.
        if (!question.CanAsk || !ApprovalKey.Find(money).TryGet(out var key, out _) || key.TryGet(out _))
        {
            return Terminal(plan);
        }

        if (!Desk.Ask(plan, principal).TryGet(out var ticket, out var failure))
        {
            return ToolAnswer.Fail(failure, Command(plan));
        }

        var left = await LeftAsync(cancellationToken).ConfigureAwait(false);
        var reply = await question.AskAsync(Message(plan, left), Field, $"Type the ceiling, {plan.Plan.CeilingText}, to approve", ticket, cancellationToken).ConfigureAwait(false);
        return await JudgeAsync(plan, reply, client, cancellationToken).ConfigureAwait(false);
    }

    private async Task<ToolAnswer?> JudgeAsync(PlanStatus plan, Reply reply, string? client, CancellationToken cancellationToken)
    {
        var opened = new ElicitationTickets(money, time).Open(reply.State, principal);
        if (!opened.TryGet(out var ticket, out var failure))
        {
            return ToolAnswer.Fail(failure, Command(plan));
        }

        if (ticket.Plan != plan.Plan.Id)
        {
            return ToolAnswer.Fail(new Failure(CloudFailures.TicketInvalid, $"The question was not about {plan.Plan.Id}."), Command(plan));
        }

        var person = $"{Environment.UserName} through {client ?? "an assistant"}";
        if (reply.Result is not { IsAccepted: true } accepted)
        {
            var declined = await Desk.DeclineAsync(plan.Plan.Id, person, ApprovalChannel.Elicitation, reply.Result?.Action, cancellationToken).ConfigureAwait(false);
            return ToolAnswer.Fail(declined.IsOk
                ? new Failure(CloudFailures.ApprovalDeclined, $"The plan {plan.Plan.Id} was not approved, and is over.") { Hint = "Make a new plan; a person can approve it in a terminal: `slipway cloud approve PLAN`." }
                : declined.Failure);
        }

        var approval = new Approval(plan.Plan.Id, ticket.Digest, person, ApprovalChannel.Elicitation, Question.Typed(accepted, Field)) { Ticket = reply.State, Principal = principal };
        var approved = await Desk.ApproveAsync(approval, cancellationToken).ConfigureAwait(false);
        return approved.IsOk ? null : ToolAnswer.Fail(approved.Failure, Command(plan));
    }

    private ApprovalDesk Desk => new(money, _plans, time, caller: "mcp");

    private async Task<string> LeftAsync(CancellationToken cancellationToken)
    {
        if (!ApprovalKey.Find(money).TryGet(out var key, out _) || !policy.Read(key.TryGet(out var set) ? set : null).TryGet(out var limits, out _))
        {
            return "unknown";
        }

        var budget = await new Ledger(money, time).BudgetAsync(limits.Limits, cancellationToken).ConfigureAwait(false);
        return budget.IsOk ? $"{budget.Value.Available} USD" : "unknown";
    }

    private static string Message(PlanStatus status, string left)
    {
        var plan = status.Plan;
        var offer = plan.Offer;
        var gpu = offer.Gpu is null ? "no GPU" : string.Create(CultureInfo.InvariantCulture, $"{offer.Gpu} x {offer.GpuCount}");
        var unpriced = plan.Unpriced.IsEmpty ? string.Empty : $"\nNot priced, and on top: {string.Join(", ", plan.Unpriced)}";
        return string.Create(CultureInfo.InvariantCulture, $"""
            An assistant wants to rent machines with your money.
            What: {plan.Template}, plan {plan.Id}
            Where: {plan.Backend}, {offer.Cloud} {offer.Region} {offer.InstanceType}, {gpu}, {plan.Nodes} machine(s){(plan.Spot ? ", spot" : string.Empty)}
            Per hour: {plan.Hourly?.ToString() ?? "unpriced"} USD for all of them
            At most: {plan.CeilingText} USD in {plan.MaxRuntime.TotalHours:0.##} h{unpriced}
            Ends itself: after {plan.Guards.IdleTail.TotalMinutes:0.##} min of idleness
            Left of the budget: {left}
            """);
    }

    private static ToolAnswer Terminal(PlanStatus plan) => ToolAnswer.Fail(
        new Failure(CloudFailures.ApprovalRequired, $"The plan {plan.Plan.Id} (at most {plan.Plan.CeilingText} USD) waits for a person.")
        {
            Hint = $"Ask the person to run `{Command(plan)}` in a terminal of their own, then call launch_training again.",
        },
        Command(plan));

    private static string Command(PlanStatus plan) => $"slipway cloud approve {plan.Plan.Id}";
}
