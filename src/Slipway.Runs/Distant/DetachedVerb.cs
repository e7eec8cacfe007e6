using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Machines;
using Slipway.Machines.Processes;
using Slipway.Runs.Arguments;
using Slipway.Runs.Jobs;
using Slipway.Runs.Workspaces;

namespace Slipway.Runs.Distant;

/// <summary>A verb of Slipway as a job, on this machine or on a host, which goes on without whoever started it.</summary>
/// <param name="here">This machine and its store.</param>
/// <param name="program">Slipway's own program.</param>
/// <param name="time">The clock.</param>
/// <param name="version">The version of Slipway, for the record.</param>
public sealed class DetachedVerb(BuildHost here, CarriedProgram program, TimeProvider time, string version)
{
    /// <summary>Starts it on this machine, in a directory.</summary>
    /// <param name="words">The command line behind <c>slipway</c>.</param>
    /// <param name="name">The job's name.</param>
    /// <param name="directory">Where it runs.</param>
    /// <param name="cancellationToken">Ends the wait; a job that was started by then goes on.</param>
    public Task<Result<JobInfo>> StartHereAsync(ImmutableArray<string> words, JobName name, string directory, CancellationToken cancellationToken) =>
        StartAsync(here, program.Path, words, name, directory, cancellationToken);

    /// <summary>Starts it on a host, with the project of a directory.</summary>
    /// <param name="host">The host.</param>
    /// <param name="words">The command line behind <c>slipway</c>, as it is meant there.</param>
    /// <param name="name">The job's name.</param>
    /// <param name="directory">The directory here; what belongs to its project is brought.</param>
    /// <param name="progress">Watches.</param>
    /// <param name="cancellationToken">Ends it; a job that was started by then goes on.</param>
    public async Task<Result<JobInfo>> StartThereAsync(
        BuildHost host, ImmutableArray<string> words, JobName name, string directory, IBuildProgress progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(progress);
        if (!(await program.BringAsync(here.Machine, host, progress, cancellationToken).ConfigureAwait(false)).TryGet(out var executable, out var failure)
            || !DistantLuggage.Of(new RunTarget(TargetForm.Word, "slipway"), directory).TryGet(out var luggage, out failure))
        {
            return failure;
        }

        var place = luggage.PlaceOn(host, Environment.MachineName);
        if (luggage.Origin is { } origin)
        {
            var pushed = await new WorkspaceSync(here.Machine, host, time).PushAsync(origin, WorkspaceMode.Worktree, progress, cancellationToken).ConfigureAwait(false);
            if (!pushed.TryGet(out var workspace, out failure))
            {
                return failure;
            }

            foreach (var note in workspace.Notes)
            {
                progress.Warn(note);
            }

            place = new DistantPlace(origin.Path, workspace.Path);
        }

        return await StartAsync(host, executable, words, name, place.ToThere(Path.GetFullPath(directory)) ?? place.There, cancellationToken).ConfigureAwait(false);
    }

    private Task<Result<JobInfo>> StartAsync(BuildHost host, string executable, ImmutableArray<string> words, JobName name, string directory, CancellationToken cancellationToken)
    {
        var command = new ProcessCommand(executable, words)
        {
            ArgumentZero = "slipway",
            WorkingDirectory = directory,
            Environment = EnvironmentChanges.None with { Set = EnvironmentChanges.None.Set.SetItem("SLIPWAY_HOME", host.Layout.Home) },
        };
        return new JobRunner(host, time, version).StartAsync(new JobSpec(name, command) { Shown = ["slipway", .. words] }, cancellationToken);
    }
}
