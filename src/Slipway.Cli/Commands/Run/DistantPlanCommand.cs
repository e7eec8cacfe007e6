using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Runs;
using Slipway.Runs.Arguments;
using Slipway.Runs.Distant;
using Slipway.Runs.Hosts;

namespace Slipway.Cli.Commands.Run;

/// <summary><c>plan --on</c>: the decision that <c>run --on</c> would take on a host, and why.</summary>
internal sealed class DistantPlanCommand(Output output, Services services, BuildHost here)
{
    public async Task<int> ExecuteAsync(RunArguments arguments, CancellationToken cancellationToken)
    {
        if (!HostChoice.ParseAll(arguments.Values(RunOptions.On)).TryGet(out var choices, out var failure) || !services.Hosts().TryGet(out var hosts, out failure))
        {
            return output.Fail(failure);
        }

        if (output.IsJson && choices.Length > 1)
        {
            return output.Fail(new Failure(CliFailures.NoJson, "A plan for several hosts is several documents.") { Hint = "Ask for them one by one." });
        }

        var context = services.Distant(hosts, here);
        var code = 0;
        foreach (var choice in choices)
        {
            using var progress = new BuildProgressView(output, services.Time);
            var planned = await OneAsync(context, choice, arguments, progress, cancellationToken).ConfigureAwait(false);
            progress.Complete();
            code = Math.Max(code, Tell(choice, choices.Length > 1, planned));
        }

        return code;
    }

    private static async Task<Result<DistantPlan>> OneAsync(
        DistantContext context, HostChoice choice, RunArguments arguments, IBuildProgress progress, CancellationToken cancellationToken)
    {
        if (!context.Hosts.Connect(choice.On).TryGet(out var machine, out var failure))
        {
            return failure;
        }

        using (machine)
        {
            return await new DistantPlanner(context)
                .PlanAsync(machine, choice.On, choice.Apply(arguments), PlanDepths.Of(arguments), progress, cancellationToken)
                .ConfigureAwait(false);
        }
    }

    private int Tell(HostChoice choice, bool isOneOfSeveral, Result<DistantPlan> planned)
    {
        if (isOneOfSeveral)
        {
            output.Data.WriteLine($"{choice.On}:");
        }

        if (!planned.TryGet(out var plan, out var failure))
        {
            return output.Fail(failure);
        }

        if (output.IsJson)
        {
            output.Json(PlanDocument.From(plan.Plan, plan.Declaration, choice.On), PlanJson.Default.PlanDocument);
        }
        else
        {
            output.Data.Write(PlanText.Render(plan.Plan, plan.Declaration, choice.On));
        }

        return 0;
    }
}
