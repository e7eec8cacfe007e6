using System.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Runs.Jobs;
using Slipway.Workflows.Runs;

namespace Slipway.Cli.Commands.Workflow;

/// <summary><c>workflow runs</c>, <c>show</c> and <c>cancel</c>: what ran, how it stands, and its end.</summary>
internal static class WorkflowLook
{
    public static Command DefineRuns(Output output, Func<Services> services)
    {
        var command = new Command("runs", "List the runs of workflows on this machine, the newest first.\n\nExample: slipway workflow runs");
        WorkflowCommands.Bind(command, output, services, async (_, context, token) =>
        {
            var runs = new WorkflowRuns(context.Host, context.Time);
            var listed = await runs.ListAsync(token).ConfigureAwait(false);
            if (!listed.TryGet(out var jobs, out var failure))
            {
                return output.Fail(failure);
            }

            // Their nodes are read by `show`: a list of many runs stays quick.
            var views = jobs.Select(job => new WorkflowRunView(job, context.Host.Layout.Run(job.Id.ToString()), [])).ToList();
            if (output.IsJson)
            {
                output.Json(new WorkflowRunsDocument("slipway.workflow-runs/1", [.. views.Select(WorkflowRunEntry.From)]), WorkflowJson.Default.WorkflowRunsDocument);
            }
            else if (views.Count == 0)
            {
                output.Say("There are no runs of workflows. `slipway workflow run FILE` starts one.");
            }
            else
            {
                var now = context.Time.GetUtcNow();
                TextTable.Write(output.Data, ["NAME", "ID", "STARTED", "STATE", "FILE"], [.. views.Select(view => (IReadOnlyList<string>)
                    [view.Run.Record.Name, view.Run.Id.ToString(), Sizes.Ago(now - view.Run.Record.CreatedAt), view.State, view.Run.Record.Workflow!.File])]);
            }

            return 0;
        });
        return command;
    }

    public static Command DefineShow(Output output, Func<Services> services)
    {
        var events = new Option<bool>("--events") { Description = "Print its events, a JSON document a line." };
        return Define("show", "Show how a run stands: its nodes, what came out, what failed, what waits.\n\nExample: slipway workflow show speak", [events], output, services, (parsed, runs, job, context, _) =>
        {
            if (!parsed.GetValue(events))
            {
                WorkflowReport.Print(output, runs.View(job), context, isEnd: false);
                return Task.FromResult(0);
            }

            foreach (var line in runs.Events(job))
            {
                output.Data.WriteLine(line);
            }

            return Task.FromResult(0);
        });
    }

    public static Command DefineCancel(Output output, Func<Services> services) =>
        Define("cancel", "End a run, also one of another terminal; it can be resumed.\n\nExample: slipway workflow cancel speak", [], output, services, async (_, runs, job, context, token) =>
        {
            var cancelled = await runs.CancelAsync(job, token).ConfigureAwait(false);
            if (!cancelled.TryGet(out var ended, out var failure))
            {
                return output.Fail(failure);
            }

            if (output.IsJson)
            {
                WorkflowReport.Print(output, runs.View(ended), context, isEnd: false);
            }
            else
            {
                output.Say($"slipway: {ended.Record.Name} ({ended.Id}): {runs.View(ended).State}");
            }

            return 0;
        });

    private static Command Define(
        string verb, string help, Option[] options, Output output, Func<Services> services, Func<ParseResult, WorkflowRuns, JobInfo, WorkflowContext, CancellationToken, Task<int>> act)
    {
        var run = WorkflowCommands.RunArgument();
        var command = new Command(verb, help) { run };
        foreach (var option in options)
        {
            command.Options.Add(option);
        }

        WorkflowCommands.Bind(command, output, services, async (parsed, context, token) =>
        {
            var runs = new WorkflowRuns(context.Host, context.Time);
            var found = await runs.FindAsync(parsed.GetRequiredValue(run), token).ConfigureAwait(false);
            return found.TryGet(out var job, out var failure) ? await act(parsed, runs, job, context, token).ConfigureAwait(false) : output.Fail(failure);
        });
        return command;
    }
}
