using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Slipway.Projects.Configuration;

namespace Slipway.Cli.Commands.Config;

/// <summary>What <c>config --json</c> prints.</summary>
/// <param name="Schema">The schema.</param>
/// <param name="Files">The files that were read, lowest layer first.</param>
/// <param name="Settings">Every setting.</param>
internal sealed record ConfigDocument(string Schema, ImmutableArray<string> Files, ImmutableArray<ConfigSetting> Settings)
{
    public static ConfigDocument From(EffectiveConfiguration configuration) => new(
        "slipway.config/1",
        configuration.Files,
        [.. configuration.Settings.Select(ConfigSetting.From)]);
}

/// <summary>One setting: a text, a boolean or texts, by its kind; null when nothing is set and the default is no value.</summary>
internal sealed record ConfigSetting(string Key, JsonNode? Value, ConfigOrigin Origin, ImmutableArray<ConfigOverride> Overrides)
{
    public static ConfigSetting From(EffectiveSetting setting) => new(
        setting.Info.Name,
        setting.Chosen is { } chosen ? ValueOf(setting.Info, chosen) : DefaultOf(setting.Info),
        setting.Chosen is null ? new ConfigOrigin("default", null, null) : ConfigOrigin.From(setting.Chosen.Origin),
        [.. setting.Overridden.Select(other => new ConfigOverride(ValueOf(setting.Info, other), ConfigOrigin.From(other.Origin)))]);

    private static JsonNode? ValueOf(SettingInfo info, Setting setting) => info.Shape switch
    {
        SettingShape.List => new JsonArray([.. setting.Texts.Select(text => JsonValue.Create(text))]),
        SettingShape.Switch => JsonValue.Create(setting.IsOn),
        _ => JsonValue.Create(setting.Texts[0]),
    };

    private static JsonNode? DefaultOf(SettingInfo info) => info.Shape switch
    {
        SettingShape.List => new JsonArray(),
        SettingShape.Switch => JsonValue.Create(false),
        _ => info.Key is SettingKey.Project or SettingKey.LockPolicy or SettingKey.Prompt ? JsonValue.Create(info.Default) : null,
    };
}

/// <summary>Where a value comes from.</summary>
/// <param name="Layer">default, user, pin, project, script, variable or flag.</param>
/// <param name="Source">The file, the variable or the option; null for the default.</param>
/// <param name="Line">The line in a file.</param>
internal sealed record ConfigOrigin(string Layer, string? Source, int? Line)
{
    public static ConfigOrigin From(SettingOrigin origin) =>
        new(origin.Layer.ToString().ToLowerInvariant(), origin.Location?.Source ?? origin.Name, origin.Location?.Line);
}

/// <summary>What would hold without a higher layer.</summary>
internal sealed record ConfigOverride(JsonNode? Value, ConfigOrigin Origin);

/// <summary>Source-generated serialisation.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(ConfigDocument))]
internal sealed partial class ConfigJson : JsonSerializerContext;
