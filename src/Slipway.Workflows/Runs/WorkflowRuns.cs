using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Runs.Jobs;
using Slipway.Workflows.Graphs;

namespace Slipway.Workflows.Runs;

/// <summary>The runs of workflows on this machine, whoever started them: those among its jobs whose kind is <c>workflow</c>.</summary>
/// <param name="host">This machine and its store.</param>
/// <param name="time">The clock.</param>
public sealed class WorkflowRuns(BuildHost host, TimeProvider time)
{
    /// <summary>The kind in records.</summary>
    public const string Kind = "workflow";

    private readonly JobBook _jobs = new(host, time);

    /// <summary>All runs, the newest first.</summary>
    public async Task<Result<ImmutableArray<JobInfo>>> ListAsync(CancellationToken cancellationToken) =>
        (await _jobs.ListAsync(cancellationToken).ConfigureAwait(false)).Map(static jobs => jobs.Where(static job => job.Record is { Kind: Kind, Workflow: not null }).ToImmutableArray());

    /// <summary>A run by its id, or the newest of a workflow's name.</summary>
    public async Task<Result<JobInfo>> FindAsync(string run, CancellationToken cancellationToken)
    {
        var listed = await ListAsync(cancellationToken).ConfigureAwait(false);
        return listed.Then<JobInfo>(runs => Named(runs, run) is { } found
            ? found
            : new Failure(WorkflowsFailures.UnknownRun, $"There is no run '{run.ReplaceLineEndings(" ")}' of a workflow on this machine."));
    }

    /// <summary>What is known about a run that just ended here: nothing of it is read again.</summary>
    /// <param name="run">The run.</param>
    /// <param name="end">How it ended.</param>
    public WorkflowRunView View(JobInfo run, WorkflowRunEnd end)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(end);
        return new WorkflowRunView(run, host.Layout.Run(run.Id.ToString()), end.Nodes);
    }

    /// <summary>What is known about a run.</summary>
    public WorkflowRunView View(JobInfo run) => WorkflowRunView.Of(host.Layout, run);

    /// <summary>The events of a run, as lines of its file.</summary>
    public IEnumerable<string> Events(JobInfo run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return ResultLog.Lines(EventsPath(host.Layout.Run(run.Id.ToString()))).Select(static json => json.GetRawText());
    }

    /// <summary>Cancels a run, also one of another process: its nodes are ended, and how it ended is written.</summary>
    public Task<Result<JobInfo>> CancelAsync(JobInfo run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        return _jobs.CancelAsync(run.Id.ToString(), cancellationToken);
    }

    private static JobInfo? Named(ImmutableArray<JobInfo> runs, string word) =>
        runs.FirstOrDefault(job => string.Equals(job.Id.ToString(), word, StringComparison.Ordinal)) ?? runs.FirstOrDefault(job => string.Equals(job.Record.Name, word, StringComparison.Ordinal));

    internal static string EventsPath(string folder) => $"{folder}/events.jsonl";

    internal static string ResultsPath(string folder) => $"{folder}/results.jsonl";

    internal static string ResumesPath(string folder) => $"{folder}/resumes.jsonl";

    internal const string SnapshotName = "workflow.json";

    internal static WorkflowGraph Snapshot(string folder) =>
        Slipway.Machines.Files.LocalFiles.Read($"{folder}/{SnapshotName}", Loading.WorkflowLoader.MaxBytes * 2).TryGet(out var bytes, out _)
        && WorkflowText.Read(bytes, SnapshotName).TryGet(out var reading, out _) ? reading.Graph : WorkflowGraph.Empty;
}
