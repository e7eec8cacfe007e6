using Slipway.TestKit;
using Slipway.Workers.Tests.Support;

namespace Slipway.Training.Adapters.Tests.Recipes;

/// <summary>The recipes really train: with their tiny presets and fixed seeds, on a CPU; and with a learning rate of 0 nothing of it is seen.</summary>
public sealed class MustTrainTests(RecipePlace place) : IClassFixture<RecipePlace>
{
    private const string Still = "learning_rate=0";

    [RequiresFact(Capability.SystemTorch)]
    public async Task Supervised_learning_predicts_what_it_was_taught()
    {
        var (first, last) = await RunAsync("sl", "sl_basic", "train_mean_nll", "max_steps=40");
        Assert.True(last < 0.3 * first, $"The loss went from {first} to {last}.");

        (first, last) = await RunAsync("sl-still", "sl_basic", "train_mean_nll", "max_steps=4", Still, "lr_schedule=constant");
        Assert.Equal(first, last, 0.02);
    }

    [RequiresFact(Capability.SystemTorch)]
    public async Task Rewards_rise()
    {
        await place.RunAsync("rl", "rl_grpo", ["num_epochs=30"]).OkAsync();
        var rows = place.Metrics("rl");
        var (first, last) = (Mean(rows.Take(3), "env/all/reward/total"), Mean(rows.TakeLast(3), "env/all/reward/total"));
        Assert.True(last >= first + 0.3, $"The mean reward went from {first} to {last}.");
        // Where all answers got the same, nothing is learned and so nothing compared.
        var compared = rows.Where(static row => row.TryGetProperty("optim/kl_sample_train_v1", out _)).ToList();
        Assert.True(compared.Count >= 20, place.Measured("rl"));
        Assert.All(compared, static row => Assert.True(Math.Abs(RecipePlace.Value(row, "optim/kl_sample_train_v1")) < 1e-5, row.ToString()));

        await place.RunAsync("rl-still", "rl_grpo", ["num_epochs=6", Still]).OkAsync();
        rows = place.Metrics("rl-still");
        Assert.True(Math.Abs(Mean(rows.TakeLast(3), "env/all/reward/total") - Mean(rows.Take(3), "env/all/reward/total")) < 0.15, place.Measured("rl-still"));
    }

    [RequiresFact(Capability.SystemTorch)]
    public async Task Preferences_are_learned_and_hold_for_pairs_that_were_kept_apart()
    {
        await place.RunAsync("dpo", "dpo", ["test_rows=9", "eval_every=1", "max_steps=25"]).OkAsync();
        var last = place.Metrics("dpo")[^1];
        Assert.Equal(Math.Log(2), RecipePlace.Value(place.Metrics("dpo")[0], "dpo_loss"), 1e-5);
        Assert.True(RecipePlace.Value(last, "dpo_loss") < 0.6, last.ToString());
        Assert.True(RecipePlace.Value(last, "test/accuracy") >= 0.9, last.ToString());

        await place.RunAsync("dpo-still", "dpo", ["max_steps=3", Still]).OkAsync();
        Assert.All(place.Metrics("dpo-still"), static row => Assert.Equal(Math.Log(2), RecipePlace.Value(row, "dpo_loss"), 1e-5));
    }

    [RequiresFact(Capability.SystemTorch)]
    public async Task The_student_comes_near_its_teacher()
    {
        await place.RunAsync("distill", "distill", ["num_epochs=25"]).OkAsync();
        var rows = place.Metrics("distill");
        var (first, last) = (RecipePlace.Value(rows[0], "teacher_kl"), Mean(rows.TakeLast(3), "teacher_kl"));
        Assert.True(last <= 0.4 * first, $"The distance went from {first} to {last}.");

        await place.RunAsync("distill-still", "distill", ["num_epochs=4", Still]).OkAsync();
        rows = place.Metrics("distill-still");
        Assert.True(Mean(rows.TakeLast(2), "teacher_kl") > 0.6 * RecipePlace.Value(rows[0], "teacher_kl"), place.Measured("distill-still"));
    }

    [RequiresFact(Capability.SystemTorch)]
    public async Task A_teachers_samples_and_its_distribution_are_learned()
    {
        var (first, last) = await RunAsync("hard", "distill", "train_mean_nll", "mode=hard", "max_steps=20");
        Assert.True(last < 0.6 * first, $"The loss of a teacher's samples went from {first} to {last}.");

        (first, last) = await RunAsync("soft", "distill", "train_mean_nll", "mode=soft", "max_steps=20", "top_k=4");
        Assert.True(last < 0.6 * first, $"The loss of a teacher's distribution went from {first} to {last}.");
    }

    private async Task<(double First, double Last)> RunAsync(string folder, string recipe, string metric, params string[] settings)
    {
        await place.RunAsync(folder, recipe, settings).OkAsync();
        var rows = place.Metrics(folder);
        return (RecipePlace.Value(rows[0], metric), RecipePlace.Value(rows[^1], metric));
    }

    private static double Mean(IEnumerable<System.Text.Json.JsonElement> rows, string metric) => rows.Average(row => RecipePlace.Value(row, metric));
}
