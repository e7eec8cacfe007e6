using System.Collections.Concurrent;
using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Environments;
using Slipway.Environments.Requests;
using Slipway.Environments.Tools;
using Slipway.Machines;
using Slipway.Machines.Files;
using Slipway.Machines.HandOff;
using Slipway.Machines.Posix;
using Slipway.Machines.Processes;
using Slipway.Machines.Programs;
using Slipway.Projects.Backends;
using Slipway.Projects.Discovery;
using Slipway.Runs.Arguments;
using Slipway.Runs.Gpus;
using Slipway.Runs.Hosts;
using Slipway.Runs.Jobs;
using Slipway.Runs.Launching;
using Slipway.Runs.Reports;
using Slipway.Runs.Workspaces;

namespace Slipway.Runs.Distant;

/// <summary>What a run on a host is made with.</summary>
/// <param name="Here">This machine.</param>
/// <param name="Hosts">The hosts.</param>
/// <param name="Runs">Finds out what a workload needs.</param>
/// <param name="Dependencies">The service that has environments ready on a host.</param>
/// <param name="Startup">What Slipway itself was started with.</param>
/// <param name="WorkingDirectory">The current directory.</param>
/// <param name="Time">The clock.</param>
/// <param name="Launches">The directory here that keeps how runs were prepared.</param>
/// <param name="Version">The version of Slipway.</param>
public sealed record DistantContext(
    IMachine Here,
    HostDirectory Hosts,
    RunUseCase Runs,
    Func<BuildHost, DependencyService> Dependencies,
    StartupEnvironment Startup,
    string WorkingDirectory,
    TimeProvider Time,
    string Launches,
    string Version)
{
    /// <summary>Pictures of git trees that were taken for this command line: all of its hosts get the same one.</summary>
    internal ConcurrentDictionary<string, Task<Result<GitPicture>?>> Pictures { get; } = new(StringComparer.Ordinal);

    /// <summary>Reads a variable that Slipway was started with; null when unset.</summary>
    public string? Variable(string name) => Startup.ToBlock().Find(PosixText.Encode(name)) is { } value ? PosixText.Decode(value) : null;
}

/// <summary>A run that can be started on its host.</summary>
/// <param name="Host">The host and its store.</param>
/// <param name="Declaration">What was declared.</param>
/// <param name="Environment">The environment, ready there.</param>
/// <param name="Workspace">The project's files there; null when no project was brought.</param>
/// <param name="Command">What is executed.</param>
public sealed record DistantStart(BuildHost Host, WorkloadDeclaration Declaration, ReadyEnvironment Environment, Workspace? Workspace, ProcessCommand Command)
{
    /// <summary>What holds the environment, and proves that it is still there, when the command starts.</summary>
    public MachineProgram Guards => new(
        $"run {Declaration.Origin}",
        [new Step.Lease(Host.Layout.LeaseFile(Environment.Slot)), new Step.RequireExists(Host.Layout.Meta(Environment.Slot))]);

    /// <summary>The same as a job, which goes on without this machine.</summary>
    /// <param name="arguments">The command line, with the job's name and limits.</param>
    public Result<JobSpec> ToJob(RunArguments arguments) => JobLaunch.From(Command, arguments).Map(Known);

    /// <summary>The same for the record of an attached run.</summary>
    internal JobSpec ToAttached(RunArguments arguments) => Known(JobLaunch.Attached(Command, arguments));

    /// <summary>What is known about it.</summary>
    internal RunFacts Facts => new(JobEnvironment.Of(Host, Environment), Environment.Plan.Decision, Workspace?.Snapshot);

    private JobSpec Known(JobSpec spec) => spec with { Environment = JobEnvironment.Of(Host, Environment), WorkspaceSnapshot = Workspace?.Snapshot };
}

