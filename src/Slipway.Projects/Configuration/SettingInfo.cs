using System.Collections.Immutable;
using Slipway.Projects.Naming;

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
/// <param name="Flag">The option of <c>run</c>; null for a setting that belongs into a file.</param>
/// <param name="Shape">The shape of its value.</param>
/// <param name="Default">What holds when nobody says anything, for people.</param>
public sealed record SettingInfo(SettingKey Key, string Name, string? Flag, SettingShape Shape, string Default)
{
    /// <summary>All settings, in the order of <see cref="SettingKey"/>.</summary>
    public static ImmutableArray<SettingInfo> All { get; } =
    [
        new(SettingKey.Name, "name", null, SettingShape.Text, "the directory's name"),
        new(SettingKey.Env, "env", "--env", SettingShape.Text, "the only environment"),
        new(SettingKey.Python, "python", "--python", SettingShape.Text, "the first on PATH in range"),
        new(SettingKey.Backend, "backend", "--backend", SettingShape.Text, "by the files that declare"),
        new(SettingKey.IndexUrl, "index-url", "--index-url", SettingShape.List, "pip's own index"),
        new(SettingKey.FindLinks, "find-links", "--find-links", SettingShape.List, "none"),
        new(SettingKey.ExcludeNewer, "exclude-newer", "--exclude-newer", SettingShape.Text, "no limit"),
        new(SettingKey.SystemSitePackages, "system-site-packages", "--system-site-packages", SettingShape.Switch, "false"),
        new(SettingKey.Requirements, "requirements", null, SettingShape.List, "the nearest declaration"),
        new(SettingKey.EnvFile, "env-file", null, SettingShape.Text, "the nearest declaration"),
        new(SettingKey.Channels, "channels", "--channel", SettingShape.List, "those of the environment file"),
        new(SettingKey.Extras, "extras", "--extra", SettingShape.List, "none"),
        new(SettingKey.Groups, "groups", "--group", SettingShape.List, "none"),
        new(SettingKey.Project, "project", null, SettingShape.Text, "path"),
        new(SettingKey.LockPolicy, "lock-policy", null, SettingShape.Text, "warn"),
        new(SettingKey.Prompt, "prompt", null, SettingShape.Text, PromptFormat.Default),
        new(SettingKey.Offline, "offline", "--offline", SettingShape.Switch, "false"),
    ];

    /// <summary>The environment variable; null for what only a project's own files can say, and for the prompt: the variable of that name tells shells what to show.</summary>
    public string? Variable => IsOfProject || Key is SettingKey.Prompt ? null : $"SLIPWAY_{Name.ToUpperInvariant().Replace('-', '_')}";

    /// <summary>Whether it belongs to the sources, which one layer gives together: mixed ones nobody has asked for.</summary>
    public bool IsSource => Key is SettingKey.IndexUrl or SettingKey.FindLinks;

    private bool IsOfProject => Key is SettingKey.Name or SettingKey.Requirements or SettingKey.EnvFile or SettingKey.Project;

    /// <summary>The description of a setting.</summary>
    public static SettingInfo Of(SettingKey key) => All[(int)key];

    /// <summary>The settings that a layer's file may hold.</summary>
    public static IEnumerable<SettingInfo> In(SettingLayer layer) => All.Where(info => layer switch
    {
        SettingLayer.Project => true,
        SettingLayer.Environment => info.Key is not (SettingKey.Name or SettingKey.Env),
        _ => !info.IsOfProject && (layer is SettingLayer.User || info.Key is not (SettingKey.Env or SettingKey.LockPolicy or SettingKey.Prompt)),
    });
}
