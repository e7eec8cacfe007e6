using System.CommandLine;
using Slipway.Cli.Commands.Run;
using Slipway.Cli.Terminal;
using Slipway.Environments;
using Slipway.Runs;
using Slipway.Runs.Arguments;
using Slipway.Store.Slots;

namespace Slipway.Cli.Commands.Store;

/// <summary><c>store why</c>: the decision for a script now, against the last time it ran; or what a slot is made from.</summary>
internal static class StoreWhy
{
    public static Command Define(Output output, Func<Services> services)
    {
        var target = new Argument<string>("NAME") { Description = "A script, as `slipway run` takes it; or an environment: its slot, or the first digits of it." };
        var command = new Command("why", "Say what a script's environment is and what changed since its last run, or what a slot is made from.\n\nExample: slipway store why train.py") { target };
        StoreCommands.Bind(command, output, services, async (parsed, host, created, token) =>
        {
            var name = parsed.GetRequiredValue(target);
            if (!Path.Exists(name) && new EnvironmentStore(host.Layout).Find(name).TryGet(out var slot, out _))
            {
                return StoreWhySlot.Execute(slot, host, output);
            }

            var useCase = created.Run(host);
            var arguments = new RunArguments([], new RunTarget(TargetForm.Word, name), [], HelpAsked: false);
            if (!useCase.Discover(arguments).TryGet(out var declaration, out var failure))
            {
                return output.Fail(failure);
            }

            var planned = await useCase.PlanAsync(arguments, declaration, PlanDepth.Decide, NoProgress.Instance, token).ConfigureAwait(false);
            if (!planned.TryGet(out var plan, out failure))
            {
                return output.Fail(failure);
            }

            if (output.IsJson)
            {
                output.Json(PlanDocument.From(plan, declaration), PlanJson.Default.PlanDocument);
            }
            else
            {
                output.Data.Write(PlanText.Render(plan, declaration));
            }

            return 0;
        });
        return command;
    }
}