/// <summary>How a run on a host is tied to this process.</summary>
/// <param name="Run">The run, for its record there.</param>
/// <param name="Output">Receives what the workload writes.</param>
/// <param name="BeforeStart">Called when everything is ready.</param>
public sealed record DistantAttachment(AttachedRun Run, IOutputSink Output, Action<RunFacts> BeforeStart)
{
    /// <summary>What the workload reads; null for nothing.</summary>
    public InputFeed? Input { get; init; }

    /// <summary>Whether the workload has a terminal, joined with that of this process, in place of input and output.</summary>
    public bool HasTerminal { get; init; }
}

/// <summary>
/// The use case behind <c>run --on</c>: brings the project's files to a host, has the environment ready there, and runs the workload, whose files,
/// output and exit code are as if it ran here. The command line is read here, and what it declares is built there.
/// </summary>
/// <param name="context">What it is made with.</param>
public sealed class DistantRun(DistantContext context)
{
    private const int Rounds = 3;
    private readonly DistantShortcut _shortcut = new(context);
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Has everything ready on a host.</summary>
    /// <param name="machine">The host.</param>
    /// <param name="on">What it was found by.</param>
    /// <param name="arguments">The command line.</param>
    /// <param name="progress">Watches.</param>
    /// <param name="cancellationToken">Ends the preparation.</param>
    public async Task<Result<DistantStart>> PrepareAsync(IMachine machine, string on, RunArguments arguments, IBuildProgress progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(machine);
        ArgumentNullException.ThrowIfNull(arguments);
        if (!DistantLuggage.Of(arguments.Target!, context.WorkingDirectory).TryGet(out var luggage, out var failure)
            || !(await context.Hosts.OpenAsync(machine, on, cancellationToken).ConfigureAwait(false)).TryGet(out var host, out failure)
            || !context.Runs.Discover(arguments, () => ToolSearch.Of(host).Find(BackendDetector.Uv).Any()).TryGet(out var declaration, out failure))
        {
            return failure;
        }

        // Facts first, then the reading that counts: what a record remembers is then what was read, whatever is edited meanwhile.
        var observed = LaunchPlanner.Observe(declaration.Files);
        if (!context.Runs.Discover(arguments, () => ToolSearch.Of(host).Find(BackendDetector.Uv).Any()).TryGet(out var read, out failure))
        {
            return failure;
        }

        observed = read.Files.SequenceEqual(declaration.Files) ? observed : null;
        declaration = read;
        foreach (var warning in declaration.Warnings)
        {
            progress.Warn(warning);
        }

        // The files first: what is declared may lie among them.
        var brought = await BringAsync(host, luggage, progress, cancellationToken).ConfigureAwait(false);
        if (!brought.TryGet(out var arrival, out failure)
            || !(await new SourceCarrier(context.Here, host, context.Time).BringAsync(declaration.Request, progress, cancellationToken).ConfigureAwait(false)).TryGet(out var sources, out failure))
        {
            return failure;
        }

        host = host with { Brought = sources };
        var ensured = await context.Dependencies(host)
            .EnsureAsync(declaration.Request, declaration.Subject, RunUseCase.Options(arguments, declaration), progress, cancellationToken)
            .ConfigureAwait(false);
        if (!ensured.TryGet(out var environment, out failure) || !LocalPaths.Resolve(context.WorkingDirectory).TryGet(out var directory, out failure))
        {
            return declaration.WithPlaces(failure);
        }

        var shared = DistantCommand.Shared(environment, declaration.ProjectPath is { } imports ? arrival.Place.ToThere(imports) : null);
        var variables = shared.Then(DistantCommand.Variables(arguments, context.Variable));
        if (!DistantCommand.Plan(arguments, environment, luggage, arrival.Place, directory, variables).TryGet(out var command, out failure))
        {
            return failure;
        }

        var start = new DistantStart(host, declaration, environment, arrival.Workspace, command);
        await _shortcut.RememberAsync(machine, arguments, start, luggage, shared, observed, cancellationToken).ConfigureAwait(false);
        return start;
    }

