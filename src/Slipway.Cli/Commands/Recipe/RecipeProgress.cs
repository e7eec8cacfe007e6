using System.Collections.Immutable;
using System.Globalization;
using Slipway.Cli.Terminal;
using Slipway.Training.Adapters.Records;
using Slipway.Training.Loops;

namespace Slipway.Cli.Commands.Recipe;

/// <summary>Shows how training goes: at a terminal one live line with step, loss, speed and the time that is left; elsewhere a line now and then.</summary>
internal sealed class RecipeProgress(Output output, BuildProgressView view, TimeProvider time) : ITrainingListener
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(5);
    private static readonly ImmutableArray<(string Key, string Label)> Shown =
    [
        ("train_mean_nll", "loss"), ("env/all/reward/total", "reward"), ("teacher_kl", "teacher KL"), ("dpo_loss", "loss"), ("accuracy", "accuracy"), ("test/nll", "test loss"),
    ];

    private long _said;

    /// <inheritdoc/>
    public void Say(string message)
    {
        if (!view.IsLive)
        {
            output.Say($"slipway: {message}");
        }
    }

    /// <inheritdoc/>
    public void Metrics(int stage, int step, ImmutableSortedDictionary<string, double> values)
    {
    }

    /// <inheritdoc/>
    public void Progress(TrainingProgress progress)
    {
        var line = Line(progress);
        if (view.IsLive)
        {
            view.Stage(line);
            return;
        }

        var now = time.GetTimestamp();
        if (_said == 0 || progress.Step == progress.Total || time.GetElapsedTime(_said, now) >= Between)
        {
            _said = now;
            output.Say($"slipway: {line}");
        }
    }

    private static string Line(TrainingProgress progress)
    {
        var words = new List<string> { string.Create(CultureInfo.InvariantCulture, $"{progress.Stage}: step {progress.Step} of {progress.Total}") };
        words.AddRange(Shown.Where(shown => progress.Metrics.ContainsKey(shown.Key)).Select(shown => string.Create(CultureInfo.InvariantCulture, $"{shown.Label} {progress.Metrics[shown.Key]:0.####}")));
        var tokens = progress.Metrics.GetValueOrDefault("num_tokens", progress.Metrics.GetValueOrDefault("env/all/total_ac_tokens") + progress.Metrics.GetValueOrDefault("env/all/total_ob_tokens"));
        if (tokens > 0 && progress.Metrics.GetValueOrDefault("time/step") is > 0 and var seconds)
        {
            words.Add(string.Create(CultureInfo.InvariantCulture, $"{tokens / seconds:0} tokens/s"));
        }

        if (progress.Remaining is { } left && progress.Step < progress.Total)
        {
            words.Add($"{(int)left.TotalHours:0}:{left.Minutes:00}:{left.Seconds:00} left");
        }

        return string.Join(", ", words);
    }
}
