using System.Collections.Immutable;

namespace Slipway.Projects.Configuration;

/// <summary>The shapes that a setting's value may have.</summary>
public enum SettingShape
{
    /// <summary>One text.</summary>
    Text,

    /// <summary>On or off.</summary>
    Switch,

    /// <summary>Texts, in order.</summary>
    List,
}

/// <summary>How a setting is called in each place that can give it.</summary>
/// <param name="Key">The setting.</param>
/// <param name="Name">Its key in files.</param>
/// <param name="Flag">The option of <c>run</c>.</param>
/// <param name="Shape">The shape of its value.</param>
/// <param name="Default">What holds when nobody says anything, for people.</param>
public sealed record SettingInfo(SettingKey Key, string Name, string Flag, SettingShape Shape, string Default)
{
    /// <summary>All settings, in the order of <see cref="SettingKey"/>.</summary>
    public static ImmutableArray<SettingInfo> All { get; } =
    [
        new(SettingKey.Python, "python", "--python", SettingShape.Text, "the first on PATH in range"),
        new(SettingKey.Backend, "backend", "--backend", SettingShape.Text, "pip"),
        new(SettingKey.IndexUrl, "index-url", "--index-url", SettingShape.List, "pip's own index"),
        new(SettingKey.FindLinks, "find-links", "--find-links", SettingShape.List, "none"),
        new(SettingKey.ExcludeNewer, "exclude-newer", "--exclude-newer", SettingShape.Text, "no limit"),
        new(SettingKey.SystemSitePackages, "system-site-packages", "--system-site-packages", SettingShape.Switch, "false"),
        new(SettingKey.Extras, "extras", "--extra", SettingShape.List, "none"),
        new(SettingKey.Groups, "groups", "--group", SettingShape.List, "none"),
        new(SettingKey.Offline, "offline", "--offline", SettingShape.Switch, "false"),
    ];

    /// <summary>The environment variable.</summary>
    public string Variable => $"SLIPWAY_{Name.ToUpperInvariant().Replace('-', '_')}";

    /// <summary>Whether it belongs to the sources, which one layer gives together: mixed ones nobody has asked for.</summary>
    public bool IsSource => Key is SettingKey.IndexUrl or SettingKey.FindLinks;

    /// <summary>The description of a setting.</summary>
    public static SettingInfo Of(SettingKey key) => All[(int)key];

    /// <summary>The setting that a key in a file names; null for none.</summary>
    public static SettingInfo? Named(string name) => All.FirstOrDefault(info => string.Equals(info.Name, name, StringComparison.Ordinal));
}
