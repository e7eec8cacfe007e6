using System.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Training.Adapters.Runs;
using Slipway.Training.Configuration;
using Slipway.Training.Recipes;

namespace Slipway.Cli.Commands.Recipe;

/// <summary><c>recipe list</c> and <c>recipe show</c>.</summary>
internal static class RecipeLook
{
    public static Command DefineList(Output output)
    {
        var command = new Command("list", "List the recipes.\n\nExample: slipway recipe list");
        command.SetAction(_ =>
        {
            if (output.IsJson)
            {
                output.Json(new RecipeListDocument("slipway.recipe-list/1", [.. BuiltinRecipes.All.Select(RecipeEntry.From)]), RecipeJson.Default.RecipeListDocument);
            }
            else
            {
                TextTable.Write(output.Data, ["RECIPE", "PRESETS", "WHAT IT DOES"], [.. BuiltinRecipes.All.Select(static recipe => (IReadOnlyList<string>)
                    [recipe.Name, string.Join(", ", recipe.Presets.Select(static preset => preset.Name)), recipe.Description])]);
            }

            return 0;
        });
        return command;
    }

    public static Command DefineShow(Output output)
    {
        var recipe = RecipeCommands.RecipeArgument();
        var preset = new Option<string>("--preset") { Description = "Show the values with this preset.", HelpName = "NAME" };
        var command = new Command("show", "Show the settings of a recipe: what they take, their values, what they are for.\n\nExample: slipway recipe show rl_grpo --preset tiny") { recipe };
        command.Options.Add(preset);
        command.SetAction(parsed =>
        {
            var read = new RecipeReader(Directory.GetCurrentDirectory()).Recipe(parsed.GetRequiredValue(recipe));
            if (!read.TryGet(out var found, out var failure))
            {
                return output.Fail(failure);
            }

            ConfigLayer? layer = null;
            if (parsed.GetValue(preset) is { } name && !found.Preset(name).TryGet(out layer, out failure))
            {
                return output.Fail(failure);
            }

            var resolved = layer is null ? found.Schema.Defaults : found.Schema.Resolve(layer).Value;
            if (output.IsJson)
            {
                output.Json(RecipeDocument.From(found, resolved), RecipeJson.Default.RecipeDocument);
                return 0;
            }

            output.Data.WriteLine(Plain.Line($"{found.Name}: {found.Description}"));
            output.Data.WriteLine(Plain.Line($"presets: {(found.Presets.IsEmpty ? "none" : string.Join(", ", found.Presets.Select(static one => one.Name)))}"));
            TextTable.Write(output.Data, ["SETTING", "VALUE", "TAKES", "IS FOR"], [.. found.Schema.Fields.Select(field => (IReadOnlyList<string>)
                [field.Key, resolved.Find(field.Key) is { } value ? value.ToString() : "none", field.Accepts, field.Help])]);
            return 0;
        });
        return command;
    }
}
