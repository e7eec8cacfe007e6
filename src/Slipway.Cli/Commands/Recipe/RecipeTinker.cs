using System.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Training.Adapters.Tinker;

namespace Slipway.Cli.Commands.Recipe;

/// <summary><c>recipe tinker-check</c>: one small turn on the service, with the key of who asks.</summary>
internal static class RecipeTinker
{
    public static Command Define(Output output, Func<Services> services)
    {
        var model = new Option<string>("--model") { Description = "The model; the first that the service offers by default.", HelpName = "MODEL" };
        var command = new Command("tinker-check", "Try Tinker with the key in TINKER_API_KEY: what it offers, a model of rank 1, one pass, one step. It may cost a little.\n\nExample: slipway recipe tinker-check");
        command.Options.Add(model);
        command.SetAction(async (parsed, token) =>
        {
            var created = services();
            if (!TinkerOptions.Read(created.Variable).TryGet(out var options, out var failure)
                || !(await TinkerLiveCheck.RunAsync(options with { Time = created.Time }, parsed.GetValue(model), token).ConfigureAwait(false)).TryGet(out var said, out failure))
            {
                return output.Fail(failure);
            }

            foreach (var sentence in said)
            {
                output.Data.WriteLine(Plain.Line(sentence));
            }

            return 0;
        });
        return command;
    }
}
