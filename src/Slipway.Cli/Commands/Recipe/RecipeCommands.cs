using System.CommandLine;
using Slipway.Cli.Terminal;

namespace Slipway.Cli.Commands.Recipe;

/// <summary>The verb <c>recipe</c>: training by recipes. A new subverb is a file in this folder and a line in <see cref="Define"/>.</summary>
internal static class RecipeCommands
{
    /// <summary>The definition.</summary>
    public static Command Define(Output output, Func<Services> services)
    {
        var command = new Command("recipe", "Train models by recipes: supervised, reinforcement, preferences, distillation.\n\nExample: slipway recipe run sl_basic --preset tiny --manifest local");
        command.Subcommands.Add(RecipeLook.DefineList(output));
        command.Subcommands.Add(RecipeLook.DefineShow(output));
        command.Subcommands.Add(RecipeRun.DefineRun(output, services));
        command.Subcommands.Add(RecipeRun.DefineResume(output, services));
        command.Subcommands.Add(RecipeRuns.DefineRuns(output, services));
        command.Subcommands.Add(RecipeRuns.DefineCompare(output, services));
        command.Subcommands.Add(RecipePreview.Define(output, services));
        command.Subcommands.Add(RecipeSample.DefineSample(output, services));
        command.Subcommands.Add(RecipeSample.DefineExport(output, services));
        command.Subcommands.Add(RecipeTinker.Define(output, services));
        return command;
    }

    /// <summary>The argument that names a recipe.</summary>
    internal static Argument<string> RecipeArgument() => new("RECIPE") { Description = "A recipe's name, or the path of a file (see `slipway recipe list`)." };

    /// <summary>The argument that names a run.</summary>
    internal static Argument<string> RunArgument() => new("RUN") { Description = "A run: its id, the name of its recipe (its newest run), or the path of its directory." };
}
