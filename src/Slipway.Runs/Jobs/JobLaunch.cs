using System.Collections.Immutable;
using System.Globalization;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Machines.Processes;
using Slipway.Runs.Arguments;
using Slipway.Runs.Launching;
using Slipway.Runs.Services;

namespace Slipway.Runs.Jobs;

/// <summary>Makes jobs out of what <c>run</c> and <c>serve</c> were told, on whichever machine they run.</summary>
public static class JobLaunch
{
    private const int LastPort = 65_535;

    /// <summary>The job that a prepared launch is in the background.</summary>
    /// <param name="record">The launch.</param>
    /// <param name="arguments">The command line.</param>
    /// <param name="environment">The environment.</param>
    /// <param name="workingDirectory">Where it runs, on its machine.</param>
    public static Result<JobSpec> From(LaunchRecord record, RunArguments arguments, ReadyEnvironment environment, string workingDirectory) =>
        From(LaunchPlanner.ToCommand(record, arguments) with { WorkingDirectory = workingDirectory }, arguments).Map(spec => spec with
        {
            Environment = new JobEnvironment(
                environment.Slot.ToString(), record.Lease, record.Meta, environment.Plan.Reference.EnvironmentKey, environment.Plan.Reference.LockDigest),
        });

    /// <summary>The job that a command is, with the name, the limits and the port that a command line gives.</summary>
    /// <param name="command">The command, its directory and its variables; secret ones too, where its machine does not have them already.</param>
    /// <param name="arguments">The command line.</param>
    public static Result<JobSpec> From(ProcessCommand command, RunArguments arguments)
    {
        if (Check(arguments) is { } wrong)
        {
            return wrong;
        }

        if (!Name(arguments).TryGet(out var name, out var failure)
            || !Times(arguments, RunOptions.MaxDuration).TryGet(out var most, out failure)
            || !MaxLog(arguments).TryGet(out var log, out failure)
            || !Service(arguments).TryGet(out var service, out failure))
        {
            return failure;
        }

        var spec = new JobSpec(name, command)
        {
            Kind = arguments.Target!.Form is TargetForm.Word && arguments.Target.Text.EndsWith(".py", StringComparison.Ordinal) ? RunKind.Script : RunKind.Job,
            Shown = [command.ArgumentZero ?? command.Executable, .. command.Arguments],
            Secrets = arguments.Values(RunOptions.Secret),
            HasTerminal = arguments.Has(RunOptions.Tty),
            MaxDuration = most.IsEmpty ? null : most[0],
            MaxLogBytes = log.IsEmpty ? null : log[0],
            Service = service.IsEmpty ? null : service[0],
        };
        return spec.Service is not { } given ? spec : spec with { Command = command with { Environment = WithPort(command.Environment, given.Port) } };
    }

    /// <summary>A command that is attached to this process, for its record.</summary>
    /// <param name="command">The command.</param>
    /// <param name="arguments">The command line.</param>
    public static JobSpec Attached(ProcessCommand command, RunArguments arguments)
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(arguments);
        return new JobSpec(JobName.After(arguments.Target?.Text ?? string.Empty), command) { Kind = RunKind.Script, Secrets = arguments.Values(RunOptions.Secret) };
    }

    /// <summary>What about a job is wrong in a command line, known before anything is built; null when nothing is.</summary>
    public static Failure? Check(RunArguments arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        if (arguments.Target?.Form is TargetForm.StandardInput)
        {
            return Usage("A job has no standard input, so its target cannot be -.");
        }

        return Name(arguments).TryGet(out _, out var failure)
            && Times(arguments, RunOptions.MaxDuration).TryGet(out _, out failure)
            && MaxLog(arguments).TryGet(out _, out failure)
            && Service(arguments).TryGet(out _, out failure) ? null : failure;
    }

    /// <summary>What is wrong in a command line of <c>run</c> without <c>--detach</c>: options that only a job has.</summary>
    public static Failure? CheckAttached(RunArguments arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        var odd = new[] { RunOptions.Name, RunOptions.MaxDuration, RunOptions.MaxLog }.FirstOrDefault(arguments.Has);
        return odd is null ? null : Usage($"{odd.Name} goes with --detach.");
    }

    private static Result<JobName> Name(RunArguments arguments) =>
        arguments.Value(RunOptions.Name) is { } given ? JobName.Parse(given) : JobName.After(arguments.Target?.Text ?? string.Empty);

    // None or one: a struct or a null would not do for a result.
    private static Result<ImmutableArray<TimeSpan>> Times(RunArguments arguments, RunOption option) =>
        arguments.Value(option) is { } text ? Duration.Parse(text, option.Name).Map(static span => ImmutableArray.Create(span)) : ImmutableArray<TimeSpan>.Empty;

    private static Result<ImmutableArray<long>> MaxLog(RunArguments arguments) => arguments.Value(RunOptions.MaxLog) is not { } text ? ImmutableArray<long>.Empty
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) && bytes > 0 ? ImmutableArray.Create(bytes)
        : Usage($"{RunOptions.MaxLog.Name} needs a number of bytes.");

    private static Result<ImmutableArray<ServiceSpec>> Service(RunArguments arguments)
    {
        if (arguments.Value(RunOptions.Port) is not { } text)
        {
            return ImmutableArray<ServiceSpec>.Empty;
        }

        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > LastPort)
        {
            return Usage($"{RunOptions.Port.Name} needs a number from 1 to {LastPort}.");
        }

        var probe = arguments.Value(RunOptions.Probe) is { } given ? ServiceProbe.Parse(given) : ServiceProbe.Listens;
        return probe.Then(asked => Times(arguments, RunOptions.ReadyTimeout).Map(times =>
            ImmutableArray.Create(times.IsEmpty ? new ServiceSpec(port) { Probe = asked } : new ServiceSpec(port) { Probe = asked, ReadyTimeout = times[0] })));
    }

    // One that the user gives wins.
    private static EnvironmentChanges WithPort(EnvironmentChanges changes, int port) =>
        changes.Set.ContainsKey("PORT") ? changes : changes with { Set = changes.Set.SetItem("PORT", port.ToString(CultureInfo.InvariantCulture)) };

    private static Failure Usage(string message) => new(RunFailures.Usage, message);
}
