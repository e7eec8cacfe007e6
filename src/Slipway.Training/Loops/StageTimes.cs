using System.Collections.Immutable;

namespace Slipway.Training.Loops;

/// <summary>Names of checkpoints.</summary>
internal static class CheckpointNames
{
    /// <summary>The checkpoint of a stage after some steps.</summary>
    public static string Of(int stage, int steps) => stage == 0 ? $"{steps:D6}" : $"{stage}-{steps:D6}";
}

/// <summary>Times in metrics.</summary>
internal static class StageTimes
{
    /// <summary>Puts how long a step took, and all of them.</summary>
    public static void Put(ImmutableSortedDictionary<string, double>.Builder metrics, StageContext context, DateTimeOffset start, TimeSpan elapsed, int step)
    {
        var end = context.Time.GetUtcNow();
        metrics["time/step"] = Math.Round((end - start).TotalSeconds, 6);
        metrics["time/total"] = Math.Round(elapsed.TotalSeconds, 6);
        context.Record.Span("step", start, end, step);
    }
}
