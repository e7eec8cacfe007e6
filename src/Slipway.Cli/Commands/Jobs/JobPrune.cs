using System.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Runs.Jobs;

namespace Slipway.Cli.Commands.Jobs;

/// <summary><c>job prune</c>: removes what is left of jobs that are over.</summary>
internal static class JobPrune
{
    private const string DefaultAge = "30d";

    public static Command Define(Output output, Func<Services> services)
    {
        var age = new Option<string>("--older-than") { Description = "Only jobs that were started this long ago at least.", HelpName = "TIME", DefaultValueFactory = static _ => DefaultAge };
        var command = new Command("prune", "Remove the records and logs of jobs that are over.\n\nExample: slipway job prune --older-than 7d") { age };
        JobCommands.Bind(command, JobCommands.OnOption(), output, services, async (parsed, opened, created, token) =>
        {
            if (!Read(parsed.GetRequiredValue(age)).TryGet(out var span, out var failure))
            {
                return output.Fail(failure);
            }

            var pruned = await new JobBook(opened.Host, created.Time).PruneAsync(span, token).ConfigureAwait(false);
            if (!pruned.TryGet(out var removed, out failure))
            {
                return output.Fail(failure);
            }

            if (output.IsJson)
            {
                output.Json(new JobPruneDocument("slipway.job-prune/1", opened.Host.Machine.Name, removed), JobDocuments.Default.JobPruneDocument);
            }
            else
            {
                output.Say(removed.Length == 1 ? "slipway: one job was removed." : $"slipway: {removed.Length} jobs were removed.");
            }

            return 0;
        });
        return command;
    }

    // `0s` means all that are over.
    private static Result<TimeSpan> Read(string text) => text is "0s" or "0" ? TimeSpan.FromSeconds(-1) : Duration.Parse(text, "--older-than");
}
