using System.Collections.Immutable;
using System.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Runs.Hosts;
using Slipway.Runs.Jobs;

namespace Slipway.Cli.Commands.Jobs;

/// <summary><c>job list</c>: the jobs of a machine, or of all of them, the newest first.</summary>
internal static class JobList
{
    private const string All = "all";

    private sealed record Answer(string Host, ImmutableArray<JobInfo> Jobs, Failure? Silence);

    public static Command Define(Output output, Func<Services> services)
    {
        var on = JobCommands.OnOption("; all for every host");
        var command = new Command("list", "List the jobs of a machine, the newest first.\n\nExample: slipway job list --on gpubox") { on };
        command.SetAction(async (parsed, token) =>
        {
            var created = services();
            var where = parsed.GetRequiredValue(on);
            if (!Hosts(created, where).TryGet(out var hosts, out var failure))
            {
                return output.Fail(failure);
            }

            var answers = await Task.WhenAll(hosts.Select(host => AskAsync(created, host, token))).ConfigureAwait(false);
            return answers is [{ Silence: { } only }] ? output.Fail(only) : Print(output, answers, created.Time.GetUtcNow());
        });
        return command;
    }

    private static Result<ImmutableArray<string>> Hosts(Services services, string on) => !string.Equals(on, All, StringComparison.Ordinal)
        ? ImmutableArray.Create(on)
        : services.Hosts().Then(static hosts => hosts.Book.Read()).Map(static hosts => hosts.Select(static host => host.Name.ToString()).Prepend(HostName.Local).ToImmutableArray());

    private static async Task<Answer> AskAsync(Services services, string host, CancellationToken cancellationToken)
    {
        var opening = await services.OpenAsync(host, cancellationToken).ConfigureAwait(false);
        if (!opening.TryGet(out var opened, out var failure))
        {
            return new Answer(host, [], failure);
        }

        using (opened)
        {
            var listed = await new JobBook(opened.Host, services.Time).ListAsync(cancellationToken).ConfigureAwait(false);
            return listed.TryGet(out var jobs, out failure) ? new Answer(host, jobs, null) : new Answer(host, [], failure);
        }
    }

    private static int Print(Output output, Answer[] answers, DateTimeOffset now)
    {
        var jobs = answers.SelectMany(static answer => answer.Jobs.Select(job => (answer.Host, Job: job))).OrderByDescending(static pair => pair.Job.Record.CreatedAt).ToList();
        if (output.IsJson)
        {
            var silent = answers.Where(static answer => answer.Silence is not null).Select(static answer => new JobListSilence(answer.Host, answer.Silence!.Code.Id, answer.Silence.Message));
            output.Json(new JobListDocument("slipway.job-list/1", [.. jobs.Select(static pair => JobEntry.From(pair.Job, pair.Host))], [.. silent]), JobDocuments.Default.JobListDocument);
            return 0;
        }

        foreach (var answer in answers.Where(static answer => answer.Silence is not null))
        {
            output.Say($"slipway: warning {answer.Silence!.Code}: {answer.Host} did not answer: {answer.Silence.Message}");
        }

        if (jobs.Count == 0)
        {
            output.Say("There are no jobs. `slipway run --detach SCRIPT` starts one.");
            return 0;
        }

        TextTable.Write(output.Data, ["NAME", "ID", "KIND", "HOST", "STARTED", "STATE"], [.. jobs.Select(pair => (IReadOnlyList<string>)
            [pair.Job.Record.Name, pair.Job.Id.ToString(), pair.Job.DescribeKind(), pair.Host, Sizes.Ago(now - pair.Job.Record.CreatedAt), pair.Job.Describe()])]);
        return 0;
    }
}
