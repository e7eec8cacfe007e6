using System.Globalization;
using Slipway.Core.Failures;

namespace Slipway.Training.Schedules;

/// <summary>How the learning rate changes over a run.</summary>
public enum LearningRateSchedule
{
    /// <summary>It stays.</summary>
    Constant,

    /// <summary>It falls in a line, to nothing after the last step.</summary>
    Linear,

    /// <summary>It falls as half a cosine: Loshchilov and Hutter, SGDR, 2017.</summary>
    Cosine,
}

/// <summary>The learning rate of each step.</summary>
public static class LearningRate
{
    /// <summary>The names of the schedules in settings.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Enum.GetValues<LearningRateSchedule>().Select(Name)];

    /// <summary>The name of a schedule in settings.</summary>
    public static string Name(LearningRateSchedule schedule) => schedule switch
    {
        LearningRateSchedule.Constant => "constant",
        LearningRateSchedule.Linear => "linear",
        LearningRateSchedule.Cosine => "cosine",
        _ => throw new ArgumentOutOfRangeException(nameof(schedule), schedule, "No schedule."),
    };

    /// <summary>The schedule of a name; null when there is none.</summary>
    public static LearningRateSchedule? Find(string name) =>
        Enum.GetValues<LearningRateSchedule>().Where(schedule => Name(schedule) == name).Select(static schedule => (LearningRateSchedule?)schedule).FirstOrDefault();

    /// <summary>By what the learning rate is multiplied at a step.</summary>
    /// <param name="schedule">The schedule.</param>
    /// <param name="step">The step, from 0; the last is <paramref name="total"/> - 1, so that no step is without effect but the first of a warm-up.</param>
    /// <param name="total">How many steps there are.</param>
    /// <param name="warmup">How many steps it first rises from 0 in a line; the schedule is over the others.</param>
    public static Result<double> Multiplier(LearningRateSchedule schedule, int step, int total, int warmup = 0)
    {
        if (total <= 0 || step < 0 || step >= total || warmup < 0 || warmup >= total)
        {
            return new Failure(TrainingFailures.BadSetting, string.Create(
                CultureInfo.InvariantCulture, $"Step {step} of {total} with {warmup} steps of warm-up is none: steps are 0 to one below their number, and a warm-up leaves at least one."));
        }

        var fraction = (double)(step - warmup) / (total - warmup);
        return step < warmup ? (double)step / warmup : schedule switch
        {
            LearningRateSchedule.Linear => 1 - fraction,
            LearningRateSchedule.Cosine => 0.5 * (1 + Math.Cos(Math.PI * fraction)),
            _ => 1,
        };
    }

    /// <summary>
    /// A learning rate to begin with for a low-rank adapter: ten times that of full training, less for wider models: 5e-5 · 10 · (2000 / hidden)^p, with p = 0.781
    /// for Llama and 0.0775 for Qwen, which were fitted to runs by the Tinker cookbook.
    /// </summary>
    /// <param name="model">The model's name.</param>
    /// <param name="hidden">The width of its hidden states.</param>
    /// <returns>The rate; a failure for another family, for which there is no such fit.</returns>
    public static Result<double> SuggestForLora(string model, int hidden)
    {
        ArgumentNullException.ThrowIfNull(model);
        var name = model[(model.LastIndexOf('/') + 1)..];
        double? power = name.Contains("llama", StringComparison.OrdinalIgnoreCase) ? 0.781 : name.StartsWith("qwen", StringComparison.OrdinalIgnoreCase) ? 0.0775 : null;
        return (power, hidden) switch
        {
            (_, <= 0) => new Failure(TrainingFailures.BadSetting, "The width of hidden states must be above 0."),
            (null, _) => new Failure(TrainingFailures.BadSetting, $"No learning rate is known to be good for {Core.Text.Shown.Quote(model)}; it is known for the families Llama and Qwen.")
            {
                Hint = "Give the learning rate.",
            },
            ({ } p, _) => 5e-5 * 10 * Math.Pow(2000.0 / hidden, p),
        };
    }
}
