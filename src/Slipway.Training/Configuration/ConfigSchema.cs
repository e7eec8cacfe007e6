using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Text;

namespace Slipway.Training.Configuration;

/// <summary>The settings of a recipe.</summary>
/// <param name="Fields">The fields, in the order in which they are shown.</param>
public sealed record ConfigSchema(ImmutableArray<ConfigField> Fields)
{
    /// <summary>The field of a name; null when there is none.</summary>
    public ConfigField? Find(string key) => Fields.FirstOrDefault(field => field.Key == key);

    /// <summary>The settings when nobody says others.</summary>
    public RecipeConfig Defaults => new(this, Fields.Where(static one => one.Default is not null).ToImmutableSortedDictionary(static one => one.Key, static one => one.Default!.Value, StringComparer.Ordinal));

    /// <summary>The settings that some layers give, the last one wins.</summary>
    /// <param name="layers">The layers.</param>
    /// <returns>The settings; a failure that names the setting, the layer and what would be right.</returns>
    public Result<RecipeConfig> Resolve(params ReadOnlySpan<ConfigLayer> layers)
    {
        var values = ImmutableSortedDictionary.CreateBuilder<string, ConfigValue>(StringComparer.Ordinal);
        foreach (var field in Fields)
        {
            if (field.Default is { } value)
            {
                values[field.Key] = value;
            }
        }

        foreach (var layer in layers)
        {
            foreach (var setting in layer.Settings)
            {
                if (Find(setting.Key) is not { } field)
                {
                    return Unknown(layer, setting.Key);
                }

                if (setting.IsAbsent && field.IsOptional)
                {
                    values.Remove(field.Key);
                }
                else if (setting.Read(field) is { } value)
                {
                    values[field.Key] = value;
                }
                else
                {
                    return new Failure(TrainingFailures.BadConfigValue, $"{layer.Name}: {field.Key} is {Shown.Quote(setting.Shown)}, and takes {field.Accepts}.") { Hint = $"{field.Key}: {field.Help}" };
                }
            }
        }

        return new RecipeConfig(this, values.ToImmutable());
    }

    private Failure Unknown(ConfigLayer layer, string key)
    {
        var near = NearestName.Of(key, Fields.Select(static field => field.Key));
        return new Failure(TrainingFailures.UnknownConfigKey, $"{layer.Name}: there is no setting {Shown.Quote(key)}{(near is null ? string.Empty : $"; did you mean '{near}'?")}")
        {
            Hint = $"There are {string.Join(", ", Fields.Select(static field => field.Key))}.",
        };
    }
}
