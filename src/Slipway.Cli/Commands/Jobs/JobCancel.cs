using System.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Runs.Jobs;

namespace Slipway.Cli.Commands.Jobs;

/// <summary><c>job cancel</c>: ends a job and all of its session.</summary>
internal static class JobCancel
{
    public static Command Define(Output output, Func<Services> services)
    {
        var name = JobCommands.JobArgument();
        var command = new Command("cancel", "End a job: TERM to its whole session, and KILL 10 seconds later.\n\nExample: slipway job cancel train") { name };
        JobCommands.Bind(command, JobCommands.OnOption(), output, services, async (parsed, opened, created, token) =>
        {
            var cancelled = await new JobBook(opened.Host, created.Time).CancelAsync(parsed.GetRequiredValue(name), token).ConfigureAwait(false);
            if (!cancelled.TryGet(out var job, out var failure))
            {
                return output.Fail(failure);
            }

            if (output.IsJson)
            {
                output.Json(JobDocument.From(job, opened.Host.Machine.Name), JobDocuments.Default.JobDocument);
            }
            else
            {
                output.Say($"slipway: {job.Record.Name} ({job.Id}): {job.Describe()}");
            }

            return 0;
        });
        return command;
    }
}
