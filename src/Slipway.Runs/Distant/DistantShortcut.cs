using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Machines;
using Slipway.Machines.Files;
using Slipway.Machines.Processes;
using Slipway.Machines.Programs;
using Slipway.Runs.Arguments;
using Slipway.Runs.Jobs;
using Slipway.Runs.Launching;
using Slipway.Runs.Reports;
using Slipway.Runs.Workspaces;

namespace Slipway.Runs.Distant;

/// <summary>
/// Repeats a run on a host in one call to it: what lies here is checked here, and what lies there is checked there, in the call that starts the
/// workload. Whatever cannot be proved is left to the full path.
/// </summary>
internal sealed class DistantShortcut(DistantContext context)
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Tries it.</summary>
    /// <returns>How the workload ended; null when nothing was started.</returns>
    public async Task<Result<ProcessOutcome>?> TryAsync(
        IMachine machine, RunArguments arguments, DistantAttachment attachment, Action<string> warn, CancellationToken cancellationToken)
    {
        if (!IsEligible(arguments) || DistantRecord.Read(PathOf(arguments)) is not { } record || !record.Checks.All(LaunchChecks.Holds)
            || !await IsUnchangedAsync(record, cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        foreach (var warning in record.Warnings)
        {
            warn(warning);
        }

        var own = DistantCommand.Variables(arguments, context.Variable);
        var command = new ProcessCommand(record.Command.Executable, [.. record.Command.Arguments, .. arguments.Tail])
        {
            WorkingDirectory = record.Command.Directory,
            Environment = record.Command.ToChanges().Then(own),
            CaptureLimit = 0,
            IsAttached = attachment.HasTerminal,
        };
        attachment.BeforeStart(new RunFacts(record.Environment, RunFacts.Proved, record.Snapshot));
        var spec = JobLaunch.Attached(command, arguments) with { Environment = record.Environment, WorkspaceSnapshot = record.Snapshot };
        var recorded = attachment.Run.Record(spec, command, record.Runs, machine.Name);
        var ran = await machine.RunGuardedAsync(Guards(record), recorded, attachment.Output, cancellationToken).ConfigureAwait(false);
        return !ran.TryGet(out var ended, out var failure) ? failure : ended.Process is { } process ? process : (Result<ProcessOutcome>?)null;
    }

    /// <summary>Remembers a run that was prepared.</summary>
    /// <param name="machine">The host.</param>
    /// <param name="arguments">Its command line.</param>
    /// <param name="start">What was prepared.</param>
    /// <param name="luggage">What was brought.</param>
    /// <param name="shared">The variables that are the same each time.</param>
    /// <param name="observed">The facts of the declaring files from before they were read; null when they are not known.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RememberAsync(
        IMachine machine,
        RunArguments arguments,
        DistantStart start,
        DistantLuggage luggage,
        EnvironmentChanges shared,
        ImmutableArray<LaunchCheck>? observed,
        CancellationToken cancellationToken)
    {
        if (!IsEligible(arguments) || observed is not { } files || !files.All(LaunchChecks.Holds) || start.Declaration.Request.HasLocalSources)
        {
            return;
        }

        var checks = files.ToBuilder();
        foreach (var path in new[] { context.Hosts.Book.FilePath, luggage.Origin is null ? luggage.Script : null }.OfType<string>())
        {
            if ((LaunchChecks.Take(CheckKind.Content, path) ?? LaunchChecks.Take(CheckKind.Absence, path)) is not { } check)
            {
                return;
            }

            checks.Add(check);
        }

        var dated = ImmutableDictionary.CreateBuilder<string, long>(StringComparer.Ordinal);
        foreach (var path in new[] { start.Host.Layout.Request(start.Environment.Plan.RequestFields.Digest()), start.Environment.Plan.Interpreter?.Executable }.OfType<string>())
        {
            if (!(await machine.StatAsync(path, cancellationToken).ConfigureAwait(false)).TryGet(out var status, out _) || !status.Exists)
            {
                return;
            }

            dated[path] = Math.DivRem(status.ModifiedUnixNanoseconds, NanosecondsPerSecond).Quotient;
        }

        var script = luggage.Origin is null && luggage.Script is { } loose ? $"{start.Command.WorkingDirectory}/{Path.GetFileName(loose)}" : null;
        new DistantRecord(
            checks.ToImmutable(),
            luggage.Origin is { } project ? new RecordedOrigin(project.Path, project.IsGitTree, start.Workspace is { IsGit: true }) : null,
            start.Workspace?.Snapshot,
            start.Workspace?.MarkerPath,
            start.Workspace?.MarkerText,
            [start.Host.Layout.Meta(start.Environment.Slot), start.Command.WorkingDirectory!, .. script is null ? Array.Empty<string>() : [script]],
            dated.ToImmutable(),
            JobEnvironment.Of(start.Host, start.Environment),
            start.Host.Layout.Runs,
            RecordedCommand.From(start.Command, shared, arguments.Tail.Length),
            [.. start.Declaration.Warnings, .. start.Environment.Plan.Warnings]).Write(PathOf(arguments));
    }

    private static bool IsEligible(RunArguments arguments) =>
        WorkloadVariables.AreWellFormed(arguments) && !arguments.Has(RunOptions.Detach) && !arguments.Has(RunOptions.Gpus) && !arguments.Has(RunOptions.Port) && !arguments.Has(RunOptions.Refresh) && !arguments.Has(RunOptions.Explain) && !arguments.Has(RunOptions.Verbose);

    private static MachineProgram Guards(DistantRecord record) => new(
        "run",
        [
            new Step.Lease(record.Environment.Lease),
            .. record.Marker is { } used ? [new Step.RequireExists(used), new Step.Touch($"{used[..used.LastIndexOf('/')]}/used")] : Array.Empty<Step>(),
            .. record.Present.Select(Step (path) => new Step.RequireExists(path)),
            .. record.Dated.Select(Step (dated) => new Step.StopIfModified(dated.Key, dated.Value)),
            .. record.Marker is { } marker ? [new Step.StopUnlessContent(marker, record.MarkerText!)] : Array.Empty<Step>(),
        ]);

    private async Task<bool> IsUnchangedAsync(DistantRecord record, CancellationToken cancellationToken)
    {
        if (record.Origin is not { } origin)
        {
            return true;
        }

        if (!origin.IsPicture)
        {
            // By the same list as when it is brought.
            var listed = await new FileWorkspace(context.Here, context.Here)
                .SnapshotAsync(new WorkspaceOrigin(origin.Path, origin.IsGitTree), WorkspaceMode.Worktree, cancellationToken).ConfigureAwait(false);
            return listed.TryGet(out var snapshot, out _) && string.Equals(snapshot, record.Snapshot, StringComparison.Ordinal);
        }

        var picture = await context.Pictures
            .GetOrAdd(origin.Path, path => new GitPictures(context.Here).TakeAsync(path, WorkspaceMode.Worktree, cancellationToken))
            .ConfigureAwait(false);
        return picture is { IsOk: true, Value.Tree: { } tree } && string.Equals(tree, record.Snapshot, StringComparison.Ordinal);
    }

    private string PathOf(RunArguments arguments) =>
        LaunchKey.PathOf(context.Launches, context.Version, context.WorkingDirectory, arguments, context.Startup.Variables) + ".on";
}
