using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Core.Toml;

namespace Slipway.Training.Configuration;

/// <summary>Settings from one place.</summary>
/// <param name="Name">The place, for messages.</param>
/// <param name="Settings">The settings; of one name the last counts.</param>
public sealed record ConfigLayer(string Name, ImmutableArray<ConfigSetting> Settings)
{
    /// <summary>Settings of a recipe's own.</summary>
    public static ConfigLayer Of(string name, params ReadOnlySpan<(string Key, ConfigValue? Value)> settings) =>
        new(name, [.. settings.ToArray().Select(static setting => ConfigSetting.Of(setting.Key, setting.Value))]);

    /// <summary>Settings of the command line, <c>key=value</c> each.</summary>
    public static Result<ConfigLayer> Of(string name, ImmutableArray<string> assignments)
    {
        var settings = ImmutableArray.CreateBuilder<ConfigSetting>(assignments.Length);
        foreach (var text in assignments)
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                return new Failure(TrainingFailures.BadConfigValue, $"{name} takes key=value, and not {Shown.Quote(text)}.");
            }

            settings.Add(ConfigSetting.Of(text[..equals].Trim(), text[(equals + 1)..]));
        }

        return new ConfigLayer(name, settings.ToImmutable());
    }

    /// <summary>Settings of a JSON object.</summary>
    public static Result<ConfigLayer> Of(string name, JsonElement json) => json.ValueKind is JsonValueKind.Object
        ? new ConfigLayer(name, [.. json.EnumerateObject().Select(static member => ConfigSetting.Of(member.Name, member.Value.Clone()))])
        : new Failure(TrainingFailures.BadConfigValue, $"{name} holds no object of settings.");

    /// <summary>Settings of a TOML table.</summary>
    public static Result<ConfigLayer> Of(string name, TomlTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        var settings = ImmutableArray.CreateBuilder<ConfigSetting>(table.Keys.Count);
        foreach (var key in table.Keys)
        {
            table.TryGet(key, out var value);
            ConfigSetting? setting = value switch
            {
                TomlString text => ConfigSetting.Of(key, text.Value),
                TomlInteger whole => ConfigSetting.Of(key, ConfigValue.Of(whole.Value)),
                TomlFloat number => ConfigSetting.Of(key, ConfigValue.Of(number.Value)),
                TomlBoolean flag => ConfigSetting.Of(key, ConfigValue.Of(flag.Value)),
                _ => null,
            };
            if (setting is null)
            {
                return new Failure(TrainingFailures.BadConfigValue, $"{name}: {key} is no text, number or truth value.");
            }

            settings.Add(setting);
        }

        return new ConfigLayer(name, settings.ToImmutable());
    }
}

/// <summary>One setting, before its field has looked at it.</summary>
public sealed class ConfigSetting
{
    private readonly Func<ConfigField, ConfigValue?> _read;

    private ConfigSetting(string key, string shown, bool isAbsent, Func<ConfigField, ConfigValue?> read) => (Key, Shown, IsAbsent, _read) = (key, shown, isAbsent, read);

    /// <summary>The name.</summary>
    public string Key { get; }

    /// <summary>What was given, for messages.</summary>
    public string Shown { get; }

    /// <summary>Whether it says that there is no value.</summary>
    public bool IsAbsent { get; }

    /// <summary>The value as the field has it; null when it is none.</summary>
    public ConfigValue? Read(ConfigField field) => _read(field);

    internal static ConfigSetting Of(string key, string text) => new(key, text, text is "none", field => field.Parse(text));

    internal static ConfigSetting Of(string key, JsonElement json) => new(key, json.GetRawText(), json.ValueKind is JsonValueKind.Null, field => field.Parse(json));

    // Numbers may be written with or without a point, so they are read as texts are.
    internal static ConfigSetting Of(string key, ConfigValue? value) => value is { } given
        ? new(key, given.ToString(), isAbsent: false, field => field.Kind is ConfigKind.Text == given.Kind is ConfigKind.Text ? field.Parse(given.ToString()) : null)
        : new(key, "none", isAbsent: true, static _ => null);
}
