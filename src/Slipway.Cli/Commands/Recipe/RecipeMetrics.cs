using System.Globalization;
using Slipway.Training.Runtime;

namespace Slipway.Cli.Commands.Recipe;

/// <summary>The metrics that people look at first.</summary>
internal static class RecipeMetrics
{
    private static readonly string[] Shown = ["train_mean_nll", "test/nll", "env/all/reward/total", "env/all/correct", "teacher_kl", "dpo_loss", "accuracy"];

    /// <summary>From what to what the metrics of a stage went.</summary>
    public static string Change(StageReport stage) => string.Concat(Shown
        .Where(key => stage.First.ContainsKey(key) && stage.Last.ContainsKey(key))
        .Select(key => string.Create(CultureInfo.InvariantCulture, $"; {key} {stage.First[key]:0.####} -> {stage.Last[key]:0.####}")));
}
