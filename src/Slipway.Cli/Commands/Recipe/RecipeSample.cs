using System.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Training.Adapters.Runs;
using Slipway.Training.Data;

namespace Slipway.Cli.Commands.Recipe;

/// <summary><c>recipe sample</c> and <c>recipe export</c>: what is done with the model that a run made.</summary>
internal static class RecipeSample
{
    public static Command DefineSample(Output output, Func<Services> services)
    {
        var run = RecipeCommands.RunArgument();
        var prompts = new Argument<string[]>("PROMPT") { Description = "What the model is asked.", Arity = ArgumentArity.OneOrMore };
        var (most, samples) = (Number("--max-tokens", "The most tokens of an answer.", 128), Number("--samples", "Answers to each prompt.", 1));
        var temperature = new Option<double>("--temperature") { Description = "How freely it answers; 0 takes the likeliest.", HelpName = "T", DefaultValueFactory = static _ => 1 };
        var seed = new Option<long?>("--seed") { Description = "The seed of the answers.", HelpName = "N" };
        var checkpoint = CheckpointOption();
        var command = new Command("sample", "Ask the model that a run made.\n\nExample: slipway recipe sample sl_basic \"What comes after 4?\"") { run, prompts };
        foreach (var option in (Option[])[most, samples, temperature, seed, checkpoint])
        {
            command.Options.Add(option);
        }

        var place = PlaceOptions.AddTo(command);
        command.SetAction(async (parsed, token) => await WithModelsAsync(parsed, place, services(), output, parsed.GetRequiredValue(run), async models =>
        {
            if (parsed.GetValue(most) < 1 || parsed.GetValue(samples) < 1 || parsed.GetValue(temperature) is < 0 or > 100)
            {
                return output.Fail(new Failure(CliFailures.Usage, "--max-tokens and --samples take a number of at least 1, and --temperature one from 0 to 100."));
            }

            var parameters = new SamplingParameters { MaxTokens = parsed.GetValue(most), Temperature = parsed.GetValue(temperature) };
            var asked = await models.AskAsync(parsed.GetRequiredValue(run), parsed.GetValue(checkpoint), [.. parsed.GetRequiredValue(prompts)], parsed.GetValue(samples), parameters, parsed.GetValue(seed), token).ConfigureAwait(false);
            if (!asked.TryGet(out var found, out var failure))
            {
                return output.Fail(failure);
            }

            if (output.IsJson)
            {
                output.Json(new RecipeSampleDocument("slipway.recipe-sample/1", found.Model, [.. found.Answers.Select(static answer => new RecipeAnswer(answer.Prompt, answer.Text, answer.End.ToString().ToLowerInvariant(), answer.Tokens))]), RecipeJson.Default.RecipeSampleDocument);
                return 0;
            }

            foreach (var answer in found.Answers)
            {
                // Text of a model is shown without what would move a terminal's cursor.
                output.Data.WriteLine(string.Join('\n', answer.Text.Split('\n').Select(Plain.Line)));
            }

            return 0;
        }, token).ConfigureAwait(false));
        return command;
    }

    public static Command DefineExport(Output output, Func<Services> services)
    {
        var run = RecipeCommands.RunArgument();
        var directory = new Argument<string>("DIR") { Description = "The directory that is written; it must not be there yet." };
        var merge = new Option<bool>("--merge") { Description = "Write the whole model with the adapter in it." };
        var peft = new Option<bool>("--peft") { Description = "Write the adapter alone, as PEFT reads it; the default." };
        var checkpoint = CheckpointOption();
        var command = new Command("export", "Write the model that a run made for other programs: safetensors, as PEFT and transformers read them.\n\nExample: slipway recipe export sl_basic adapter") { run, directory };
        foreach (var option in (Option[])[merge, peft, checkpoint])
        {
            command.Options.Add(option);
        }

        var place = PlaceOptions.AddTo(command);
        command.SetAction(async (parsed, token) => await WithModelsAsync(parsed, place, services(), output, parsed.GetRequiredValue(run), async models =>
        {
            var isMerged = parsed.GetValue(merge);
            if (isMerged && parsed.GetValue(peft))
            {
                return output.Fail(new Failure(CliFailures.Usage, "--merge and --peft exclude each other."));
            }

            var path = Path.GetFullPath(parsed.GetRequiredValue(directory));
            var written = await models.ExportAsync(parsed.GetRequiredValue(run), parsed.GetValue(checkpoint), path, isMerged, token).ConfigureAwait(false);
            if (!written.TryGet(out _, out var failure))
            {
                return output.Fail(failure);
            }

            if (output.IsJson)
            {
                output.Json(new RecipeExportDocument("slipway.recipe-export/1", path, isMerged ? "merged" : "peft"), RecipeJson.Default.RecipeExportDocument);
            }
            else
            {
                output.Data.WriteLine(Plain.Line(path));
            }

            return 0;
        }, token).ConfigureAwait(false));
        return command;
    }

    /// <summary>Does something with models where the options say.</summary>
    internal static async Task<int> WithModelsAsync(ParseResult parsed, PlaceOptions options, Services services, Output output, string? run, Func<RecipeModels, Task<int>> act, CancellationToken cancellationToken)
    {
        if (!options.Read(parsed, services.Variable).TryGet(out var place, out var failure))
        {
            return output.Fail(failure);
        }

        using var view = new BuildProgressView(output, services.Time);
        using var contexts = services.Recipes(output, view);
        var opened = await contexts.OpenAsync(place, id: null, run, cancellationToken).ConfigureAwait(false);
        return opened.TryGet(out var context, out failure) ? await act(new RecipeModels(context)).ConfigureAwait(false) : output.Fail(failure);
    }

    private static Option<int> Number(string name, string help, int value) => new(name) { Description = help, HelpName = "N", DefaultValueFactory = _ => value };

    private static Option<string> CheckpointOption() => new("--checkpoint") { Description = "A checkpoint of the run by its name; the last by default.", HelpName = "NAME" };
}
