using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Machines;
using Slipway.Machines.Files;
using Slipway.Machines.HandOff;
using Slipway.Machines.Posix;
using Slipway.Machines.Processes;
using Slipway.Machines.Programs;
using Slipway.Environments.Tools;
using Slipway.Projects.Backends;
using Slipway.Projects.Discovery;
using Slipway.Runs.Arguments;
using Slipway.Runs.Gpus;
using Slipway.Runs.Jobs;
using Slipway.Runs.Launching;
using Slipway.Store.Layout;

namespace Slipway.Runs;

/// <summary>What a run is made with.</summary>
/// <param name="Machine">The machine that becomes the workload; it passes on all that Slipway was started with, secrets too, as the builders' machine does not.</param>
/// <param name="Layout">The store on it.</param>
/// <param name="Dependencies">The service that has environments ready.</param>
/// <param name="Startup">What Slipway itself was started with.</param>
/// <param name="WorkingDirectory">The current directory.</param>
/// <param name="Version">The version of Slipway.</param>
public sealed record RunContext(
    IMachine Machine, StoreLayout Layout, DependencyService Dependencies, StartupEnvironment Startup, string WorkingDirectory, string Version)
{
    /// <summary>Reads a variable that Slipway was started with; null when unset.</summary>
    public string? Variable(string name) =>
        Startup.ToBlock().Find(PosixText.Encode(name)) is { } value ? PosixText.Decode(value) : null;
}

/// <summary>The use case behind <c>run</c> and <c>plan</c>: from a command line to a decision, and to the workload itself.</summary>
/// <param name="context">What the run is made with.</param>
public sealed class RunUseCase(RunContext context)
{
    private const int Rounds = 3;

    /// <summary>The failure of a command line without a target.</summary>
    public static Failure NothingToRun { get; } =
        new(RunFailures.Usage, "There is nothing to run: a script, a directory, -m MODULE, - or a command is missing.");

    /// <summary>Finds out what a command line's workload needs.</summary>
    public Result<WorkloadDeclaration> Discover(RunArguments arguments) =>
        Discover(arguments, () => ToolSearch.Has(context.Layout.Tools, context.Variable, BackendDetector.Uv));

    /// <summary>Finds out what a command line's workload needs on a host.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="hasUv">Whether uv is on the host; asked only where its files lie beside a declaration.</param>
    public Result<WorkloadDeclaration> Discover(RunArguments arguments, Func<bool> hasUv)
    {
        if (arguments.Target is not { } target)
        {
            return NothingToRun;
        }

        if ((WorkloadVariables.Check(arguments, context.Startup.ToBlock()) ?? GpuClaim.Check(arguments)) is { } wrong)
        {
            return wrong;
        }

        return LaunchPlanner.FindScript(target, context.WorkingDirectory).Then(script =>
            new WorkloadDiscovery(context.Variable, hasUv).Discover(script.Path, context.WorkingDirectory, Settings(arguments)));
    }

