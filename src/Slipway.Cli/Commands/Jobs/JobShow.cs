using System.CommandLine;
using System.Globalization;
using Slipway.Cli.Terminal;
using Slipway.Runs.Hosts;
using Slipway.Runs.Jobs;

namespace Slipway.Cli.Commands.Jobs;

/// <summary><c>job show</c>: what is known about one job.</summary>
internal static class JobShow
{
    public static Command Define(Output output, Func<Services> services)
    {
        var name = JobCommands.JobArgument();
        var command = new Command("show", "Show what is known about a job.\n\nExample: slipway job show train") { name };
        JobCommands.Bind(command, JobCommands.OnOption(), output, services, async (parsed, opened, created, token) =>
        {
            var found = await new JobBook(opened.Host, created.Time).FindAsync(parsed.GetRequiredValue(name), token).ConfigureAwait(false);
            return found.TryGet(out var job, out var failure) ? Print(output, job, opened) : output.Fail(failure);
        });
        return command;
    }

    /// <summary>Prints a job, and says that this went well.</summary>
    internal static int Print(Output output, JobInfo job, OpenedHost opened)
    {
        var host = opened.Host.Machine.Name;
        if (output.IsJson)
        {
            output.Json(JobDocument.From(job, host), JobDocuments.Default.JobDocument);
            return 0;
        }

        var spec = job.Record.Spec;
        Line(output, "id", job.Id.ToString());
        Line(output, "name", job.Record.Name);
        Line(output, "kind", job.DescribeKind());
        Line(output, "host", host);
        Line(output, "state", job.Describe());
        Line(output, "command", string.Join(' ', spec.Argv));
        Line(output, "in", spec.Cwd);
        Line(output, "slot", spec.Slot);
        Line(output, "port", spec.Service?.Port.ToString(CultureInfo.InvariantCulture));
        Line(output, "secrets", spec.Secrets.IsDefaultOrEmpty ? null : string.Join(", ", spec.Secrets));
        Line(output, "by", $"{job.Record.CreatedBy.User} on {job.Record.CreatedBy.Host}, {Time(job.Record.CreatedAt)}");
        Line(output, "ended", job.Exit is { } exit ? Time(exit.EndedAt) : null);
        Line(output, "logs", job.Record.IsAttached ? "none: it was attached, and its output went to whoever started it" : job.LogBytes is { } logs ? $"{Sizes.Text(logs.Output)} of output, {Sizes.Text(logs.Error)} of errors" : null);
        Line(output, "left", job.LeftBehind.IsEmpty ? null : $"{job.LeftBehind.Length} processes still live; `slipway job cancel {job.Id}{JobCommands.OnWords(opened)}` ends them");
        return 0;
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private static void Line(Output output, string label, string? value)
    {
        if (value is not null)
        {
            output.Data.WriteLine(Plain.Line($"{label,-9} {value.ReplaceLineEndings(" ")}"));
        }
    }
}
