using System.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Runs.Arguments;
using Slipway.Runs.Events;
using Slipway.Runs.Jobs;
using Slipway.Workflows;
using Slipway.Workflows.Runs;

namespace Slipway.Cli.Commands.Workflow;

/// <summary><c>workflow run</c> and <c>workflow resume</c>.</summary>
internal static class WorkflowRun
{
    private sealed record Options(Option<string[]> Set, Option<string[]> Secret, Option<string[]> Target, Option<int?> Parallel, Option<bool> NoCache, Option<bool> FailFast, Option<bool> Trust, Option<bool> Events)
    {
        public static Options New() => new(
            new("--set") { Description = "An input: node.port=value. @FILE is the text of a file.", HelpName = "NODE.PORT=VALUE" },
            new("--secret") { Description = "A variable that holds a secret, or node.port=VARIABLE.", HelpName = "NAME" },
            new("--target") { Description = "A node whose outputs are wanted, repeatable; every node that leads nowhere by default.", HelpName = "NODE" },
            new("--parallel") { Description = "How many nodes may run at the same time.", HelpName = "N" },
            new("--no-cache") { Description = "Run each node, whatever was kept." },
            new("--fail-fast") { Description = "End the run at the first failure." },
            new("--trust") { Description = "The workflow may run the scripts and packages that it brings." },
            new("--events") { Description = "Print what happens as it happens, a JSON document a line." });

        public void AddTo(Command command)
        {
            foreach (var option in (Option[])[Set, Secret, Target, Parallel, NoCache, FailFast, Trust, Events])
            {
                command.Options.Add(option);
            }
        }
    }

    public static Command DefineRun(Output output, Func<Services> services)
    {
        var file = new Argument<string>("FILE") { Description = "The workflow." };
        var options = Options.New();
        var command = new Command("run", "Run a workflow.\n\nExample: slipway workflow run speak.workflow.json --set prompt.text=hello") { file };
        options.AddTo(command);
        command.SetAction(async (parsed, token) =>
        {
            var created = services();
            var id = RunId.New(created.Time.GetUtcNow());
            var opened = await WorkflowCommands.OpenForAsync(id, created, token).ConfigureAwait(false);
            return opened.TryGet(out var context, out var failure)
                ? await DoAsync(parsed, options, context, output, (order, sink) => new RunWorkflow(context).RunAsync(id, parsed.GetRequiredValue(file), order, sink, token)).ConfigureAwait(false)
                : output.Fail(failure);
        });
        return command;
    }

    public static Command DefineResume(Output output, Func<Services> services)
    {
        var run = WorkflowCommands.RunArgument();
        var fromFile = new Option<bool>("--from-file") { Description = "Take the workflow's file as it is now; nodes that changed run again, and what follows them." };
        var options = Options.New();
        var command = new Command("resume", "Continue a run: answer a question, or go on where it failed or was interrupted.\n\nExample: slipway workflow resume speak --set ask.answer=yes") { run, fromFile };
        options.AddTo(command);
        command.SetAction(async (parsed, token) =>
        {
            var created = services();
            var opened = await WorkflowCommands.OpenAsync(created, token).ConfigureAwait(false);
            if (!opened.TryGet(out var context, out var failure))
            {
                return output.Fail(failure);
            }

            var found = await new WorkflowRuns(context.Host, context.Time).FindAsync(parsed.GetRequiredValue(run), token).ConfigureAwait(false);
            if (!found.TryGet(out var job, out failure))
            {
                return output.Fail(failure);
            }

            opened = await WorkflowCommands.OpenForAsync(job.Id, created, token).ConfigureAwait(false);
            return opened.TryGet(out context, out failure)
                ? await DoAsync(parsed, options, context, output, (order, sink) => new RunWorkflow(context).ResumeAsync(job.Id.ToString(), parsed.GetValue(fromFile), order, sink, token)).ConfigureAwait(false)
                : output.Fail(failure);
        });
        return command;
    }

    private static async Task<int> DoAsync(ParseResult parsed, Options options, WorkflowContext context, Output output, Func<WorkflowOrder, IRunEventSink, Task<Result<WorkflowRunEnd>>> run)
    {
        if (parsed.GetValue(options.Parallel) is < 1)
        {
            return output.Fail(new Failure(CliFailures.Usage, "--parallel takes a number of at least 1."));
        }

        var events = parsed.GetValue(options.Events);
        var order = new WorkflowOrder
        {
            Set = [.. parsed.GetValue(options.Set) ?? []],
            Secrets = [.. parsed.GetValue(options.Secret) ?? []],
            Targets = [.. parsed.GetValue(options.Target) ?? []],
            Parallel = parsed.GetValue(options.Parallel),
            UsesCache = !parsed.GetValue(options.NoCache),
            StopsAtFirstFailure = parsed.GetValue(options.FailFast),
            Trust = question => Ask(question, new WorkflowTrust(context.Catalogue, context.Host.Layout), output, parsed.GetValue(options.Trust) || GlobalOptions.Has(parsed, RunOptions.Yes)),
        };

        // With events, standard error says nothing that the events do not say.
        using var progress = new WorkflowProgress(events ? output with { IsQuiet = true } : output, context.Time, events);
        var ran = await run(order, progress).ConfigureAwait(false);
        progress.Dispose();
        if (!ran.TryGet(out var end, out var failure))
        {
            return output.Fail(failure);
        }

        // Asked anew: a run may be over because somebody else cancelled it.
        var runs = new WorkflowRuns(context.Host, context.Time);
        var found = await runs.FindAsync(end.Id.ToString(), CancellationToken.None).ConfigureAwait(false);
        if (!events && found.TryGet(out var job, out _))
        {
            WorkflowReport.Print(output, runs.View(job, end), context, isEnd: true);
        }

        return (int)end.Exit;
    }

    private static Failure? Ask(TrustQuestion question, WorkflowTrust trust, Output output, bool isAnswered)
    {
        if (!isAnswered)
        {
            var prompt = new Prompt(output, AcceptsDefaults: false);
            if (!prompt.CanAsk || output.IsJson)
            {
                return new Failure(WorkflowsFailures.NotTrusted, $"{question.File} runs code that it brings along, and was not trusted before as it stands.")
                {
                    Detail = string.Join('\n', question.Lines),
                };
            }

            output.People.WriteLine(Plain.Line($"slipway: {question.File} runs code, and is run for the first time as it stands:"));
            foreach (var line in question.Lines)
            {
                output.People.WriteLine(Plain.Line($"  {line}"));
            }

            if (!prompt.Confirm("Run it?", byDefault: false, "--trust").TryGet(out var yes, out var failure) || !yes)
            {
                return failure ?? new Failure(CliFailures.Declined, $"{question.File} was not run.");
            }
        }

        return trust.Trust(question) is { IsOk: false } kept ? kept.Failure : null;
    }
}
