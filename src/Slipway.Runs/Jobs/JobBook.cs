using System.Collections.Immutable;
using System.Globalization;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Machines.Processes;

namespace Slipway.Runs.Jobs;

/// <summary>
/// The jobs of a machine, whoever started them from wherever: one call to it for each question. A job is named by the id of its run, or by a name,
/// which means its newest run.
/// </summary>
/// <param name="host">The machine and its store.</param>
/// <param name="time">The clock.</param>
public sealed class JobBook(BuildHost host, TimeProvider time)
{
    private const int LooksASecond = 5;

    // What a shell counts to; longer than anybody waits.
    private const int MostLooks = int.MaxValue;

    private static readonly TimeSpan QuestionLimit = TimeSpan.FromSeconds(60);

    /// <summary>All runs, the newest first.</summary>
    public async Task<Result<ImmutableArray<JobInfo>>> ListAsync(CancellationToken cancellationToken)
    {
        var asked = await AskAsync(Question("list"), cancellationToken).ConfigureAwait(false);
        return asked.Map(static answer => answer.Jobs
            .OrderByDescending(static job => job.Record.CreatedAt)
            .ThenByDescending(static job => job.Id.ToString(), StringComparer.Ordinal)
            .ToImmutableArray());
    }

    /// <summary>A run, with the lengths of its logs, and the processes that a lost one left.</summary>
    /// <param name="job">Its id or name.</param>
    /// <param name="cancellationToken">Ends the question.</param>
    public Task<Result<JobInfo>> FindAsync(string job, CancellationToken cancellationToken) => OneAsync(job, Question("show", job), cancellationToken);

    /// <summary>Waits for a job's end.</summary>
    /// <param name="job">Its id or name.</param>
    /// <param name="limit">How long to wait; null for as long as it takes.</param>
    /// <param name="cancellationToken">Ends the wait; the job goes on.</param>
    /// <returns>How it stands then: still running when the time was over.</returns>
    public Task<Result<JobInfo>> WaitAsync(string job, TimeSpan? limit, CancellationToken cancellationToken) =>
        new Reconnection(time).RunAsync(
            token => OneAsync(job, Question("wait", job, Looks(limit), "end") with { Timeout = null }, token),
            static _ => { },
            cancellationToken);

    /// <summary>Cancels a job: TERM to its session, KILL after its grace period, and then its end is written. A lost one's processes are ended too.</summary>
    /// <param name="job">Its id or name.</param>
    /// <param name="cancellationToken">Ends the wait; the job is being cancelled all the same.</param>
    /// <returns>How it stands then; one that was over stays as it was.</returns>
    public async Task<Result<JobInfo>> CancelAsync(string job, CancellationToken cancellationToken)
    {
        var limit = TimeSpan.FromSeconds(30);
        var asked = await OneAsync(job, Question("cancel", job, Looks(limit)) with { Timeout = limit + QuestionLimit }, cancellationToken).ConfigureAwait(false);
        return asked.Then<JobInfo>(info => info.IsOver
            ? info
            : new Failure(JobFailures.StillRunning, $"The job {info.Record.Name} ({info.Id}) was told to end, and is there after {limit.TotalSeconds:0} seconds.")
            {
                Hint = $"It may have a longer grace period ({info.Record.Spec.Limits.GraceSeconds} s); look again with `slipway job show {info.Id}`.",
            });
    }

    /// <summary>Removes what is left of runs that are over.</summary>
    /// <param name="age">How long ago they were started at least.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The ids of those that were removed.</returns>
    public async Task<Result<ImmutableArray<string>>> PruneAsync(TimeSpan age, CancellationToken cancellationToken)
    {
        var asked = await AskAsync(Question("prune", RunId.Digits(time.GetUtcNow() - age)), cancellationToken).ConfigureAwait(false);
        return asked.Map(static answer => answer.Gone.ToImmutableArray());
    }

    /// <summary>Joins this process's terminal with the one that a job has; until its end, or until the person leaves it.</summary>
    /// <param name="job">The job.</param>
    /// <param name="cancellationToken">Leaves it; the job goes on.</param>
    /// <returns>How it stands then.</returns>
    public async Task<Result<JobInfo>> JoinAsync(JobInfo job, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(job);
        var joined = await host.Machine.RunAsync(JobScripts.Joining(host, job.Id), output: null, cancellationToken).ConfigureAwait(false);
        return !joined.TryGet(out var outcome, out var failure) ? failure
            : outcome.Code == JobScripts.Left ? job
            : await WaitAsync(job.Id.ToString(), QuestionLimit, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits until a service is ready or over.</summary>
    internal Task<Result<JobAnswer>> WaitReadyAsync(RunId id, TimeSpan limit, CancellationToken cancellationToken) => new Reconnection(time).RunAsync(
        token => AskAsync(Question("wait", id.ToString(), Looks(limit), "ready") with { Timeout = limit + QuestionLimit }, token),
        static _ => { },
        cancellationToken);

    private ProcessCommand Question(params ReadOnlySpan<string> words) => JobScripts.Asking(host, words) with { Timeout = QuestionLimit };

    private Task<Result<JobAnswer>> AskAsync(ProcessCommand question, CancellationToken cancellationToken) => JobScripts.AskAsync(host, question, cancellationToken);

    private async Task<Result<JobInfo>> OneAsync(string job, ProcessCommand question, CancellationToken cancellationToken)
    {
        if (!IsWord(job))
        {
            return JobScripts.Missing(host, job);
        }

        var asked = await AskAsync(question, cancellationToken).ConfigureAwait(false);
        return asked.Then<JobInfo>(answer => answer.Jobs is [var info, ..] && !answer.IsMissing ? info : JobScripts.Missing(host, job));
    }

    /// <summary>Whether a text can name a job at all.</summary>
    internal static bool IsWord(string job) => RunId.Parse(job) is not null || JobName.Parse(job).IsOk;

    private static string Looks(TimeSpan? limit) =>
        (limit is { } given ? (int)Math.Clamp(given.TotalSeconds * LooksASecond, 1, MostLooks) : MostLooks).ToString(CultureInfo.InvariantCulture);
}
