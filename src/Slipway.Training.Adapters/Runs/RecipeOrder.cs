using System.Collections.Immutable;

namespace Slipway.Training.Adapters.Runs;

/// <summary>What a run of a recipe is asked for, as it was typed.</summary>
/// <param name="Recipe">A recipe's name, or the path of a file.</param>
public sealed record RecipeOrder(string Recipe)
{
    /// <summary>A preset.</summary>
    public string? Preset { get; init; }

    /// <summary>A file of settings, TOML or JSON.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>Settings: <c>key=value</c>.</summary>
    public ImmutableArray<string> Set { get; init; } = [];

    /// <summary>A port manifest: its name, or the path of a file.</summary>
    public string Manifest { get; init; } = "default";

    /// <summary>Adapters of ports: <c>port=adapter</c>.</summary>
    public ImmutableArray<string> Ports { get; init; } = [];
}
