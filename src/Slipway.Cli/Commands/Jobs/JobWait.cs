using System.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Runs.Hosts;
using Slipway.Runs.Jobs;

namespace Slipway.Cli.Commands.Jobs;

/// <summary><c>job wait</c>: until a job is over; its exit code is the command's.</summary>
internal static class JobWait
{
    public static Command Define(Output output, Func<Services> services)
    {
        var name = JobCommands.JobArgument();
        var limit = new Option<string>("--timeout") { Description = "Wait no longer than this: 90s, 45m, 2h; the job goes on.", HelpName = "TIME" };
        var command = new Command("wait", "Wait until a job is over, and end with its exit code; 1 where it has none.\n\nExample: slipway job wait train") { name, limit };
        JobCommands.Bind(command, JobCommands.OnOption(), output, services, async (parsed, opened, created, token) =>
        {
            var word = parsed.GetRequiredValue(name);
            TimeSpan? most = null;
            if (parsed.GetValue(limit) is { } text)
            {
                if (!Duration.Parse(text, limit.Name).TryGet(out var span, out var wrong))
                {
                    return output.Fail(wrong);
                }

                most = span;
            }

            var waited = await new JobBook(opened.Host, created.Time).WaitAsync(word, most, token).ConfigureAwait(false);
            return !waited.TryGet(out var job, out var failure) ? output.Fail(failure)
                : job.IsOver ? Tell(output, job, opened)
                : output.Fail(new Failure(JobFailures.StillRunning, $"{job.Record.Name} ({job.Id}) is still running."));
        });
        return command;
    }

    /// <summary>Tells how a job ended, with its exit code.</summary>
    internal static async Task<int> EndAsync(Output output, JobBook book, OpenedHost opened, string job, CancellationToken cancellationToken)
    {
        var found = await book.FindAsync(job, cancellationToken).ConfigureAwait(false);
        return found.TryGet(out var info, out var failure) ? Tell(output, info, opened) : output.Fail(failure);
    }

    /// <summary>Tells how a job ended.</summary>
    /// <returns>Its exit code.</returns>
    internal static int Tell(Output output, JobInfo job, OpenedHost opened)
    {
        if (output.IsJson)
        {
            output.Json(JobDocument.From(job, opened.Host.Machine.Name), JobDocuments.Default.JobDocument);
        }
        else
        {
            output.Say($"slipway: {job.Record.Name} ({job.Id}): {job.Describe()}");
        }

        return job.Exit is { HasOwnCode: true, Code: { } code } ? code : 1;
    }
}
