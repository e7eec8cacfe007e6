using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Core.Toml;
using Slipway.Machines.Files;
using Slipway.Training.Configuration;
using Slipway.Training.Ports;
using Slipway.Training.Recipes;

namespace Slipway.Training.Adapters.Runs;

/// <summary>A recipe with its settings and adapters, as an order names them.</summary>
/// <param name="Recipe">The recipe.</param>
/// <param name="Config">Its settings.</param>
/// <param name="Manifest">The adapters.</param>
public sealed record ReadRecipe(Recipe Recipe, RecipeConfig Config, PortManifest Manifest);

/// <summary>Reads recipes, settings and port manifests, from files where they are named by a path.</summary>
/// <param name="workingDirectory">What paths are relative to.</param>
public sealed class RecipeReader(string workingDirectory)
{
    private const int MaxBytes = 4 * 1024 * 1024;
    private static readonly string[] PathKeys = ["dataset", "reward", "environment", "load_checkpoint_path", "teacher_path", "log_path", "model"];

    /// <summary>What an order names.</summary>
    /// <returns>All of it; the first thing that is wrong, with what would be right.</returns>
    public Result<ReadRecipe> Read(RecipeOrder order)
    {
        ArgumentNullException.ThrowIfNull(order);
        if (!Recipe(order.Recipe).TryGet(out var recipe, out var failure) || !Manifest(order.Manifest).Then(found => found.With(order.Ports)).TryGet(out var manifest, out failure)
            || !Layers(order, recipe, manifest).Then(layers => recipe.Schema.Resolve([.. layers])).TryGet(out var config, out failure))
        {
            return failure;
        }

        return recipe.Schema.Resolve(AsLayer(config), Absolute(config)).Map(settled => new ReadRecipe(recipe, settled, manifest));
    }

    /// <summary>A recipe by its name, or by the path of its file.</summary>
    public Result<Recipe> Recipe(string name) => IsPath(name)
        ? Table(name).Then(table => RecipeFile.Read(Path.GetFileName(name).Split('.')[0], table)).Map(recipe => Relative(recipe, Path.GetDirectoryName(Full(name))!))
        : BuiltinRecipes.Find(name);

    /// <summary>A port manifest by its name, or by the path of its file.</summary>
    public Result<PortManifest> Manifest(string name) => IsPath(name) ? Table(name).Then(table => PortManifest.Of(name, table)) : PortManifest.Find(name);

    /// <summary>All settings as a layer.</summary>
    internal static ConfigLayer AsLayer(RecipeConfig config) => ConfigLayer.Of("settings", [.. config.Schema.Fields.Select(field => (field.Key, config.Find(field.Key)))]);

    private Result<ImmutableArray<ConfigLayer>> Layers(RecipeOrder order, Recipe recipe, PortManifest manifest)
    {
        // preset=NAME among the settings is the same as --preset.
        var preset = order.Set.Where(static text => text.StartsWith("preset=", StringComparison.Ordinal)).Select(static text => text["preset=".Length..]).LastOrDefault() ?? order.Preset;
        var layers = ImmutableArray.CreateBuilder<ConfigLayer>();
        if (preset is not null)
        {
            if (!recipe.Preset(preset).TryGet(out var named, out var unknown))
            {
                return unknown;
            }

            layers.Add(named);
        }

        layers.Add(Limits(recipe, manifest));
        if (order.ConfigFile is { } file)
        {
            if (!Settings(file).TryGet(out var given, out var malformed))
            {
                return malformed;
            }

            layers.Add(given);
        }

        return ConfigLayer.Of("--set", [.. order.Set.Where(static text => !text.StartsWith("preset=", StringComparison.Ordinal))]).Map(set => layers.ToImmutable().Add(set));
    }

    // What a manifest keeps small, such as that for development.
    private static ConfigLayer Limits(Recipe recipe, PortManifest manifest)
    {
        const string Prefix = "limits.";
        var limits = manifest.Settings.Where(static setting => setting.Key.StartsWith(Prefix, StringComparison.Ordinal)).Select(static setting => (Key: setting.Key[Prefix.Length..], setting.Value));
        return ConfigLayer.Of($"manifest {manifest.Name}", [.. limits.Select(limit => (Field: recipe.Schema.Find(limit.Key), limit.Value)).Where(static limit => limit.Field is not null).Select(static limit => (limit.Field!.Key, limit.Field.Parse(limit.Value)))]);
    }

    private Result<ConfigLayer> Settings(string file) => Text(file).Then(text => file.EndsWith(".json", StringComparison.Ordinal)
        ? Json(file, text).Then(json => ConfigLayer.Of(file, json.TryGetProperty("settings", out var settings) ? settings : json))
        : TomlReader.Parse(text, file).Then(table => ConfigLayer.Of(file, table)));

    // A run goes on from anywhere, so paths that begin here are kept whole.
    private ConfigLayer Absolute(RecipeConfig config) => ConfigLayer.Of("paths",
        [.. config.Schema.Fields.Where(static field => PathKeys.Contains(field.Key[(field.Key.LastIndexOf('.') + 1)..], StringComparer.Ordinal))
            .Select(field => (field.Key, Value: config.Find(field.Key))).Where(static pair => pair.Value is { } value && IsLocal(value.Text))
            .Select(pair => (pair.Key, (ConfigValue?)ConfigValue.Of(Full(pair.Value!.Value.Text))))]);

    private Recipe Relative(Recipe recipe, string folder) => recipe with
    {
        Schema = new ConfigSchema([.. recipe.Schema.Fields.Select(field => PathKeys.Contains(field.Key[(field.Key.LastIndexOf('.') + 1)..], StringComparer.Ordinal) && field.Default is { } value && IsLocal(value.Text)
            ? field with { Default = ConfigValue.Of(Path.GetFullPath(value.Text, folder)) }
            : field)]),
    };

    private static bool IsLocal(string text) => text.StartsWith("./", StringComparison.Ordinal) || text.StartsWith("../", StringComparison.Ordinal) || text is "." or ".."
        || text.EndsWith(".py", StringComparison.Ordinal) || text.EndsWith(".jsonl", StringComparison.Ordinal);

    private static bool IsPath(string name) => name.Contains('/', StringComparison.Ordinal) || name.EndsWith(".toml", StringComparison.Ordinal);

    private string Full(string path) => Path.GetFullPath(path, workingDirectory);

    private Result<string> Text(string file) => LocalFiles.Read(Full(file), MaxBytes).Map(static bytes => Encoding.UTF8.GetString(bytes));

    private Result<TomlTable> Table(string file) => Text(file).Then(text => TomlReader.Parse(text, file));

    private static Result<JsonElement> Json(string file, string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.Clone();
        }
        catch (JsonException exception)
        {
            return new Failure(TrainingFailures.BadConfigValue, $"{file} is no JSON document: {exception.Message}");
        }
    }
}