    /// <summary>Says what a run would do.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="declaration">What was discovered.</param>
    /// <param name="depth">How far it goes.</param>
    /// <param name="progress">Watches a resolution or a build.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<Result<EnvironmentPlan>> PlanAsync(
        RunArguments arguments, WorkloadDeclaration declaration, PlanDepth depth, IBuildProgress progress, CancellationToken cancellationToken) =>
        context.Dependencies.PlanAsync(declaration, Options(arguments, declaration), depth, progress, cancellationToken);

    /// <summary>
    /// Has the environment ready and becomes the workload. Returns only when that failed: the environment cannot be had,
    /// or the workload cannot be started.
    /// </summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="declaration">What was discovered.</param>
    /// <param name="progress">Watches the build.</param>
    /// <param name="beforeLaunch">Called with the environment, the last thing before this process becomes the workload.</param>
    /// <param name="cancellationToken">Ends the preparation.</param>
    public async Task<Failure> RunAsync(
        RunArguments arguments,
        WorkloadDeclaration declaration,
        IBuildProgress progress,
        Action<ReadyEnvironment> beforeLaunch,
        CancellationToken cancellationToken)
    {
        // Facts first, then the reading that counts: what a record remembers is then what was read, whatever is edited meanwhile.
        var observed = LaunchPlanner.Observe(declaration.Files);
        if (!Discover(arguments).TryGet(out var read, out var failure))
        {
            return failure;
        }

        observed = read.Files.SequenceEqual(declaration.Files) ? observed : null;
        return (await LaunchAsync(arguments, read, observed, progress, HandOffAsync, cancellationToken).ConfigureAwait(false)).Failure;

        async Task<Result<GuardedOutcome>> HandOffAsync(ReadyEnvironment environment, PreparedLaunch launch)
        {
            await RememberAsync(arguments, read, environment, launch, cancellationToken).ConfigureAwait(false);
            beforeLaunch(environment);
            var claimed = await ClaimAsync(LaunchPlanner.ToCommand(launch.Record, arguments), arguments, progress, cancellationToken).ConfigureAwait(false);
            if (!claimed.TryGet(out var command, out var why))
            {
                return why;
            }

            var program = Guards(arguments, launch.Record);
            program = program with { Steps = program.Steps.Add(new Step.HandOff(command)) };
            var ended = await context.Machine.ExecuteAsync(program, SilentObserver.Instance, cancellationToken).ConfigureAwait(false);
            return ended.Map(static outcome => new GuardedOutcome(outcome, Process: null));
        }
    }

    /// <summary>Has the environment ready, runs the workload in the place of this process, which waits for its end, and leaves a record of the run.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="declaration">What was discovered.</param>
    /// <param name="run">The run.</param>
    /// <param name="progress">Watches the build.</param>
    /// <param name="beforeLaunch">Called with the environment before the workload starts.</param>
    /// <param name="cancellationToken">Ends the preparation; once the workload is there, signals go to it.</param>
    /// <returns>How the workload ended; a failure when it was not started.</returns>
    public Task<Result<ProcessOutcome>> RunReportedAsync(
        RunArguments arguments,
        WorkloadDeclaration declaration,
        AttachedRun run,
        IBuildProgress progress,
        Action<ReadyEnvironment> beforeLaunch,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        return LaunchAsync(arguments, declaration, observed: null, progress, WaitAsync, cancellationToken);

        async Task<Result<GuardedOutcome>> WaitAsync(ReadyEnvironment environment, PreparedLaunch launch)
        {
            var planned = LaunchPlanner.ToCommand(launch.Record, arguments);
            if (!(await ClaimAsync(planned, arguments, progress, cancellationToken).ConfigureAwait(false)).TryGet(out var command, out var failure))
            {
                return failure;
            }

            beforeLaunch(environment);
            var spec = JobLaunch.Attached(planned with { WorkingDirectory = context.WorkingDirectory }, arguments) with { Environment = JobEnvironment.Of(context.Layout, environment) };
            return await context.Machine
                .RunGuardedAsync(Guards(arguments, launch.Record), run.Record(spec, command with { IsAttached = true }, context.Layout.Runs, context.Machine.Name), output: null, cancellationToken)
                .ConfigureAwait(false);
        }
    }

    // Until the workload was started: an environment may be collected between its build and the lease.
    private async Task<Result<ProcessOutcome>> LaunchAsync(
        RunArguments arguments,
        WorkloadDeclaration declaration,
        ImmutableArray<LaunchCheck>? observed,
        IBuildProgress progress,
        Func<ReadyEnvironment, PreparedLaunch, Task<Result<GuardedOutcome>>> start,
        CancellationToken cancellationToken)
    {
        var planner = new LaunchPlanner(context.Layout, context.WorkingDirectory, context.Variable);
        for (var round = 0; round < Rounds; round++)
        {
            var ready = await ReadyAsync(planner, arguments, declaration, observed, progress, cancellationToken).ConfigureAwait(false);
            if (!ready.TryGet(out var pair, out var failure)
                || !(await start(pair.Environment, pair.Launch).ConfigureAwait(false)).TryGet(out var ended, out failure))
            {
                return failure;
            }

            if (ended.Process is { } process)
            {
                return process;
            }
        }

        return new Failure(EnvironmentFailures.KeepsVanishing, $"The environment vanished {Rounds} times before the workload could be started.");
    }

    private static MachineProgram Guards(RunArguments arguments, LaunchRecord record) =>
        new($"run {arguments.Target!.Text}", [new Step.Lease(record.Lease), new Step.RequireExists(record.Meta)]);

    /// <summary>Has the environment ready and starts the workload as a job in the background of this machine.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="declaration">What was discovered.</param>
    /// <param name="runner">Starts it.</param>
    /// <param name="progress">Watches the build.</param>
    /// <param name="beforeLaunch">Called with the environment before the job is started.</param>
    /// <param name="cancellationToken">Ends the preparation.</param>
    public async Task<Result<JobInfo>> DetachAsync(
        RunArguments arguments,
        WorkloadDeclaration declaration,
        JobRunner runner,
        IBuildProgress progress,
        Action<ReadyEnvironment> beforeLaunch,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(runner);
        var planner = new LaunchPlanner(context.Layout, context.WorkingDirectory, context.Variable);
        for (var round = 1; ; round++)
        {
            var ready = await ReadyAsync(planner, arguments, declaration, observed: null, progress, cancellationToken).ConfigureAwait(false);
            if (!ready.TryGet(out var pair, out var failure)
                || !JobLaunch.From(pair.Launch.Record, arguments, pair.Environment, context.WorkingDirectory).TryGet(out var spec, out failure))
            {
                return failure;
            }

            if (!(await ClaimAsync(spec.Command, arguments, progress, cancellationToken).ConfigureAwait(false)).TryGet(out var command, out failure))
            {
                return failure;
            }

            beforeLaunch(pair.Environment);
            var started = await runner.StartAsync(spec with { Command = command }, cancellationToken).ConfigureAwait(false);
            if (started.IsOk || started.Failure.Code != JobFailures.EnvironmentGone || round == Rounds)
            {
                return started;
            }

            // Collected between the build and the lease: once more.
        }
    }

    private async Task<Result<(ReadyEnvironment Environment, PreparedLaunch Launch)>> ReadyAsync(
        LaunchPlanner planner,
        RunArguments arguments,
        WorkloadDeclaration read,
        ImmutableArray<LaunchCheck>? observed,
        IBuildProgress progress,
        CancellationToken cancellationToken)
    {
        var ensured = await context.Dependencies
            .EnsureAsync(read.Request, read.Subject, Options(arguments, read), progress, cancellationToken)
            .ConfigureAwait(false);
        if (!ensured.TryGet(out var environment, out var failure)
            || !planner.Plan(arguments.Target!, environment, read.ProjectPath, observed).TryGet(out var launch, out failure))
        {
            return read.WithPlaces(failure);
        }

        // What was said about the declaration is said at every warm start too.
        return (environment, launch with { Record = launch.Record with { Warnings = [.. read.Warnings, .. launch.Record.Warnings] } });
    }

    private async Task<Result<ProcessCommand>> ClaimAsync(ProcessCommand command, RunArguments arguments, IBuildProgress progress, CancellationToken cancellationToken)
    {
        if (!arguments.Has(RunOptions.Gpus))
        {
            return command;
        }

        var facts = await context.Machine.GetFactsAsync(cancellationToken).ConfigureAwait(false);
        return facts.TryGet(out var known, out var failure)
            ? await GpuClaim.ApplyAsync(command, arguments, new BuildHost(context.Machine, context.Layout, known), TimeProvider.System, progress, cancellationToken).ConfigureAwait(false)
            : failure;
    }

    /// <summary>How the environment of a run is to be had.</summary>
    internal static EnsureOptions Options(RunArguments arguments, WorkloadDeclaration declaration) =>
        new(arguments.Has(RunOptions.Refresh), declaration.IsOffline);

    private static RequestSettings Settings(RunArguments arguments) => new()
    {
        Env = arguments.Value(RunOptions.Env),
        Channels = arguments.Values(RunOptions.Channel),
        With = arguments.Values(RunOptions.With),
        RequirementFiles = arguments.Values(RunOptions.Requirements),
        Python = arguments.Value(RunOptions.Python),
        Backend = arguments.Value(RunOptions.Backend),
        IndexUrls = arguments.Values(RunOptions.IndexUrl),
        FindLinks = arguments.Values(RunOptions.FindLinks),
        ExcludeNewer = arguments.Value(RunOptions.ExcludeNewer),
        SystemSitePackages = arguments.Has(RunOptions.SystemSitePackages),
        Extras = arguments.Values(RunOptions.Extra),
        Groups = arguments.Values(RunOptions.Group),
        Offline = arguments.Has(RunOptions.Offline),
        Locked = arguments.Has(RunOptions.Locked),
        NoLock = arguments.Has(RunOptions.NoLock),
    };

    // Only a shortcut: when it cannot be written, the next start takes the full path.
    private async Task RememberAsync(
        RunArguments arguments, WorkloadDeclaration declaration, ReadyEnvironment environment, PreparedLaunch launch, CancellationToken cancellationToken)
    {
        if (!launch.IsRepeatable || declaration.Request.HasLocalSources || declaration.Request.Editable is { IsReachedByLink: true } || !FastLauncher.IsEligible(arguments))
        {
            return;
        }

        // The record's stamps are older than this plan: a resolution that someone else made before it was stamped would show.
        var now = await context.Dependencies
            .PlanAsync(declaration.Request, declaration.Subject, new EnsureOptions(), cancellationToken)
            .ConfigureAwait(false);
        if (now.TryGet(out var plan, out _) && string.Equals(plan.Reference.Slot, environment.Slot.ToString(), StringComparison.Ordinal))
        {
            var path = LaunchKey.PathOf(context.Layout.Launches, context.Version, context.WorkingDirectory, arguments, context.Startup.Variables);
            _ = LocalFiles.Write(path, PosixText.Encode(launch.Record.ToText()), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }
}
