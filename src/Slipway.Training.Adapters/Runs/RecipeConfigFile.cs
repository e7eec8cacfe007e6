using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Machines.Files;
using Slipway.Training.Configuration;
using Slipway.Training.Experiments;

namespace Slipway.Training.Adapters.Runs;

/// <summary>The file that says what a run was asked for, schema <c>slipway.recipe/1</c>: with it alone the run goes on.</summary>
internal static class RecipeConfigFile
{
    private const string Schema = "slipway.recipe/1";
    private const int MaxBytes = 16 * 1024 * 1024;

    /// <summary>The file of an order.</summary>
    public static byte[] Write(RecipeOrder order, ReadRecipe read, ExperimentSpec spec, RecipeContext context, string target)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteString("schema", Schema);
            writer.WriteString("slipway", context.Version);
            writer.WriteString("recipe", Whole(order.Recipe, context));
            writer.WriteString("manifest", Whole(order.Manifest, context));
            writer.WriteString("target", target);
            writer.WriteString("host", context.Host);
            writer.WriteStartArray("ports");
            foreach (var port in order.Ports)
            {
                writer.WriteStringValue(port);
            }

            writer.WriteEndArray();
            writer.WritePropertyName("settings");
            read.Config.WriteTo(writer);
            writer.WritePropertyName("experiment");
            spec.WriteTo(writer);
            writer.WriteEndObject();
        }

        return [.. stream.ToArray(), (byte)'\n'];
    }

    /// <summary>What a file was written for. Settings are those of then, also where defaults are others now.</summary>
    public static Result<ReadRecipe> Read(JsonElement json, RecipeReader reader)
    {
        var ports = json.GetProperty("ports").EnumerateArray().Select(static port => port.GetString()!).ToImmutableArray();
        if (!reader.Recipe(json.GetProperty("recipe").GetString()!).TryGet(out var recipe, out var failure)
            || !reader.Manifest(json.GetProperty("manifest").GetString()!).Then(manifest => manifest.With(ports)).TryGet(out var manifest, out failure)
            || !ConfigLayer.Of("config.json", json.GetProperty("settings")).Then(layer => recipe.Schema.Resolve(layer)).TryGet(out var config, out failure))
        {
            return failure;
        }

        return new ReadRecipe(recipe, config, manifest);
    }

    /// <summary>The file of a directory; null when there is none, or it is something else.</summary>
    public static JsonElement? Find(string folder)
    {
        if (!LocalFiles.Read($"{folder}/{RunRecipe.ConfigName}", MaxBytes).TryGet(out var bytes, out _))
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(bytes);
            return IsOne(document.RootElement) ? document.RootElement.Clone() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // With all that is read of it.
    private static bool IsOne(JsonElement json) =>
        json.ValueKind is JsonValueKind.Object && json.TryGetProperty("schema", out var schema) && schema.ValueKind is JsonValueKind.String && schema.GetString() is Schema
        && json.TryGetProperty("recipe", out var recipe) && recipe.ValueKind is JsonValueKind.String
        && json.TryGetProperty("manifest", out var manifest) && manifest.ValueKind is JsonValueKind.String
        && json.TryGetProperty("target", out var target) && target.ValueKind is JsonValueKind.String
        && json.TryGetProperty("ports", out var ports) && ports.ValueKind is JsonValueKind.Array && ports.EnumerateArray().All(static port => port.ValueKind is JsonValueKind.String)
        && json.TryGetProperty("settings", out var settings) && settings.ValueKind is JsonValueKind.Object;

    // A file is found again from anywhere.
    private static string Whole(string name, RecipeContext context) =>
        name.Contains('/', StringComparison.Ordinal) || name.EndsWith(".toml", StringComparison.Ordinal) ? Path.GetFullPath(name, context.WorkingDirectory) : name;
}
