using System.CommandLine;
using System.Text;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Runs.Hosts;
using Slipway.Runs.Jobs;

namespace Slipway.Cli.Commands.Jobs;

/// <summary><c>job logs</c> and <c>job attach</c>: what a job wrote, and what it writes.</summary>
internal static class JobLog
{
    public static Command DefineLogs(Output output, Func<Services> services)
    {
        var name = JobCommands.JobArgument();
        var follow = new Option<bool>("--follow", "-f") { Description = "Wait for what comes, until the job is over; an interrupt leaves the job alive." };
        var tail = new Option<int?>("--tail") { Description = "Begin with this many of the last lines.", HelpName = "LINES" };
        var errors = new Option<bool>("--err") { Description = "Standard error, in place of standard output." };
        var command = new Command("logs", "Print what a job wrote.\n\nExample: slipway job logs -f --tail 20 train") { name, follow, tail, errors };
        JobCommands.Bind(command, JobCommands.OnOption(), output, services, async (parsed, opened, created, token) =>
        {
            var request = new JobLogRequest(parsed.GetRequiredValue(name)) { Errors = parsed.GetValue(errors), Follow = parsed.GetValue(follow), Tail = parsed.GetValue(tail) };
            if (request.Tail is < 0)
            {
                return output.Fail(new Failure(CliFailures.Usage, "--tail needs a number of lines."));
            }

            var logs = new JobLogs(opened.Host, created.Time);
            return output.IsJson ? await DocumentAsync(output, opened, logs, request, token).ConfigureAwait(false)
                : await FollowAsync(output, opened, request.Job, logs, [request], token).ConfigureAwait(false);
        });
        return command;
    }

    public static Command DefineAttach(Output output, Func<Services> services)
    {
        var name = JobCommands.JobArgument();
        var command = new Command("attach", "Join the terminal of a job that was started with --tty (C-b d leaves it), or follow both logs to the end; either way the job goes on.\n\nExample: slipway job attach train") { name };
        JobCommands.Bind(command, JobCommands.OnOption(), output, services, async (parsed, opened, created, token) =>
        {
            if (output.IsJson)
            {
                return output.Fail(new Failure(CliFailures.NoJson, "`job attach` cannot print JSON: standard output belongs to the job.") { Hint = "Use `slipway job show --json`." });
            }

            var book = new JobBook(opened.Host, created.Time);
            if (!(await book.FindAsync(parsed.GetRequiredValue(name), token).ConfigureAwait(false)).TryGet(out var job, out var failure))
            {
                return output.Fail(failure);
            }

            if (job.Record.Spec.Terminal && !job.IsOver && !Console.IsInputRedirected && !Console.IsOutputRedirected)
            {
                return await JoinAsync(output, opened, book, job, token).ConfigureAwait(false);
            }

            output.Say($"slipway: following the logs of {job.Record.Name} ({job.Id}), which reads no input.");
            var request = new JobLogRequest(job.Id.ToString()) { Follow = true };
            var code = await FollowAsync(output, opened, job.Id.ToString(), new JobLogs(opened.Host, created.Time), [request, request with { Errors = true }], token).ConfigureAwait(false);
            return code != 0 ? code : await JobWait.EndAsync(output, book, opened, job.Id.ToString(), token).ConfigureAwait(false);
        });
        return command;
    }

    private static async Task<int> JoinAsync(Output output, OpenedHost opened, JobBook book, JobInfo job, CancellationToken cancellationToken)
    {
        if (!(await book.JoinAsync(job, cancellationToken).ConfigureAwait(false)).TryGet(out var now, out var failure))
        {
            return output.Fail(failure);
        }

        if (now.IsOver)
        {
            return JobWait.Tell(output, now, opened);
        }

        output.Say($"slipway: the job goes on; `slipway job attach {job.Id}{JobCommands.OnWords(opened)}` joins it again.");
        return 0;
    }

    private static async Task<int> DocumentAsync(Output output, OpenedHost opened, JobLogs logs, JobLogRequest request, CancellationToken cancellationToken)
    {
        if (request.Follow)
        {
            return output.Fail(new Failure(CliFailures.NoJson, "`job logs --follow` cannot print JSON: the log has no end yet.") { Hint = "Leave out --follow." });
        }

        var text = new MemoryStream();
        await using (text.ConfigureAwait(false))
        {
            var read = await logs.FollowAsync(request, new StreamSink(text, output), cancellationToken).ConfigureAwait(false);
            if (!read.TryGet(out _, out var failure))
            {
                return output.Fail(failure);
            }

            var document = new JobLogDocument("slipway.job-log/1", request.Job, opened.Host.Machine.Name, request.Errors ? "err" : "out", Encoding.UTF8.GetString(text.ToArray()));
            output.Json(document, JobDocuments.Default.JobLogDocument);
            return 0;
        }
    }

    private static async Task<int> FollowAsync(Output output, OpenedHost opened, string job, JobLogs logs, JobLogRequest[] requests, CancellationToken cancellationToken)
    {
        var standard = Console.OpenStandardOutput();
        var errors = Console.OpenStandardError();
        await using (standard.ConfigureAwait(false))
        await using (errors.ConfigureAwait(false))
        {
            // One log alone goes to standard output, whichever it is.
            var following = requests.Select((request, index) => logs.FollowAsync(request, new StreamSink(index == 0 ? standard : errors, output), cancellationToken));
            try
            {
                var ended = await Task.WhenAll(following).ConfigureAwait(false);
                return ended.FirstOrDefault(static result => !result.IsOk) is { IsOk: false } failed ? output.Fail(failed.Failure) : 0;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                output.Say(requests[0].Follow
                    ? $"slipway: the job goes on; `slipway job cancel {job}{JobCommands.OnWords(opened)}` ends it."
                    : "slipway: interrupted.");
                return (int)ExitCode.Cancelled;
            }
        }
    }

    private sealed class StreamSink(Stream stream, Output output) : IJobLogSink
    {
        public void Write(ReadOnlySpan<byte> text)
        {
            stream.Write(text);
            stream.Flush();
        }

        public void Notice(string text) => output.Say($"slipway: {text}");
    }
}
