using System.Collections.Immutable;
using System.Text.Json;

namespace Slipway.Training.Configuration;

/// <summary>The settings of a recipe, each with a value that its field allows; one that is absent has none.</summary>
public sealed class RecipeConfig
{
    private readonly ImmutableSortedDictionary<string, ConfigValue> _values;

    internal RecipeConfig(ConfigSchema schema, ImmutableSortedDictionary<string, ConfigValue> values) => (Schema, _values) = (schema, values);

    /// <summary>The fields.</summary>
    public ConfigSchema Schema { get; }

    /// <summary>The value of a setting; null when it is absent.</summary>
    /// <exception cref="ArgumentException">There is no such setting: a defect of the caller.</exception>
    public ConfigValue? Find(string key) => _values.TryGetValue(key, out var value) ? value
        : Schema.Find(key) is not null ? null
        : throw new ArgumentException($"There is no setting '{key}'.", nameof(key));

    /// <summary>A text.</summary>
    public string Text(string key) => Required(key).Text;

    /// <summary>A text; null when it is absent.</summary>
    public string? TextOrNone(string key) => Find(key)?.Text;

    /// <summary>A whole number.</summary>
    public int Whole(string key) => (int)Required(key).Whole;

    /// <summary>A whole number; null when it is absent.</summary>
    public int? WholeOrNone(string key) => (int?)Find(key)?.Whole;

    /// <summary>A number.</summary>
    public double Number(string key) => Required(key).Number;

    /// <summary>A truth value.</summary>
    public bool Flag(string key) => Required(key).Flag;

    /// <summary>Writes the settings as one object, in the order of the fields.</summary>
    public void WriteTo(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject();
        foreach (var field in Schema.Fields)
        {
            writer.WritePropertyName(field.Key);
            if (Find(field.Key) is { } value)
            {
                value.WriteTo(writer);
            }
            else
            {
                writer.WriteNullValue();
            }
        }

        writer.WriteEndObject();
    }

    private ConfigValue Required(string key) => Find(key) ?? throw new InvalidOperationException($"The setting '{key}' is absent.");
}
