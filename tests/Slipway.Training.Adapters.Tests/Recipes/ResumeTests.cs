using Slipway.Core.Failures;
using Slipway.TestKit;
using Slipway.Workers.Tests.Support;

namespace Slipway.Training.Adapters.Tests.Recipes;

/// <summary>A run that goes on equals one that was never interrupted, to the bit: its weights and all that it measured.</summary>
public sealed class ResumeTests(QuickRecipePlace place) : IClassFixture<QuickRecipePlace>
{
    private static readonly string[] Supervised = ["max_steps=7", "num_epochs=4", "batch_size=4", "save_every=2", "eval_every=3", "test_rows=1"];
    private static readonly string[] Reinforcement = ["num_epochs=4", "groups_per_batch=9", "group_size=2", "save_every=2", "eval_every=0", "kl_penalty_coef=0.1", "kl_reference=start", "max_tokens=4"];
    private static readonly string[] Preferences = ["max_steps=5", "batch_size=6", "save_every=2", "eval_every=0"];

    [RequiresFact(Capability.SystemTorch)]
    public async Task Supervised_learning_goes_on_from_every_step()
    {
        await place.RunAsync("sl", "sl_basic", Supervised).OkAsync();
        for (var step = 0; step < 7; step++)
        {
            await InterruptedAsync($"sl-{step}", "sl_basic", Supervised, step);
            Assert.Equal(place.Measured("sl"), place.Measured($"sl-{step}"));
            Assert.Equal(Weights("sl"), Weights($"sl-{step}"));
        }
    }

    [RequiresFact(Capability.SystemTorch)]
    public async Task Reinforcement_goes_on_with_the_reference_that_it_began_with()
    {
        await place.RunAsync("rl", "rl_grpo", Reinforcement).OkAsync();
        foreach (var step in (int[])[1, 2])
        {
            await InterruptedAsync($"rl-{step}", "rl_grpo", Reinforcement, step);
            Assert.Equal(place.Measured("rl"), place.Measured($"rl-{step}"));
            Assert.Equal(Weights("rl"), Weights($"rl-{step}"));
        }
    }

    [RequiresFact(Capability.SystemTorch)]
    public async Task Preferences_go_on_with_the_reference_that_they_began_with()
    {
        await place.RunAsync("dpo", "dpo", Preferences).OkAsync();
        await InterruptedAsync("dpo-3", "dpo", Preferences, 3);
        Assert.Equal(place.Measured("dpo"), place.Measured("dpo-3"));
        Assert.Equal(Weights("dpo"), Weights("dpo-3"));
    }

    [RequiresFact(Capability.SystemTorch)]
    public async Task A_worker_that_is_killed_fails_the_run_which_then_goes_on()
    {
        await place.RunAsync("whole", "sl_basic", Supervised).OkAsync();
        var killed = await place.RunAsync("killed", "sl_basic", Supervised, new AtStep(4, () => Kill(place.Workers[^1].Info.ProcessId)));
        killed.Fails(AdapterFailures.WorkerLost);
        await place.RunAsync("killed", "sl_basic", Supervised).OkAsync();
        Assert.Equal(place.Measured("whole"), place.Measured("killed"));
        Assert.Equal(Weights("whole"), Weights("killed"));
    }

    [RequiresFact(Capability.SystemTorch)]
    public async Task A_checkpoint_that_is_cut_short_is_passed_over_for_the_one_before()
    {
        await place.RunAsync("base", "sl_basic", Supervised).OkAsync();
        await InterruptAsync("cut", "sl_basic", Supervised, 4);
        var last = place.Record("cut").Checkpoints().Ok()[^1];
        Assert.Equal(4, last.NextStep);
        using (var file = new FileStream(Path.Combine(last.StatePath, "adapter_model.safetensors"), FileMode.Open))
        {
            file.SetLength(file.Length / 2);
        }

        await place.RunAsync("cut", "sl_basic", Supervised).OkAsync();
        Assert.Equal(place.Measured("base"), place.Measured("cut"));
        Assert.Equal(Weights("base"), Weights("cut"));
    }

    [RequiresFact(Capability.SystemTorch)]
    public async Task A_run_that_is_over_is_not_done_again()
    {
        await place.RunAsync("over", "sl_basic", Supervised).OkAsync();
        var before = place.Measured("over");
        var again = await place.RunAsync("over", "sl_basic", Supervised).OkAsync();
        Assert.Equal(before, place.Measured("over"));
        Assert.Equal(7, Assert.Single(again.Stages).Steps);
    }

    private async Task InterruptedAsync(string folder, string recipe, string[] settings, int step)
    {
        await InterruptAsync(folder, recipe, settings, step);
        await place.RunAsync(folder, recipe, settings).OkAsync();
    }

    private async Task InterruptAsync(string folder, string recipe, string[] settings, int step)
    {
        using var stop = new CancellationTokenSource();
        try
        {
            var ended = await place.RunAsync(folder, recipe, settings, new AtStep(step, stop.Cancel), stop.Token);
            Assert.True(ended.IsOk, ended.IsOk ? string.Empty : ended.Failure.ToString());
        }
        catch (OperationCanceledException)
        {
            // What the step did not get to is done again.
        }
    }

    private static void Kill(int process)
    {
        using var worker = System.Diagnostics.Process.GetProcessById(process);
        worker.Kill();
    }

    private string Weights(string folder)
    {
        var final = place.Record(folder).Checkpoints().Ok()[^1];
        Assert.True(final.IsFinal);
        return string.Concat(new[] { "adapter_model.safetensors", "optimizer.safetensors" }.Select(name => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(Path.Combine(final.StatePath, name))))));
    }
}

internal static class Waiting
{
    /// <summary>What came of it, which must be well.</summary>
    public static async Task<T> OkAsync<T>(this Task<Result<T>> task)
        where T : notnull => (await task).Ok();
}
