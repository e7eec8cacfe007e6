using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Slipway.Cli.Commands.Workflow;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Machines.Files;
using Slipway.Training.Adapters.Records;
using Slipway.Training.Adapters.Runs;
using Slipway.Training.Plots;

namespace Slipway.Cli.Commands.Recipe;

/// <summary><c>recipe runs</c> and <c>recipe compare</c>.</summary>
internal static class RecipeRuns
{
    private sealed record Compared(string Id, JsonElement Settings, ImmutableArray<JsonElement> Metrics);

    public static Command DefineRuns(Output output, Func<Services> services)
    {
        var command = new Command("runs", "List the runs of recipes, the newest first.\n\nExample: slipway recipe runs");
        command.SetAction(async (_, token) =>
        {
            var created = services();
            if (!(await created.OpenHostAsync(token).ConfigureAwait(false)).TryGet(out var here, out var failure)
                || !(await new Training.Adapters.Runs.RecipeRuns(here, created.Time).ListAsync(token).ConfigureAwait(false)).TryGet(out var jobs, out failure))
            {
                return output.Fail(failure);
            }

            var runs = jobs.Select(job => new RecipeRunEntry(job.Id.ToString(), job.Record.Name, job.StateName, job.Exit?.Code, job.Record.CreatedAt, job.Exit?.EndedAt, here.Layout.Run(job.Id.ToString()))).ToImmutableArray();
            if (output.IsJson)
            {
                output.Json(new RecipeRunsDocument("slipway.recipe-runs/1", runs), RecipeJson.Default.RecipeRunsDocument);
            }
            else if (runs.IsEmpty)
            {
                output.Say("slipway: no recipe was run here yet");
            }
            else
            {
                TextTable.Write(output.Data, ["RUN", "RECIPE", "STATE", "BEGAN"], [.. runs.Select(static run => (IReadOnlyList<string>)[run.RunId, run.Recipe, run.State, WorkflowCommands.Time(run.CreatedAt)])]);
            }

            return 0;
        });
        return command;
    }

    public static Command DefineCompare(Output output, Func<Services> services)
    {
        var runs = new Argument<string[]>("RUN") { Description = "Runs: ids, names of recipes, or paths of directories.", Arity = new ArgumentArity(2, 20) };
        var plot = new Option<string>("--plot") { Description = "Draw a metric of the runs into one picture, as --plot METRIC.", HelpName = "METRIC" };
        var file = new Option<string>("--out") { Description = "The picture's file.", HelpName = "FILE", DefaultValueFactory = static _ => "compare.svg" };
        var command = new Command("compare", "Compare runs: the settings in which they differ, and what came of them.\n\nExample: slipway recipe compare RUN RUN --plot train_mean_nll") { runs };
        command.Options.Add(plot);
        command.Options.Add(file);
        command.SetAction(async (parsed, token) =>
        {
            var created = services();
            if (!(await created.OpenHostAsync(token).ConfigureAwait(false)).TryGet(out var here, out var failure))
            {
                return output.Fail(failure);
            }

            var all = new List<Compared>();
            foreach (var word in parsed.GetRequiredValue(runs))
            {
                var found = await new Training.Adapters.Runs.RecipeRuns(here, created.Time).FindAsync(word, Directory.GetCurrentDirectory(), token).ConfigureAwait(false);
                if (!found.TryGet(out var run, out failure) || !TrainingFolder.ReadMetrics(run.Target).TryGet(out var metrics, out failure))
                {
                    return output.Fail(failure);
                }

                all.Add(new Compared(run.Job.Id.ToString(), run.Config.GetProperty("settings"), metrics));
            }

            return Print(output, all, parsed.GetValue(plot), parsed.GetRequiredValue(file));
        });
        return command;
    }

    private static int Print(Output output, List<Compared> runs, string? metric, string file)
    {
        var keys = runs.SelectMany(static run => run.Settings.EnumerateObject().Select(static member => member.Name)).Distinct(StringComparer.Ordinal).ToList();
        var differences = keys.Select(key => new RecipeDifference(key, [.. runs.Select(run => run.Settings.TryGetProperty(key, out var value) ? value.ToString() is { Length: > 0 } text ? text : "none" : "-")]))
            .Where(static difference => difference.Values.Distinct(StringComparer.Ordinal).Count() > 1).ToImmutableArray();
        var measured = runs.SelectMany(static run => run.Metrics.SelectMany(static row => row.EnumerateObject().Select(static member => member.Name))).Distinct(StringComparer.Ordinal)
            .Where(static key => key is not ("step" or "time" or "stage") && !key.StartsWith("time/", StringComparison.Ordinal))
            .Select(key => new RecipeMetric(key, [.. runs.Select(run => Value(run.Metrics, key))], [.. runs.Select(run => Value(Enumerable.Reverse(run.Metrics), key))])).ToImmutableArray();
        string? drawn = null;
        if (metric is not null)
        {
            drawn = Path.GetFullPath(file);
            var curves = runs.Select(run => Curve.Of(run.Metrics, metric) with { Name = run.Id }).ToImmutableArray();
            if (!LocalFiles.WriteUnsynced(drawn, Encoding.UTF8.GetBytes(new CurvePlot(metric, curves).ToSvg()), UnixFileMode.UserRead | UnixFileMode.UserWrite).TryGet(out _, out var failure))
            {
                return output.Fail(failure);
            }
        }

        if (output.IsJson)
        {
            output.Json(new RecipeCompareDocument("slipway.recipe-compare/1", [.. runs.Select(static run => run.Id)], differences, measured, drawn), RecipeJson.Default.RecipeCompareDocument);
            return 0;
        }

        var heads = (IReadOnlyList<string>)[string.Empty, .. runs.Select(static run => run.Id)];
        TextTable.Write(output.Data, ["SETTING", .. heads.Skip(1)], [.. differences.Select(static difference => (IReadOnlyList<string>)[difference.Key, .. difference.Values])]);
        output.Data.WriteLine();
        TextTable.Write(output.Data, ["METRIC", .. heads.Skip(1)], [.. measured.Select(static one => (IReadOnlyList<string>)[one.Key, .. one.First.Zip(one.Last, static (first, last) => $"{Number(first)} -> {Number(last)}")])]);
        if (drawn is not null)
        {
            output.Data.WriteLine(Plain.Line($"\npicture {drawn}"));
        }

        return 0;
    }

    private static double? Value(IEnumerable<JsonElement> rows, string key) =>
        rows.Select(row => row.TryGetProperty(key, out var value) && value.ValueKind is JsonValueKind.Number ? value.GetDouble() : (double?)null).FirstOrDefault(static value => value is not null);

    private static string Number(double? value) => value is { } number ? number.ToString("0.####", CultureInfo.InvariantCulture) : "-";
}
