using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Slipway.Cli.Terminal;
using Slipway.Cloud.Money;
using Slipway.Core.Failures;

namespace Slipway.Cli.Commands.Cloud;

/// <summary><c>cloud approve</c>: a person's yes or no to a plan, at the person's own terminal.</summary>
internal static class CloudApprove
{
    public static Command Define(Output output, Func<Services> services)
    {
        var plan = new Argument<string>("PLAN") { Description = "The plan, as `slipway cloud plan` printed it." };
        var decline = new Option<bool>("--decline") { Description = "Say no: the plan ends." };
        var reason = new Option<string>("--reason") { Description = "With --decline: why.", HelpName = "TEXT" };
        var command = new Command("approve", "Say yes or no to a plan, as a person at a terminal.\n\nExample: slipway cloud approve p-0123456789") { plan };
        command.Options.Add(decline);
        command.Options.Add(reason);
        command.SetAction(async (parsed, token) =>
        {
            var created = services();
            var money = CloudMoney.Of(created);
            var answered = await AnswerAsync(created, money, parsed.GetRequiredValue(plan), parsed.GetValue(decline), parsed.GetValue(reason), token).ConfigureAwait(false);
            return answered.TryGet(out var status, out var failure) ? Tell(output, status) : output.Fail(failure);
        });
        return command;
    }

    private static async Task<Result<PlanStatus>> AnswerAsync(Services services, CloudMoney money, string text, bool declines, string? reason, CancellationToken cancellationToken)
    {
        if (!PlanId.Parse(text).TryGet(out var id, out var failure))
        {
            return failure;
        }

        var desk = new ApprovalDesk(money.Folder, money.Plans, services.Time, services.Variable(CloudMoney.CallerVariable));
        if (declines)
        {
            return await desk.DeclineAsync(id, Environment.UserName, ApprovalChannel.Terminal, reason, cancellationToken).ConfigureAwait(false);
        }

        var found = await money.Plans.GetAsync(id, cancellationToken).ConfigureAwait(false);
        if (!found.TryGet(out var status, out failure) || !PersonTerminal.Open("An approval").TryGet(out var terminal, out failure))
        {
            return failure;
        }

        using (terminal)
        {
            var asked = status.State is PlanState.Waiting ? Ask(terminal, money, status, await BudgetAsync(money, cancellationToken).ConfigureAwait(false)) : (string.Empty, null);
            return asked.TryGet(out var answer, out failure)
                ? await desk.ApproveAsync(new Approval(id, status.Plan.Digest.Hex, Environment.UserName, ApprovalChannel.Terminal, answer.Ceiling) { Pin = answer.Pin }, cancellationToken).ConfigureAwait(false)
                : failure;
        }
    }

    private static Result<(string Ceiling, string? Pin)> Ask(PersonTerminal terminal, CloudMoney money, PlanStatus status, string? budget)
    {
        foreach (var line in Lines(status.Plan))
        {
            terminal.Say(line);
        }

        terminal.Say(budget is null ? "budget left    not known" : $"budget left    {budget} USD");
        if (!ApprovalKey.Find(money.Folder).TryGet(out var key, out var failure)
            || !terminal.Ask($"Type the ceiling, {status.Plan.CeilingText}, to approve:").TryGet(out var typed, out failure))
        {
            return failure;
        }

        return key.TryGet(out _) ? terminal.AskHidden("PIN:").Map(pin => (typed, (string?)pin)) : (typed, (string?)null);
    }

    /// <summary>A plan for people.</summary>
    internal static IEnumerable<string> Lines(LaunchPlan plan)
    {
        yield return $"plan           {plan.Id}";
        yield return $"what           {Plain.Line(plan.Template)}, parameters {plan.Parameters.Hex[..12]}";
        yield return $"where          {Plain.Line(plan.Backend)}: {(plan.Nodes == 1 ? string.Empty : $"{plan.Nodes} × ")}{Plain.Line(plan.Offer.ToString())}{(plan.Spot ? ", spot" : string.Empty)}";
        yield return $"an hour        {(plan.Hourly is { } hourly ? $"{hourly} USD" : "not priced")}";
        yield return $"at most        {plan.MaxRuntime}, then it is ended; {plan.Guards.ProvisionAllowance.TotalMinutes:0} min to start and {plan.Guards.IdleTail.TotalMinutes:0} min idle before it is deleted";
        yield return $"ceiling        {plan.CeilingText}{(plan.Ceiling is null ? string.Empty : " USD")}";
        if (!plan.Unpriced.IsEmpty)
        {
            yield return $"not in it      {Plain.Line(string.Join(", ", plan.Unpriced))}";
        }
    }

    private static async Task<string?> BudgetAsync(CloudMoney money, CancellationToken cancellationToken) =>
        money.ReadPolicy().TryGet(out var policy, out _) && (await money.Ledger.BudgetAsync(policy.Limits, cancellationToken).ConfigureAwait(false)).TryGet(out var budget, out _)
            ? budget.Available.ToString()
            : null;

    private static int Tell(Output output, PlanStatus status)
    {
        if (output.IsJson)
        {
            output.Json(new ApprovalDocument("slipway.cloud-approval/1", status.Plan.Id.ToString(), JsonNamingPolicy.SnakeCaseLower.ConvertName(status.State.ToString()), status.ExpiresAt, status.Answer?.Person), ApprovalJson.Default.ApprovalDocument);
            return 0;
        }

        output.Data.WriteLine(status.State is PlanState.Declined
            ? $"{status.Plan.Id} declined"
            : $"{status.Plan.Id} approved until {status.ExpiresAt:yyyy-MM-dd HH:mm:ss} UTC; `slipway cloud launch {status.Plan.Id}` starts it");
        return 0;
    }
}

/// <summary>What <c>cloud approve --json</c> prints.</summary>
internal sealed record ApprovalDocument(string Schema, string PlanId, string State, DateTimeOffset ExpiresAt, string? Person);

/// <summary>Source-generated serialisation.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.Never)]
[JsonSerializable(typeof(ApprovalDocument))]
internal sealed partial class ApprovalJson : JsonSerializerContext;
