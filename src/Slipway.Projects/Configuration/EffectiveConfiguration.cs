using System.Collections.Immutable;

namespace Slipway.Projects.Configuration;

/// <summary>One setting with what holds and what it overrides.</summary>
/// <param name="Info">The setting.</param>
/// <param name="Chosen">
/// What holds; null for the default. Without texts it only says that a source of its layer replaces those of lower layers.
/// </param>
/// <param name="Overridden">What lower layers said, the nearest first.</param>
public sealed record EffectiveSetting(SettingInfo Info, Setting? Chosen, ImmutableArray<Setting> Overridden);

/// <summary>All settings of a workload, and where each comes from: defaults, then each layer over the one below, key by key.</summary>
/// <param name="Settings">Every setting, in the order of <see cref="SettingInfo.All"/>.</param>
/// <param name="Files">The files that were read, lowest layer first.</param>
public sealed record EffectiveConfiguration(ImmutableArray<EffectiveSetting> Settings, ImmutableArray<string> Files)
{
    /// <summary>The directory of the project's own file of settings; null when it has none.</summary>
    public string? ProjectDirectory { get; init; }

    /// <summary>The environments that the project declares.</summary>
    public ImmutableArray<DeclaredEnvironment> Environments { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>The declared environment whose settings are among these; null when none is declared or none is chosen.</summary>
    public DeclaredEnvironment? Environment { get; init; }

    /// <summary>What people should know about the files that were read.</summary>
    public ImmutableArray<string> Warnings { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>What holds for a setting; null for the default.</summary>
    public Setting? this[SettingKey key] => Settings[(int)key].Chosen;

    /// <summary>Whether a switch is on.</summary>
    public bool IsOn(SettingKey key) => this[key]?.IsOn ?? false;

    /// <summary>Lays settings over each other.</summary>
    internal static EffectiveConfiguration From(IEnumerable<Setting> given, ImmutableArray<string> files)
    {
        var layers = given.OrderByDescending(static setting => setting.Origin.Layer).ToImmutableArray();
        var source = layers.FirstOrDefault(static setting => SettingInfo.Of(setting.Key).IsSource);
        return new EffectiveConfiguration([.. SettingInfo.All.Select(info => Choose(info, layers, source))], files);
    }

    private static EffectiveSetting Choose(SettingInfo info, ImmutableArray<Setting> layers, Setting? source)
    {
        ImmutableArray<Setting> own = [.. layers.Where(setting => setting.Key == info.Key)];
        if (info.IsSource && source is not null && (own.IsEmpty || own[0].Origin.Layer != source.Origin.Layer))
        {
            return new EffectiveSetting(info, own.IsEmpty ? null : source with { Key = info.Key, Texts = [], Indexes = [] }, own);
        }

        return own.IsEmpty ? new EffectiveSetting(info, null, []) : new EffectiveSetting(info, own[0], own[1..]);
    }
}
