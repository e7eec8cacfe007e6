using System.Globalization;
using Slipway.Cli.Terminal;
using Slipway.Cloud.Backends;
using Slipway.Cloud.Launching;
using Slipway.Cloud.Money;

namespace Slipway.Cli.Commands.Cloud;

/// <summary>Answers as people read them.</summary>
internal static class CloudText
{
    /// <summary>A price.</summary>
    public static string Money(Usd? amount, bool isPriced = true) => amount is { } known ? known.ToString() : isPriced ? "not known" : "not priced";

    /// <summary>How long ago something is.</summary>
    public static string Age(TimeSpan age) => age.TotalDays >= 2 ? string.Create(CultureInfo.InvariantCulture, $"{age.TotalDays:0} days")
        : age.TotalHours >= 2 ? string.Create(CultureInfo.InvariantCulture, $"{age.TotalHours:0} hours")
        : age.TotalMinutes >= 2 ? string.Create(CultureInfo.InvariantCulture, $"{age.TotalMinutes:0} minutes")
        : string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, age.TotalSeconds):0} seconds");

    /// <summary>What people should know.</summary>
    public static void Notes(Output output, IEnumerable<string> notes)
    {
        foreach (var note in notes)
        {
            output.Say($"slipway: {note}");
        }
    }

    /// <summary>What a run may cost, and how that comes about.</summary>
    public static void Estimate(Output output, EstimateResult estimate)
    {
        Line(output, "machine", $"{(estimate.Nodes == 1 ? string.Empty : $"{estimate.Nodes} × ")}{estimate.Offer}{(estimate.Spot ? ", spot" : string.Empty)}{(estimate.IsManaged ? ", as a managed job" : string.Empty)}");
        Line(output, "an hour", $"{Money(estimate.Cost.Hourly, estimate.Offer.IsPriced)}{Unit(estimate.Cost.Hourly)}");
        Line(output, "at most", $"{estimate.MaxRuntime}, paid for {estimate.Cost.CeilingTime} at most");
        Line(output, "expected", $"{Money(estimate.Cost.Expected, estimate.Offer.IsPriced)}{Unit(estimate.Cost.Expected)}");
        Line(output, "ceiling", $"{Money(estimate.Cost.Ceiling, estimate.Offer.IsPriced)}{Unit(estimate.Cost.Ceiling)}");
        foreach (var line in estimate.Cost.Lines)
        {
            Line(output, $"  {line.Item}", $"{Money(line.Amount)}: {line.Text}");
        }

        if (estimate.Fit is { } fit)
        {
            Line(output, "memory", fit.Text);
        }

        foreach (var other in estimate.Alternatives.Take(3))
        {
            Line(output, "or", other.ToString());
        }

        foreach (var assumption in estimate.Cost.Assumptions)
        {
            output.Detail(Plain.Line($"assumed        {assumption}"));
        }

        if (estimate.Cost.Warning is { } warning)
        {
            output.Say($"slipway: warning: {warning}");
        }
    }

    /// <summary>A plan, and what to do with it.</summary>
    public static void Plan(Output output, PlanResult plan)
    {
        Line(output, "plan", $"{plan.Status.Plan.Id}, until {Time(plan.Status.ExpiresAt)}");
        Line(output, "what", $"{plan.Status.Plan.Template} on {plan.Status.Plan.Backend}, parameters {plan.Status.Plan.Parameters.Hex[..12]}");
        Estimate(output, plan.Estimate);
        Line(output, "budget left", $"{plan.Budget.Available} USD");
        Notes(output, plan.Warnings);
        output.Detail(plan.Script);
        if (plan.Yaml is { } yaml)
        {
            output.Detail(yaml);
        }

        output.Say(plan.NeedsApproval
            ? $"slipway: a person has to say yes: `slipway cloud approve {plan.Status.Plan.Id}`, then `slipway cloud launch {plan.Status.Plan.Id}`"
            : $"slipway: nobody has to be asked; `slipway cloud launch {plan.Status.Plan.Id}` starts it");
    }

    /// <summary>How a run stands.</summary>
    public static void Run(Output output, RunView run)
    {
        Line(output, "run", $"{run.Run}, {run.Workflow} on {run.Backend} ({run.Name})");
        Line(output, "state", $"{run.State.Word()}{(run.Phase.Length > 0 ? $": {run.Phase}" : string.Empty)}{(run.RawState.Length > 0 ? $" ({run.RawState})" : string.Empty)}");
        if (run.Progress is { } progress)
        {
            Line(output, "progress", progress);
        }

        Line(output, "times", $"launched {Time(run.CreatedAt)}{Maybe(", began ", run.StartedAt)}{Maybe(", ended ", run.EndedAt)}{Maybe("; gone by ", run.EndsBy)}");
        Line(output, "money", $"{Money(run.SpentSoFar, run.Ceiling is not null)} so far, ceiling {Money(run.Ceiling, isPriced: false)}{(run.Money is { } money ? $", {money.ToString().ToLowerInvariant()}" : string.Empty)}");
        foreach (var guard in run.Guards.Guards)
        {
            Line(output, "guard", $"{guard.Name} {(guard.InForce switch { true => "holds", false => "DOES NOT HOLD", null => "not looked at yet" })}: {guard.Text}");
        }

        foreach (var bill in run.StillBills)
        {
            Line(output, "still bills", bill);
        }

        Notes(output, run.Notes);
        foreach (var line in run.LastLines)
        {
            output.Data.WriteLine(Plain.Line($"| {line}"));
        }
    }

    /// <summary>A line of a description.</summary>
    public static void Line(Output output, string label, string text) => output.Data.WriteLine(Plain.Line($"{label,-15}{text}"));

    /// <summary>A time.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private static string Maybe(string words, DateTimeOffset? time) => time is { } known ? words + Time(known) : string.Empty;

    private static string Unit(Usd? amount) => amount is null ? string.Empty : " USD";
}
