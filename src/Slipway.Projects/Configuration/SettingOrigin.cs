using Slipway.Core.Failures;

namespace Slipway.Projects.Configuration;

/// <summary>The layers of configuration; a later one wins.</summary>
public enum SettingLayer
{
    /// <summary>The user's file.</summary>
    User,

    /// <summary>A <c>.python-version</c> or <c>.tool-versions</c> file.</summary>
    Pin,

    /// <summary>The project's <c>slipway.toml</c>, or <c>[tool.slipway]</c> of its <c>pyproject.toml</c>.</summary>
    Project,

    /// <summary>The project's table of the chosen environment, <c>[envs.NAME]</c>.</summary>
    Environment,

    /// <summary>The script's own <c>[tool.slipway]</c>.</summary>
    Script,

    /// <summary>What <c>slipway env use</c> remembers.</summary>
    Active,

    /// <summary>A <c>SLIPWAY_*</c> variable.</summary>
    Variable,

    /// <summary>An option on the command line.</summary>
    Flag,
}

/// <summary>Where a setting was given.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Name">What the setting is called there, for messages: <c>--python</c>, <c>tool.slipway.python</c>, <c>SLIPWAY_PYTHON</c>.</param>
/// <param name="BaseDirectory">The absolute directory that relative paths are relative to.</param>
/// <param name="Location">The place in a file; null for a variable and an option.</param>
public sealed record SettingOrigin(SettingLayer Layer, string Name, string BaseDirectory, FailureLocation? Location)
{
    /// <summary>For people: <c>path:line</c>, the variable or the option.</summary>
    public override string ToString() => Location is { } at ? (at with { Column = 0 }).ToString() : Name;
}
