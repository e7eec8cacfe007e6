using System.Collections.Immutable;
using System.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Machines.HandOff;
using Slipway.Runs;
using Slipway.Runs.Arguments;
using Slipway.Runs.Jobs;
using Slipway.Runs.Launching;
using Slipway.Runs.Reports;

namespace Slipway.Cli.Commands.Run;

/// <summary>The verbs <c>run</c>, <c>serve</c> and <c>plan</c>: the same head and target; they launch, or explain.</summary>
internal static class RunCommands
{
    private const string TargetHelp =
        "A script (*.py), a directory with __main__.py, -m MODULE, - (standard input), or a command.";

    private const string TailHelp = "Everything after TARGET belongs to it, whatever it looks like; options of Slipway come before.";

    /// <summary>The definition of <c>run</c>, for help and completion.</summary>
    public static Command DefineRun() => Define(
        "run", "Run a script, module or command in its environment.\n\nExample: slipway run --with rich train.py --epochs 3\nExample: slipway run --on gpu1 --report run.json train.py", RunOptions.ForRun);

    /// <summary>The definition of <c>plan</c>, for help and completion.</summary>
    public static Command DefinePlan() => Define(
        "plan", "Say what `run` would do and why, without doing it.\n\nExample: slipway plan --resolve train.py\nExample: slipway plan --on gpu1 train.py", RunOptions.ForPlan);

    /// <summary>The definition of <c>serve</c>, for help and completion.</summary>
    public static Command DefineServe() => Define(
        "serve", "Run a server in its environment as a job in the background, and wait until it is ready.\n\nExample: slipway serve --port 8000 --probe http:/health server.py", RunOptions.ForServe);

    /// <summary>Whether a command line is one of these verbs'.</summary>
    public static bool Are(string[] words) => words is ["run" or "plan" or "serve", ..];

    /// <summary>Whether help is asked for before the target.</summary>
    public static bool IsHelp(string[] words) =>
        ArgumentSplitter.Split(words.AsSpan(1), Options(words[0])).TryGet(out var split, out _) && split.HelpAsked;

    /// <summary>Runs one of the verbs.</summary>
    public static async Task<int> InvokeAsync(string verb, string[] words, Output outer, CancellationToken cancellationToken)
    {
        if (!ArgumentSplitter.Split(words, Options(verb)).TryGet(out var arguments, out var failure))
        {
            var json = outer.IsJson || ArgumentSplitter.HasInHead(words, Options(verb), RunOptions.Json);
            return (outer with { IsJson = json }).Fail(failure);
        }

        var output = GlobalOptions.Create(name => arguments.Options.Any(option => string.Equals(option.Option.Name, name, StringComparison.Ordinal)));
        return verb is "run" && arguments.Has(RunOptions.Report)
            ? await ReportedRun.ExecuteAsync(output, arguments, (reported, told) => ExecuteAsync(verb, arguments, told, reported, cancellationToken)).ConfigureAwait(false)
            : await ExecuteAsync(verb, arguments, output, report: null, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<int> ExecuteAsync(string verb, RunArguments arguments, Output output, RunReport? report, CancellationToken cancellationToken)
    {
        var isJob = verb is "serve" || (verb is "run" && arguments.Has(RunOptions.Detach));
        if (Check(verb, isJob, arguments, output) is { } wrong)
        {
            return output.Fail(wrong);
        }

        var startup = StartupEnvironment.Read();
        var services = new Services(startup, WorkloadVariables.WithoutSecrets(startup, arguments));
        var opened = await services.OpenHostAsync(cancellationToken).ConfigureAwait(false);
        if (!opened.TryGet(out var host, out var failure))
        {
            return output.Fail(failure);
        }

        if (arguments.Has(RunOptions.On))
        {
            return isJob ? await new DistantJobCommand(output, services, host).ExecuteAsync(arguments, cancellationToken).ConfigureAwait(false)
                : verb is "plan" ? await new DistantPlanCommand(output, services, host).ExecuteAsync(arguments, cancellationToken).ConfigureAwait(false)
                : await new DistantRunCommand(output, services, host, report).ExecuteAsync(arguments, cancellationToken).ConfigureAwait(false);
        }

        var useCase = services.Run(host);
        if (!useCase.Discover(arguments).TryGet(out var declaration, out failure))
        {
            return output.Fail(failure);
        }

        return isJob ? await new DetachCommand(output, services, host).ExecuteAsync(useCase, arguments, declaration, cancellationToken).ConfigureAwait(false)
            : verb is "run" ? await new RunCommand(output, services, host, report).ExecuteAsync(useCase, arguments, declaration, cancellationToken).ConfigureAwait(false)
            : await new PlanCommand(output, services.Time).ExecuteAsync(useCase, arguments, declaration, cancellationToken).ConfigureAwait(false);
    }

    private static Failure? Check(string verb, bool isJob, RunArguments arguments, Output output) =>
        verb is "run" && !isJob && output.IsJson ? new Failure(CliFailures.NoJson, "`run` cannot print JSON: standard output belongs to the workload.") { Hint = "--report FILE writes a JSON document." }
        : arguments.Target is null ? RunUseCase.NothingToRun
        : arguments.Has(RunOptions.Tty) && !isJob && !arguments.Has(RunOptions.On)
            ? new Failure(RunFailures.Usage, $"{RunOptions.Tty.Name} goes with {RunOptions.On.Name} or {RunOptions.Detach.Name}.") { Hint = "Without them the workload has this terminal anyway." }
        : CheckJob(verb, isJob, arguments) ?? (isJob && arguments.Has(RunOptions.Report)
            ? new Failure(RunFailures.Usage, $"{RunOptions.Report.Name} waits for an end, and a job has none yet.") { Hint = "`slipway job wait --json` tells how a job ended." }
            : null);

    private static Failure? CheckJob(string verb, bool isJob, RunArguments arguments) =>
        verb is "serve" && !arguments.Has(RunOptions.Port) ? new Failure(RunFailures.Usage, "`serve` needs --port PORT.")
        : isJob ? JobLaunch.Check(arguments)
        : JobLaunch.CheckAttached(arguments);

    private static ImmutableArray<RunOption> Options(string verb) => verb switch
    {
        "run" => RunOptions.ForRun,
        "serve" => RunOptions.ForServe,
        _ => RunOptions.ForPlan,
    };

    private static Command Define(string name, string description, ImmutableArray<RunOption> options)
    {
        var command = new Command(name, description);
        foreach (var option in options.Where(option => !GlobalOptions.All.Any(global => string.Equals(global.Name, option.Name, StringComparison.Ordinal))))
        {
            command.Options.Add(option.TakesValue
                ? new Option<string[]>(option.Name) { Description = option.Help, HelpName = option.ValueName }
                : new Option<bool>(option.Name) { Description = option.Help });
        }

        command.Arguments.Add(new Argument<string>("TARGET") { Description = TargetHelp });
        command.Arguments.Add(new Argument<string[]>("ARGUMENT") { Description = TailHelp, Arity = ArgumentArity.ZeroOrMore });
        return command;
    }
}
