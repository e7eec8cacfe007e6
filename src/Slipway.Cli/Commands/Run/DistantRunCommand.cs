using System.Collections.Immutable;
using System.Globalization;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Machines;
using Slipway.Machines.Processes;
using Slipway.Runs;
using Slipway.Runs.Arguments;
using Slipway.Runs.Distant;
using Slipway.Runs.Hosts;
using Slipway.Runs.Jobs;
using Slipway.Runs.Reports;

namespace Slipway.Cli.Commands.Run;

/// <summary><c>run --on</c>: the workload runs on other machines, attached to this process.</summary>
internal sealed class DistantRunCommand(Output output, Services services, BuildHost here, RunReport? report)
{
    private const int BrokenPipe = 141;

    public async Task<int> ExecuteAsync(RunArguments arguments, CancellationToken cancellationToken)
    {
        if (!HostChoice.ParseAll(arguments.Values(RunOptions.On)).TryGet(out var choices, out var failure) || !services.Hosts().TryGet(out var hosts, out failure))
        {
            return output.Fail(failure);
        }

        if (report is not null && choices.Length > 1)
        {
            return output.Fail(new Failure(RunFailures.Usage, $"{RunOptions.Report.Name} describes one run, and these are {choices.Length} hosts.") { Hint = "Start them one by one." });
        }

        if (arguments.Has(RunOptions.Tty) && CheckTerminal(arguments, choices) is { } wrong)
        {
            return output.Fail(wrong);
        }

        using var pass = new PassThrough();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, pass.Broken);
        try
        {
            return choices is [var only]
                ? await OneAsync(hosts, only, arguments, pass, either.Token).ConfigureAwait(false)
                : await SeveralAsync(hosts, choices, arguments, pass, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Nobody reads our output any more, as a shell tells the end by SIGPIPE.
            return BrokenPipe;
        }
    }

    private static Failure? CheckTerminal(RunArguments arguments, ImmutableArray<HostChoice> choices) =>
        choices.Length > 1 ? new Failure(RunFailures.Usage, "A terminal cannot be that of several hosts.")
        : arguments.Has(RunOptions.Stdin) || arguments.Target is { Form: TargetForm.StandardInput } ? new Failure(RunFailures.Usage, "With --tty the workload reads the terminal, so neither --stdin nor - goes with it.")
        : Console.IsInputRedirected || Console.IsOutputRedirected ? new Failure(RunFailures.NoTerminal, "--tty gives the workload this terminal, and standard input or output is none here.")
        : null;

    private async Task<int> OneAsync(HostDirectory hosts, HostChoice choice, RunArguments arguments, PassThrough pass, CancellationToken cancellationToken)
    {
        using var progress = new BuildProgressView(output, services.Time);
        var input = arguments.Has(RunOptions.Stdin) || arguments.Target is { Form: TargetForm.StandardInput } ? new InputFeed() : null;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var feeding = Task.CompletedTask;
        var ran = await RunAsync(services.Distant(hosts, here), choice, arguments, input, pass, progress, facts =>
        {
            progress.Complete();
            ReportedRun.Warn(output, report?.Start(facts));
            feeding = input is null ? feeding : PassThrough.FeedAsync(input, ended.Token);
        }, cancellationToken).ConfigureAwait(false);
        await ended.CancelAsync().ConfigureAwait(false);

        // A read of standard input cannot be called off; the process ends without it.
        _ = feeding.ContinueWith(static end => end.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        return !ran.TryGet(out var outcome, out var failure) ? output.Fail(failure)
            : report is null ? outcome.Code
            : ReportedRun.End(output, report, outcome);
    }

    private async Task<int> SeveralAsync(HostDirectory hosts, ImmutableArray<HostChoice> choices, RunArguments arguments, PassThrough pass, CancellationToken cancellationToken)
    {
        if (arguments.Has(RunOptions.Stdin) || arguments.Target is { Form: TargetForm.StandardInput })
        {
            return output.Fail(new Failure(RunFailures.Usage, "Standard input cannot go to several hosts."));
        }

        var width = choices.Max(static choice => choice.On.Length);
        var began = services.Time.GetTimestamp();
        var context = services.Distant(hosts, here);
        var runs = await Task.WhenAll(choices.Select(async choice =>
        {
            var lines = new PrefixedOutput($"{choice.On.PadRight(width)} | ", pass);
            var ran = await RunAsync(context, choice, arguments, input: null, lines, new HostProgress(output, choice.On), static _ => { }, cancellationToken).ConfigureAwait(false);
            lines.Complete();
            return (Choice: choice, Ran: ran, Took: services.Time.GetElapsedTime(began));
        })).ConfigureAwait(false);
        foreach (var (choice, ran, _) in runs)
        {
            if (!ran.IsOk)
            {
                output.People.WriteLine($"{choice.On}:");
                output.Fail(ran.Failure);
            }
        }

        Summarize(runs);
        return runs.Max(static run => CodeOf(run.Ran));
    }

    private void Summarize((HostChoice Choice, Result<ProcessOutcome> Ran, TimeSpan Took)[] runs)
    {
        if (!output.IsQuiet)
        {
            TextTable.Write(
                output.People,
                ["host", "exit code", "time"],
                [.. runs.Select(static run => (IReadOnlyList<string>)[run.Choice.On, CodeOf(run.Ran).ToString(CultureInfo.InvariantCulture), string.Create(CultureInfo.InvariantCulture, $"{run.Took.TotalSeconds:0.0} s")])]);
        }
    }

    private static int CodeOf(Result<ProcessOutcome> ran) => ran.TryGet(out var outcome, out var failure) ? outcome.Code : (int)failure.Code.Exit;

    private async Task<Result<ProcessOutcome>> RunAsync(
        DistantContext context,
        HostChoice choice,
        RunArguments arguments,
        InputFeed? input,
        IOutputSink sink,
        IBuildProgress progress,
        Action<RunFacts> beforeStart,
        CancellationToken cancellationToken)
    {
        if (!context.Hosts.Connect(choice.On).TryGet(out var machine, out var failure))
        {
            return failure;
        }

        using (machine)
        {
            var own = choice.Apply(arguments);
            var run = new DistantRun(context);
            var attached = new AttachedRun(report?.Id ?? RunId.New(services.Time.GetUtcNow()), Services.Version, services.Time);
            var attachment = new DistantAttachment(attached, sink, beforeStart) { Input = input, HasTerminal = own.Has(RunOptions.Tty) };
            return await new DistantTools(output, services, here, context.Hosts)
                .WithAsync(machine, choice, own, () => run.RunAsync(machine, choice.On, own, attachment, progress, cancellationToken), cancellationToken)
                .ConfigureAwait(false);
        }
    }
}
