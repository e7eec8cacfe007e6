using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Workflows.Graphs;

namespace Slipway.Workflows.Models;

/// <summary>A model of a catalogue. Nothing of it was run or loaded: it is what the catalogue says.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Path">The absolute path of its file or directory.</param>
public sealed record ModelEntry(string Id, string Path)
{
    /// <summary>What people call it; null for its id.</summary>
    public string? Name { get; init; }

    /// <summary>What it is for, such as <c>text-to-audio</c>.</summary>
    public string? Task { get; init; }

    /// <summary>How it lies there: <c>transformers</c>, <c>torchscript</c>, or a name that only its backend knows.</summary>
    public string? ModelType { get; init; }

    /// <summary>What runs it.</summary>
    public string? BackendKey { get; init; }

    /// <summary>What it needs, as the catalogue says it: the contract <c>DependencyRequirements</c>.</summary>
    public JsonElement? Requirements { get; init; }

    /// <summary>What a person may set.</summary>
    public ImmutableArray<ModelSetting> Settings { get; init; } = [];

    /// <summary>The settings as a document.</summary>
    internal JsonElement SettingsDocument => JsonMembers.Make(writer =>
    {
        writer.WriteStartArray();
        foreach (var setting in Settings)
        {
            setting.Write(writer);
        }

        writer.WriteEndArray();
    });
}

/// <summary>Something of a model that a person may set.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Label">What people call it.</param>
/// <param name="Type"><c>string</c>, <c>number</c>, <c>integer</c> or <c>boolean</c>; null for anything.</param>
public sealed record ModelSetting(string Key, string Label, string? Type)
{
    /// <summary>The value when nothing is set; null for none.</summary>
    public JsonElement? Default { get; init; }

    /// <summary>The values that it may have; empty for any.</summary>
    public ImmutableArray<ModelOption> Options { get; init; } = [];

    /// <summary>What is expected where a value does not fit; null where it fits.</summary>
    internal string? Objection(JsonElement value) =>
        Options.Length > 0 && !Options.Any(option => JsonElement.DeepEquals(option.Value, value)) ? $"one of {string.Join(", ", Options.Select(static option => option.Label))}"
        : Type switch
        {
            "string" when value.ValueKind is not JsonValueKind.String => "a text",
            "number" when value.ValueKind is not JsonValueKind.Number => "a number",
            "integer" when value.ValueKind is not JsonValueKind.Number || !value.TryGetInt64(out _) => "a whole number",
            "boolean" when value.ValueKind is not (JsonValueKind.True or JsonValueKind.False) => "true or false",
            _ => null,
        };

    /// <summary>The value that is meant: of an option its value, when it was named by its label.</summary>
    internal JsonElement Meant(JsonElement value) =>
        value.ValueKind is JsonValueKind.String && Options.FirstOrDefault(option => string.Equals(option.Label, value.GetString(), StringComparison.Ordinal)) is { } option ? option.Value : value;

    internal void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("key", Key);
        writer.WriteString("label", Label);
        if (Type is not null)
        {
            writer.WriteString("type", Type);
        }

        if (Default is { } value)
        {
            writer.WritePropertyName("default");
            value.WriteTo(writer);
        }

        if (Options.Length > 0)
        {
            writer.WriteStartArray("options");
            foreach (var option in Options)
            {
                writer.WriteStartObject();
                writer.WriteString("label", option.Label);
                writer.WritePropertyName("value");
                option.Value.WriteTo(writer);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }
}

/// <summary>A value that a setting may have.</summary>
/// <param name="Label">What people call it.</param>
/// <param name="Value">The value.</param>
public sealed record ModelOption(string Label, JsonElement Value);
