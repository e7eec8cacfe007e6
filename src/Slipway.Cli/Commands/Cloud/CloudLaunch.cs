using System.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Cloud.Backends;
using Slipway.Cloud.Launching;
using Slipway.Cloud.Money;
using Slipway.Core.Failures;

namespace Slipway.Cli.Commands.Cloud;

/// <summary><c>cloud launch</c>: starts a plan that was approved. Twice with one plan is once.</summary>
internal static class CloudLaunch
{
    public static Command Define(Output output, Func<Services> services)
    {
        var plan = new Argument<string>("PLAN") { Description = "The plan, as `slipway cloud plan` printed it." };
        var command = new Command("launch", "Start a plan that was approved; it goes on without this client.\n\nExample: slipway cloud launch p-0123456789") { plan };
        CloudSession.Bind(command, output, services, async (parsed, desk, _, token) =>
        {
            if (!PlanId.Parse(parsed.GetRequiredValue(plan)).TryGet(out var id, out var failure))
            {
                return output.Fail(failure);
            }

            await ShowAsync(output, desk, id, token).ConfigureAwait(false);
            return CloudSession.Print(output, await desk.LaunchAsync(id, token).ConfigureAwait(false), "launch", launched => Tell(output, launched));
        });
        return command;
    }

    // What it may cost is shown before anything is rented, every time.
    private static async Task ShowAsync(Output output, CloudDesk desk, PlanId id, CancellationToken cancellationToken)
    {
        if ((await desk.Plans.GetAsync(id, cancellationToken).ConfigureAwait(false)).TryGet(out var status, out _))
        {
            var left = (await desk.BudgetAsync(cancellationToken).ConfigureAwait(false)).TryGet(out var budget, out _) ? budget.View.Available.ToString() : "not known";
            output.Say($"slipway: {status.Plan.Template} on {status.Plan.Offer}: {CloudText.Money(status.Plan.Hourly, status.Plan.Offer.IsPriced)} an hour, ceiling {status.Plan.CeilingText}, budget left {left}");
        }
    }

    private static void Tell(Output output, LaunchResult launched)
    {
        output.Data.WriteLine(launched.Run.ToString());
        CloudText.Notes(output, launched.Warnings);
        output.Say($"slipway: {launched.Name} is {launched.State.Word()} on {launched.Backend}, gone by {CloudText.Time(launched.EndsBy)}; `slipway cloud status {launched.Run}` says how it stands, `slipway cloud stop {launched.Run}` ends it");
    }
}