    /// <summary>The command with the GPUs that were asked for; waits for them.</summary>
    public Task<Result<ProcessCommand>> ClaimAsync(DistantStart start, RunArguments arguments, IBuildProgress progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(start);
        return GpuClaim.ApplyAsync(start.Command, arguments, start.Host, context.Time, progress, cancellationToken);
    }

    /// <summary>Runs to the end, attached: what ends this call or the connection ends the workload.</summary>
    /// <param name="machine">The host.</param>
    /// <param name="on">What it was found by.</param>
    /// <param name="arguments">The command line.</param>
    /// <param name="attachment">How it is tied to this process.</param>
    /// <param name="progress">Watches the preparation.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>How the workload ended; a failure when it did not come so far.</returns>
    public async Task<Result<ProcessOutcome>> RunAsync(
        IMachine machine, string on, RunArguments arguments, DistantAttachment attachment, IBuildProgress progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(attachment);
        ArgumentNullException.ThrowIfNull(machine);
        ArgumentNullException.ThrowIfNull(progress);

        // What was read of an input that cannot be read again would be lost to the full path.
        var input = attachment.Input;
        if (input is null && await _shortcut.TryAsync(machine, arguments, attachment, progress.Warn, cancellationToken).ConfigureAwait(false) is { } repeated)
        {
            return repeated;
        }

        for (var round = 0; round < Rounds; round++)
        {
            var prepared = await PrepareAsync(machine, on, arguments, progress, cancellationToken).ConfigureAwait(false);
            if (!prepared.TryGet(out var start, out var failure))
            {
                return failure;
            }

            if (!(await ClaimAsync(start, arguments, progress, cancellationToken).ConfigureAwait(false)).TryGet(out var command, out failure))
            {
                return failure;
            }

            attachment.BeforeStart(start.Facts);
            var tied = command with { Feed = input, CaptureLimit = 0, IsAttached = attachment.HasTerminal };
            var recorded = attachment.Run.Record(start.ToAttached(arguments), tied, start.Host.Layout.Runs, machine.Name);
            var ran = await machine.RunGuardedAsync(start.Guards, recorded, attachment.Output, cancellationToken).ConfigureAwait(false);
            if (!ran.TryGet(out var ended, out failure))
            {
                return failure;
            }

            if (ended.Process is { } process)
            {
                return process;
            }

            // Collected between the build and the lease: once more, unless a part of the input is gone with the first try.
            if (input is not null)
            {
                return new Failure(EnvironmentFailures.KeepsVanishing, $"The environment vanished on {machine.Name} just before the workload could be started.");
            }
        }

        return new Failure(EnvironmentFailures.KeepsVanishing, $"The environment vanished {Rounds} times on {machine.Name} before the workload could be started.");
    }

    private sealed record Arrival(DistantPlace Place, Workspace? Workspace);

    private async Task<Result<Arrival>> BringAsync(BuildHost host, DistantLuggage luggage, IBuildProgress progress, CancellationToken cancellationToken)
    {
        if (luggage.Origin is { } origin)
        {
            var pushed = await new WorkspaceSync(context.Here, host, context.Time).PushAsync(origin, WorkspaceMode.Worktree, progress, cancellationToken).ConfigureAwait(false);
            return pushed.Map(workspace => Noted(new Arrival(new DistantPlace(origin.Path, workspace.Path), workspace), progress));
        }

        var place = luggage.PlaceOn(host, Environment.MachineName);
        if (luggage.Script is not { } script)
        {
            return new Arrival(place, null);
        }

        const long Largest = 64 * 1024 * 1024;
        if (!LocalFiles.Read(script, Largest).TryGet(out var content, out var failure))
        {
            return failure;
        }

        var written = await host.Machine.WriteFileAsync($"{place.There}/{Path.GetFileName(script)}", content, OwnerOnly, cancellationToken).ConfigureAwait(false);
        return written.Map(_ => new Arrival(place, null));
    }

    private static Arrival Noted(Arrival arrival, IBuildProgress progress)
    {
        foreach (var note in arrival.Workspace?.Notes ?? [])
        {
            progress.Warn(note);
        }

        return arrival;
    }
}
