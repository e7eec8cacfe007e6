using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Machines.Files;
using Slipway.Runs.Jobs;
using Slipway.Training.Experiments;
using Slipway.Training.Plots;

namespace Slipway.Training.Adapters.Runs;

/// <summary>The pictures of a run's curves.</summary>
public static class TrainingPlots
{
    private const UnixFileMode OwnerReads = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The curves of a kind of stage.</summary>
    public static ImmutableArray<JobCurve> CurvesOf(StageSpec stage)
    {
        ArgumentNullException.ThrowIfNull(stage);
        return stage.Kind switch
        {
            StageKind.Reinforcement when stage.Settings.Schema.Find("teacher") is not null =>
                [new("teacher_kl", "distance to the teacher (nats a token)", "lower"), new("env/all/correct", "answers that are right", "higher")],
            StageKind.Reinforcement => [new("env/all/reward/total", "mean reward", "higher"), new("env/all/correct", "answers that are right", "higher"), new("test/env/all/reward/total", "mean reward, test", "higher")],
            StageKind.Preference => [new("dpo_loss", "loss", "lower"), new("accuracy", "pairs in the right order", "higher"), new("test/accuracy", "pairs in the right order, test", "higher")],
            _ => [new("train_mean_nll", "loss (nats a token)", "lower"), new("test/nll", "loss (nats a token), test", "lower")],
        };
    }

    /// <summary>Draws the curves of a run beside its metrics: a picture a stage.</summary>
    /// <param name="folder">The directory.</param>
    /// <param name="spec">What was run.</param>
    /// <param name="metrics">The metrics.</param>
    /// <returns>The paths of the pictures; none where nothing was measured.</returns>
    public static Result<ImmutableArray<string>> Draw(string folder, ExperimentSpec spec, ImmutableArray<JsonElement> metrics)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var drawn = ImmutableArray.CreateBuilder<string>();
        for (var stage = 0; stage < spec.Stages.Length; stage++)
        {
            var rows = metrics.Where(row => row.TryGetProperty("stage", out var place) && place.TryGetInt32(out var number) && number == stage).ToImmutableArray();
            var curves = CurvesOf(spec.Stages[stage])
                .Select(curve => Curve.Of(rows, curve.Key) with { Name = curve.Label })
                .Where(static curve => curve.Points.Any(static point => point.Value is not null))
                .ToImmutableArray();
            if (curves.IsEmpty)
            {
                continue;
            }

            var path = Path.Combine(folder, spec.Stages.Length == 1 ? "curves.svg" : $"curves-{spec.Stages[stage].Name}.svg");
            if (!LocalFiles.WriteUnsynced(path, Encoding.UTF8.GetBytes(new CurvePlot($"{spec.Recipe}: {spec.Stages[stage].Name}", curves).ToSvg()), OwnerReads).TryGet(out _, out var failure))
            {
                return failure;
            }

            drawn.Add(path);
        }

        return drawn.ToImmutable();
    }
}
