using System.Collections.Immutable;
using Slipway.Training.Schedules;
using Slipway.Training.Tests.Support;
using static Slipway.Training.Tests.Support.Checked;

namespace Slipway.Training.Tests.Schedules;

public sealed class ScheduleTests
{
    [Theory]
    [InlineData(LearningRateSchedule.Linear, 0, 74, 0, 1)]
    [InlineData(LearningRateSchedule.Linear, 1, 74, 0, 1.972973e-4 / 2e-4)]
    [InlineData(LearningRateSchedule.Linear, 37, 74, 0, 0.5)]
    [InlineData(LearningRateSchedule.Linear, 73, 74, 0, 2.7027e-6 / 2e-4)]
    [InlineData(LearningRateSchedule.Cosine, 1, 74, 0, 1.9990990e-4 / 2e-4)]
    [InlineData(LearningRateSchedule.Cosine, 73, 74, 0, 9.0103e-8 / 2e-4)]
    [InlineData(LearningRateSchedule.Cosine, 25, 100, 0, 0.853553391)]
    [InlineData(LearningRateSchedule.Cosine, 50, 100, 0, 0.5)]
    [InlineData(LearningRateSchedule.Cosine, 75, 100, 0, 0.146446609)]
    [InlineData(LearningRateSchedule.Constant, 75, 100, 0, 1)]
    [InlineData(LearningRateSchedule.Linear, 0, 20, 5, 0)]
    [InlineData(LearningRateSchedule.Linear, 2, 20, 5, 0.4)]
    [InlineData(LearningRateSchedule.Linear, 5, 20, 5, 1)]
    [InlineData(LearningRateSchedule.Linear, 10, 20, 5, 0.666667)]
    public void Multiplier_follows_the_schedule(LearningRateSchedule schedule, int step, int total, int warmup, double expected) =>
        Assert.Equal(expected, LearningRate.Multiplier(schedule, step, total, warmup).Ok(), 1e-6);

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(-1, 5, 0)]
    [InlineData(5, 5, 0)]
    [InlineData(0, 5, 5)]
    public void Steps_that_are_none_are_refused(int step, int total, int warmup) =>
        LearningRate.Multiplier(LearningRateSchedule.Linear, step, total, warmup).Fails(TrainingFailures.BadSetting, "none");

    [Fact]
    public void Names_are_found() => Assert.All(LearningRate.Names, static name => Assert.Equal(name, LearningRate.Name(LearningRate.Find(name)!.Value)));

    [Fact]
    public void Rate_is_suggested_for_known_families_alone()
    {
        Assert.Equal(5e-4, LearningRate.SuggestForLora("meta-llama/Llama-3.2-1B", 2000).Ok(), 1e-12);
        Assert.Equal(5e-4 * Math.Pow(2, -0.781), LearningRate.SuggestForLora("Llama-3.1-8B", 4000).Ok(), 1e-12);
        Assert.Equal(5e-4 * Math.Pow(2, -0.0775), LearningRate.SuggestForLora("Qwen/Qwen3-8B", 4000).Ok(), 1e-12);
        LearningRate.SuggestForLora("mistral", 4000).Fails(TrainingFailures.BadSetting, "mistral", "Qwen");
        LearningRate.SuggestForLora("Qwen3", 0).Fails(TrainingFailures.BadSetting, "width");
    }

    [Theory]
    [InlineData(10, 3, new[] { 3, 3, 4 })]
    [InlineData(10, 4, new[] { 2, 3, 2, 3 })]
    [InlineData(7, 3, new[] { 2, 2, 3 })]
    [InlineData(128, 5, new[] { 25, 26, 25, 26, 26 })]
    public void Batches_are_split_evenly_and_in_order(int count, int parts, int[] sizes)
    {
        var items = Enumerable.Range(0, count).ToImmutableArray();
        var split = Substeps.Split(items, parts).Ok();
        Same(sizes, split.Select(static part => part.Length));
        Same([.. items], split.SelectMany(static part => part));
        Substeps.Split(items, count + 1).Fails(TrainingFailures.BadSetting);
        Substeps.Split(items, 0).Fails(TrainingFailures.BadSetting);
    }
}
