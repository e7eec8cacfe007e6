using System.CommandLine;
using Slipway.Cli.Terminal;

namespace Slipway.Cli.Commands.Cloud;

/// <summary><c>cloud estimate</c> and <c>cloud plan</c>.</summary>
internal static class CloudPlan
{
    public static Command DefineEstimate(Output output, Func<Services> services)
    {
        var command = new Command("estimate", "Say what a run may cost; nothing is kept or rented.\n\nExample: slipway cloud estimate lora --set model=./model --set dataset=./rows.jsonl --gpu L40S --max-runtime 2h");
        var options = RentalOptions.AddTo(command);
        CloudSession.Bind(command, output, services, async (parsed, desk, created, token) =>
        {
            if (!(await options.ReadAsync(parsed, created, token).ConfigureAwait(false)).TryGet(out var read, out var failure))
            {
                return output.Fail(failure);
            }

            var estimated = await desk.EstimateAsync(read.Request, token).ConfigureAwait(false);
            return CloudSession.Print(output, estimated, "estimate", estimate =>
            {
                CloudText.Estimate(output, estimate);
                CloudText.Notes(output, read.Check.Notes);
            });
        });
        return command;
    }

    public static Command DefinePlan(Output output, Func<Services> services)
    {
        var command = new Command("plan", "Make a plan that can be approved and launched: what, where, and the most it may cost.\n\nExample: slipway cloud plan recipe --set recipe=sl_basic --set preset=tiny --gpu L40S --max-runtime 1h");
        var options = RentalOptions.AddTo(command);
        CloudSession.Bind(command, output, services, async (parsed, desk, created, token) =>
        {
            if (!(await options.ReadAsync(parsed, created, token).ConfigureAwait(false)).TryGet(out var read, out var failure))
            {
                return output.Fail(failure);
            }

            var planned = await desk.PlanAsync(read.Request, token).ConfigureAwait(false);
            return CloudSession.Print(output, planned, "plan", plan =>
            {
                CloudText.Plan(output, plan);
                CloudText.Notes(output, read.Check.Notes);
            });
        });
        return command;
    }
}
