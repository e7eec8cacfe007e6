using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Slipway.Training.Configuration;

namespace Slipway.Cli.Commands.Recipe;

/// <summary>What <c>recipe list --json</c> prints.</summary>
internal sealed record RecipeListDocument(string Schema, ImmutableArray<RecipeEntry> Recipes);

/// <summary>One recipe.</summary>
internal sealed record RecipeEntry(string Name, string Description, ImmutableArray<string> Presets)
{
    public static RecipeEntry From(Training.Recipes.Recipe recipe) => new(recipe.Name, recipe.Description, [.. recipe.Presets.Select(static preset => preset.Name)]);
}

/// <summary>What <c>recipe show --json</c> prints.</summary>
internal sealed record RecipeDocument(string Schema, RecipeEntry Recipe, ImmutableArray<RecipeSetting> Settings)
{
    public static RecipeDocument From(Training.Recipes.Recipe recipe, RecipeConfig config) => new(
        "slipway.recipe-show/1", RecipeEntry.From(recipe), [.. recipe.Schema.Fields.Select(field => RecipeSetting.From(field, config.Find(field.Key)))]);
}

/// <summary>One setting.</summary>
internal sealed record RecipeSetting(string Key, string Kind, string? Value, bool IsOptional, double? Least, double? Most, ImmutableArray<string> Choices, string Help)
{
    public static RecipeSetting From(ConfigField field, ConfigValue? value) => new(
        field.Key, field.Kind.ToString().ToLowerInvariant(), value?.ToString(), field.IsOptional,
        double.IsFinite(field.Least) ? field.Least : null, double.IsFinite(field.Most) ? field.Most : null, field.Choices, field.Help);
}

/// <summary>What <c>recipe runs --json</c> prints.</summary>
internal sealed record RecipeRunsDocument(string Schema, ImmutableArray<RecipeRunEntry> Runs);

/// <summary>One run.</summary>
internal sealed record RecipeRunEntry(string RunId, string Recipe, string State, int? Code, DateTimeOffset CreatedAt, DateTimeOffset? EndedAt, string Folder);

/// <summary>What <c>recipe run --json</c> and <c>resume</c> print.</summary>
internal sealed record RecipeRunDocument(string Schema, string RunId, string End, string Folder, ImmutableArray<string> Plots, JsonElement? Report, RecipeFailure? Failure);

/// <summary>Why a run ended early.</summary>
internal sealed record RecipeFailure(string Code, string Message, string Hint, string? Detail);

/// <summary>What <c>recipe compare --json</c> prints.</summary>
internal sealed record RecipeCompareDocument(string Schema, ImmutableArray<string> Runs, ImmutableArray<RecipeDifference> Settings, ImmutableArray<RecipeMetric> Metrics, string? Plot);

/// <summary>A setting in which runs differ.</summary>
internal sealed record RecipeDifference(string Key, ImmutableArray<string> Values);

/// <summary>A metric of runs: of each the first and the last value.</summary>
internal sealed record RecipeMetric(string Key, ImmutableArray<double?> First, ImmutableArray<double?> Last);

/// <summary>What <c>recipe sample --json</c> prints.</summary>
internal sealed record RecipeSampleDocument(string Schema, string Model, ImmutableArray<RecipeAnswer> Answers);

/// <summary>One answer.</summary>
internal sealed record RecipeAnswer(string Prompt, string Text, string End, int Tokens);

/// <summary>What <c>recipe export --json</c> prints.</summary>
internal sealed record RecipeExportDocument(string Schema, string Path, string Kind);

/// <summary>Source-generated serialisation.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.Never)]
[JsonSerializable(typeof(RecipeListDocument))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(RecipeDocument))]
[JsonSerializable(typeof(RecipeRunsDocument))]
[JsonSerializable(typeof(RecipeRunDocument))]
[JsonSerializable(typeof(RecipeCompareDocument))]
[JsonSerializable(typeof(RecipeSampleDocument))]
[JsonSerializable(typeof(RecipeExportDocument))]
internal sealed partial class RecipeJson : JsonSerializerContext;
