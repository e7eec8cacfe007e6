using System.CommandLine;
using System.Text.Json;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Runs.Arguments;
using Slipway.Runs.Events;
using Slipway.Runs.Jobs;
using Slipway.Training.Adapters.Records;
using Slipway.Training.Adapters.Runs;
using Slipway.Training.Runtime;
using Slipway.Workflows.Graphs;

namespace Slipway.Cli.Commands.Recipe;

/// <summary><c>recipe run</c> and <c>recipe resume</c>.</summary>
internal static class RecipeRun
{
    public static Command DefineRun(Output output, Func<Services> services)
    {
        var command = new Command("run", "Train by a recipe.\n\nExample: slipway recipe run sl_basic --preset tiny --manifest local");
        var order = OrderOptions.AddTo(command);
        var place = PlaceOptions.AddTo(command);
        var dryRun = new Option<bool>("--dry-run") { Description = "Say what would be run; touch nothing." };
        var events = EventsOption();
        command.Options.Add(dryRun);
        command.Options.Add(events);
        var detach = DetachOptions.AddTo(command);
        command.SetAction(async (parsed, token) =>
        {
            var created = services();
            var isDry = parsed.GetValue(dryRun);
            if (parsed.GetValue(detach.Detach) && !isDry)
            {
                var read = order.Read(parsed);
                return await detach.StartAsync(parsed, ["recipe", "run", .. OrderOptions.Words(read), .. place.Words(parsed)], read.Recipe, parsed.GetValue(place.On), created, output, token).ConfigureAwait(false);
            }

            return await WithAsync(parsed, place, created, output, parsed.GetValue(events), RunId.New(created.Time.GetUtcNow()), run: null, (use, id, told) => isDry
                ? DryRunAsync(use, order.Read(parsed), output, token)
                : FinishAsync(use.RunAsync(id, order.Read(parsed), folder => Ask(folder, output), told.Listener, told.Sink, token), output, parsed.GetValue(events)), token).ConfigureAwait(false);
        });
        return command;
    }

    public static Command DefineResume(Output output, Func<Services> services)
    {
        var run = RecipeCommands.RunArgument();
        var events = EventsOption();
        var command = new Command("resume", "Go on with a run that ended early, from its last checkpoint.\n\nExample: slipway recipe resume sl_basic") { run };
        var place = PlaceOptions.AddTo(command);
        command.Options.Add(events);
        command.SetAction(async (parsed, token) =>
        {
            var created = services();
            return await WithAsync(parsed, place, created, output, parsed.GetValue(events), RunId.New(created.Time.GetUtcNow()), parsed.GetRequiredValue(run), (use, _, told) =>
                FinishAsync(use.ResumeAsync(parsed.GetRequiredValue(run), told.Listener, told.Sink, token), output, parsed.GetValue(events)), token).ConfigureAwait(false);
        });
        return command;
    }

    private static Option<bool> EventsOption() => new("--events") { Description = "Print what happens as it happens, a JSON document a line." };

    private static async Task<int> WithAsync(
        ParseResult parsed, PlaceOptions options, Services services, Output output, bool printsEvents, RunId id, string? run, Func<RunRecipe, RunId, (ITrainingListener? Listener, IRunEventSink? Sink), Task<int>> act, CancellationToken cancellationToken)
    {
        if (!options.Read(parsed, services.Variable).TryGet(out var place, out var failure))
        {
            return output.Fail(failure);
        }

        // With events, standard error says nothing that the events do not say.
        var talking = printsEvents ? output with { IsQuiet = true } : output;
        using var view = new BuildProgressView(talking, services.Time);
        using var contexts = services.Recipes(talking, view);
        var opened = await contexts.OpenAsync(place, id, run, cancellationToken).ConfigureAwait(false);
        if (!opened.TryGet(out var context, out failure))
        {
            return output.Fail(failure);
        }

        return await act(new RunRecipe(context), id, (new RecipeProgress(talking, view, services.Time), printsEvents ? new EventLines(output) : null)).ConfigureAwait(false);
    }

    private static async Task<int> DryRunAsync(RunRecipe use, Slipway.Training.Adapters.Runs.RecipeOrder order, Output output, CancellationToken cancellationToken)
    {
        var planned = await use.DryRunAsync(order, cancellationToken).ConfigureAwait(false);
        if (!planned.TryGet(out var report, out var failure))
        {
            return output.Fail(failure);
        }

        output.Json(JsonMembers.Make(report.WriteTo), RecipeJson.Default.JsonElement);
        return 0;
    }

    private static async Task<int> FinishAsync(Task<Result<RecipeRunEnd>> running, Output output, bool printsEvents)
    {
        if (!(await running.ConfigureAwait(false)).TryGet(out var end, out var failure))
        {
            return output.Fail(failure);
        }

        if (!printsEvents)
        {
            Print(output, end);
        }

        return end.End is JobExit.Cancelled ? (int)ExitCode.Cancelled : (int)(end.Failure?.Code.Exit ?? ExitCode.Done);
    }

    private static void Print(Output output, RecipeRunEnd end)
    {
        if (output.IsJson)
        {
            var failed = end.Failure is { } told ? new RecipeFailure(told.Code.Id, told.Message, told.Remedy, told.Detail) : null;
            output.Json(new RecipeRunDocument("slipway.recipe-run/1", end.Id, end.End, end.Folder, end.Plots, end.Report is { } made ? JsonMembers.Make(made.WriteTo) : null, failed), RecipeJson.Default.RecipeRunDocument);
            return;
        }

        if (end.Failure is { } failure)
        {
            output.Fail(failure);
        }

        foreach (var stage in end.Report?.Stages ?? [])
        {
            output.Data.WriteLine(Plain.Line($"{stage.Name}: {stage.Steps} steps{RecipeMetrics.Change(stage)}"));
            output.Data.WriteLine(Plain.Line($"  checkpoint {stage.StatePath}"));
        }

        foreach (var plot in end.Plots)
        {
            output.Data.WriteLine(Plain.Line($"  picture    {plot}"));
        }

        output.Data.WriteLine(Plain.Line($"  directory  {end.Folder}"));
        if (end.Report is { IsSimulated: true })
        {
            output.Say("slipway: simulated: no model was trained");
        }

        if (end.End is not JobExit.Finished)
        {
            output.Say($"slipway: run {end.Id} {end.End}; `slipway recipe resume {end.Id}` goes on from its last checkpoint");
        }
    }

    private static string Ask(string folder, Output output)
    {
        var prompt = new Prompt(output, AcceptsDefaults: false);
        return prompt.CanAsk && !output.IsJson && prompt.Confirm($"{folder} holds a run already. Go on with it?", byDefault: false, "--set behavior_if_log_dir_exists=resume").TryGet(out var yes, out _) && yes ? "resume" : "raise";
    }
}
