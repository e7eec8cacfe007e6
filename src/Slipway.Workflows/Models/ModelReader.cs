using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Slipway.Workflows.Graphs;

namespace Slipway.Workflows.Models;

/// <summary>Reads models from documents, and notes everything that is wrong with them. Pure.</summary>
/// <param name="folder">The absolute directory that paths are relative to.</param>
/// <param name="place">Says where in the file a JSON pointer leads.</param>
internal sealed class ModelReader(string folder, Func<string, string> place)
{
    // Pantograph's names of a torch model, beside our own; another one would end in a worker that does not know what to load.
    private static readonly ImmutableArray<string> TorchKinds = ["transformers", "torchscript"];
    private static readonly ImmutableArray<string> TorchBackends = ["pytorch", "torch", "transformers"];
    private static readonly ImmutableArray<string> SettingTypes = ["string", "number", "integer", "boolean"];

    /// <summary>What is wrong: where, and what.</summary>
    public List<string> Problems { get; } = [];

    /// <summary>Reads one model; null when it cannot be named or found.</summary>
    /// <param name="json">What the document says.</param>
    /// <param name="at">Its pointer.</param>
    public ModelEntry? Read(JsonElement json, string at)
    {
        if (json.ValueKind is not JsonValueKind.Object)
        {
            Problem(at, $"is {WorkflowText.Kind(json)}, and should be an object");
            return null;
        }

        var (id, path) = (Text(json, at, "model_id", isRequired: true), Text(json, at, "path", isRequired: true));
        if (path is not null && (Path.IsPathRooted(path) || path.Contains('\0', StringComparison.Ordinal)))
        {
            Problem($"{at}/path", "is an absolute path, and should be relative to the file");
            path = null;
        }

        var entry = new ModelEntry(id ?? string.Empty, Path.GetFullPath(path ?? ".", folder).TrimEnd('/'))
        {
            Name = Text(json, at, "name"),
            Task = Text(json, at, "task_type_primary") ?? Text(json, at, "task"),
            ModelType = Text(json, at, "model_type"),
            BackendKey = Text(json, at, "backend_key"),
            Requirements = Requirements(json, at),
            Settings = Settings(json, at),
        };
        if (entry.ModelType is { } kind && TorchBackends.Contains(entry.BackendKey ?? string.Empty, StringComparer.OrdinalIgnoreCase) && !TorchKinds.Contains(kind, StringComparer.Ordinal))
        {
            Problem($"{at}/model_type", $"is '{kind}', and should be one of {string.Join(", ", TorchKinds)} for the backend {entry.BackendKey}");
        }

        return id is null || path is null ? null : entry;
    }

    /// <summary>Notes something that is wrong.</summary>
    public void Problem(string at, string message) => Problems.Add($"{place(at)} {message}");

    private string? Text(JsonElement json, string at, string name, bool isRequired = false)
    {
        if (!json.TryGetProperty(name, out var value) || value.ValueKind is JsonValueKind.Null)
        {
            if (isRequired)
            {
                Problem(at, $"has no {name}");
            }

            return null;
        }

        if (value.ValueKind is JsonValueKind.String && value.GetString() is { Length: > 0 } text)
        {
            return text;
        }

        Problem($"{at}/{name}", value.ValueKind is JsonValueKind.String ? "is empty" : $"is {WorkflowText.Kind(value)}, and should be a text");
        return null;
    }

    private JsonElement? Requirements(JsonElement json, string at)
    {
        const string Name = "dependency_requirements";
        if (!json.TryGetProperty(Name, out var value) || value.ValueKind is JsonValueKind.Null)
        {
            return null;
        }

        if (value.ValueKind is JsonValueKind.Object)
        {
            return value.Clone();
        }

        Problem($"{at}/{Name}", $"is {WorkflowText.Kind(value)}, and should be an object");
        return null;
    }

    private ImmutableArray<ModelSetting> Settings(JsonElement json, string at)
    {
        const string Name = "inference_settings";
        if (!json.TryGetProperty(Name, out var value) || value.ValueKind is JsonValueKind.Null)
        {
            return [];
        }

        if (value.ValueKind is not JsonValueKind.Array)
        {
            Problem($"{at}/{Name}", $"is {WorkflowText.Kind(value)}, and should be a list");
            return [];
        }

        var settings = ImmutableArray.CreateBuilder<ModelSetting>();
        foreach (var (index, item) in value.EnumerateArray().Index())
        {
            if (Setting(item, $"{at}/{Name}/{index.ToString(CultureInfo.InvariantCulture)}") is not { } setting)
            {
                continue;
            }

            if (settings.Any(known => string.Equals(known.Key, setting.Key, StringComparison.Ordinal)))
            {
                Problem($"{at}/{Name}/{index.ToString(CultureInfo.InvariantCulture)}/key", $"is '{setting.Key}', which is there twice");
            }

            settings.Add(setting);
        }

        return settings.ToImmutable();
    }

    private ModelSetting? Setting(JsonElement json, string at)
    {
        if (json.ValueKind is not JsonValueKind.Object)
        {
            Problem(at, $"is {WorkflowText.Kind(json)}, and should be an object");
            return null;
        }

        if (Text(json, at, "key", isRequired: true) is not { } key)
        {
            return null;
        }

        var type = Text(json, at, "type");
        if (type is not null && !SettingTypes.Contains(type, StringComparer.Ordinal))
        {
            Problem($"{at}/type", $"is '{type}', and should be one of {string.Join(", ", SettingTypes)}");
            type = null;
        }

        var setting = new ModelSetting(key, Text(json, at, "label") ?? key, type) { Options = Options(json, at) };
        if (!json.TryGetProperty("default", out var value) || value.ValueKind is JsonValueKind.Null)
        {
            return setting;
        }

        setting = setting with { Default = setting.Meant(value).Clone() };
        if (setting.Objection(setting.Default!.Value) is { } expected)
        {
            Problem($"{at}/default", $"is {value.GetRawText()}, and should be {expected}");
        }

        return setting;
    }

    // An option is a value, or an object with a label and a value.
    private ImmutableArray<ModelOption> Options(JsonElement json, string at)
    {
        if (!json.TryGetProperty("options", out var value) || value.ValueKind is JsonValueKind.Null)
        {
            return [];
        }

        if (value.ValueKind is not JsonValueKind.Array)
        {
            Problem($"{at}/options", $"is {WorkflowText.Kind(value)}, and should be a list");
            return [];
        }

        return [.. value.EnumerateArray().Select(static item => item.ValueKind is JsonValueKind.Object && item.TryGetProperty("value", out var meant)
            ? new ModelOption(item.TryGetProperty("label", out var label) && label.ValueKind is JsonValueKind.String ? label.GetString()! : meant.ToString(), meant.Clone())
            : new ModelOption(item.ToString(), item.Clone()))];
    }
}
