using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Core.Toml;
using Slipway.Training.Configuration;
using Slipway.Training.Experiments;

namespace Slipway.Training.Recipes;

/// <summary>
/// A user's own recipe: <c>recipe</c> (which one it is made of), <c>preset</c>, <c>description</c> and <c>[set]</c>; or several <c>[[stage]]</c>, each with
/// <c>recipe</c>, <c>name</c>, <c>preset</c> and <c>[stage.set]</c>, of which each begins with the weights of the one before. Settings of such a recipe are named <c>stage.setting</c>.
/// </summary>
public static class RecipeFile
{
    private static readonly string[] Single = ["description", "recipe", "preset", "set"];
    private static readonly string[] OfStage = ["name", "recipe", "preset", "set"];

    private sealed record Part(string Name, Recipe Recipe, RecipeConfig Defaults);

    /// <summary>The recipe of a file.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="table">The file.</param>
    public static Result<Recipe> Read(string name, TomlTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        var stages = table.GetTables("stage");
        if (!stages.TryGet(out var tables, out var failure))
        {
            return failure;
        }

        if (tables.IsEmpty)
        {
            return table.AllowOnly(Single).Then(_ => ReadPart(table)).Then(part => table.FindString("description").Map(description => part.Recipe with
            {
                Name = name,
                Description = description.Or(part.Recipe.Description),
                Schema = With(part, prefix: string.Empty),
            }));
        }

        var parts = ImmutableArray.CreateBuilder<Part>(tables.Length);
        foreach (var stage in tables)
        {
            if (!stage.AllowOnly(OfStage).Then(_ => ReadPart(stage)).TryGet(out var part, out failure))
            {
                return failure;
            }

            if (parts.Any(known => known.Name == part.Name))
            {
                return new Failure(TrainingFailures.BadRecipeFile, $"There are two stages {Shown.Quote(part.Name)}; give one of them a name.") { Location = stage.Location };
            }

            parts.Add(part);
        }

        return table.AllowOnly("description", "stage").Then(_ => table.FindString("description")).Map(description => Joined(name, description.Or("A recipe of several stages."), parts.MoveToImmutable()));
    }

    private static Result<Part> ReadPart(TomlTable table)
    {
        if (!table.GetString("recipe").Then(BuiltinRecipes.Find).TryGet(out var recipe, out var failure)
            || !table.FindString("preset").TryGet(out var preset, out failure)
            || !table.FindString("name").TryGet(out var name, out failure)
            || !table.FindTable("set").TryGet(out var set, out failure))
        {
            return failure with { Location = failure.Location ?? table.Location };
        }

        var layers = new List<ConfigLayer>();
        if (preset.TryGet(out var wanted))
        {
            if (!recipe.Preset(wanted).TryGet(out var known, out failure))
            {
                return failure with { Location = table.Location };
            }

            layers.Add(known);
        }

        if (set.TryGet(out var own))
        {
            if (!ConfigLayer.Of("set", own).TryGet(out var layer, out failure))
            {
                return failure with { Location = own.Location };
            }

            layers.Add(layer);
        }

        return recipe.Schema.Resolve([.. layers]).TryGet(out var defaults, out failure)
            ? new Part(name.Or(recipe.Name), recipe, defaults)
            : failure with { Location = table.Location };
    }

    private static ConfigSchema With(Part part, string prefix) => new([.. part.Recipe.Schema.Fields.Select(field => field with { Key = prefix + field.Key, Default = part.Defaults.Find(field.Key) })]);

    private static Recipe Joined(string name, string description, ImmutableArray<Part> parts) => new(
        name,
        description,
        new ConfigSchema([.. parts.SelectMany(static part => With(part, part.Name + ".").Fields)]),
        config => Build(parts, config));

    private static Result<ImmutableArray<StageSpec>> Build(ImmutableArray<Part> parts, RecipeConfig config)
    {
        var stages = ImmutableArray.CreateBuilder<StageSpec>(parts.Length);
        foreach (var part in parts)
        {
            var own = ConfigLayer.Of(part.Name, [.. part.Recipe.Schema.Fields.Select(field => (field.Key, config.Find($"{part.Name}.{field.Key}")))]);
            if (!part.Recipe.Schema.Resolve(own).Then(part.Recipe.Build).TryGet(out var built, out var failure))
            {
                return failure;
            }

            stages.AddRange(built.Select(stage => stage with { Name = part.Name, Continues = stages.Count > 0 }));
        }

        return stages.ToImmutable();
    }
}
