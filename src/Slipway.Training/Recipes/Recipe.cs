using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Training.Configuration;
using Slipway.Training.Experiments;

namespace Slipway.Training.Recipes;

/// <summary>A recipe: settings with their defaults and presets, and what experiment they make. It does no I/O and knows no client.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it does, in one sentence.</param>
/// <param name="Schema">Its settings.</param>
/// <param name="Build">The stages that settings make; pure.</param>
public sealed record Recipe(string Name, string Description, ConfigSchema Schema, Func<RecipeConfig, Result<ImmutableArray<StageSpec>>> Build)
{
    /// <summary>Named settings.</summary>
    public ImmutableArray<ConfigLayer> Presets { get; init; } = [];

    /// <summary>The preset of a name.</summary>
    public Result<ConfigLayer> Preset(string name)
    {
        if (Presets.FirstOrDefault(preset => preset.Name == name) is { } found)
        {
            return found with { Name = $"preset {name}" };
        }

        var near = NearestName.Of(name, Presets.Select(static preset => preset.Name));
        return new Failure(TrainingFailures.UnknownPreset, $"{Name} has no preset {Shown.Quote(name)}{(near is null ? string.Empty : $"; did you mean '{near}'?")}")
        {
            Hint = Presets.IsEmpty ? $"{Name} has no presets." : $"There are {string.Join(", ", Presets.Select(static preset => preset.Name))}.",
        };
    }

    /// <summary>The experiment of some settings; the same settings give the same bytes.</summary>
    public Result<ExperimentSpec> BuildSpec(RecipeConfig config) => Build(config).Map(stages => new ExperimentSpec(Name, stages));
}
