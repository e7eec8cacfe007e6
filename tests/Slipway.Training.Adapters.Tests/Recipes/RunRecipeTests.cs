using Slipway.Core.Failures;
using Slipway.Runs.Jobs;
using Slipway.Training.Adapters.Runs;
using Slipway.Workers.Tests.Support;

namespace Slipway.Training.Adapters.Tests.Recipes;

/// <summary>Whole runs with their records. Nothing is trained: that is what other tests are for.</summary>
public sealed class RunRecipeTests(QuickRecipePlace place) : IClassFixture<QuickRecipePlace>
{
    [Fact]
    public async Task Run_with_nothing_real_says_so_and_leaves_its_record()
    {
        var end = (await RunAsync()).Ok();
        Assert.Equal((JobExit.Finished, true), (end.End, end.Report!.IsSimulated));
        Assert.Contains("\"simulated\": true", await File.ReadAllTextAsync($"{end.Folder}/report.json"));
        var found = (await new RecipeRuns(place.Context.Here, TimeProvider.System).FindAsync(end.Id, place.Folder.FullPath, default)).Ok();
        Assert.Equal(end.Folder, found.Target);
        Assert.True(found.Job.IsOver);
    }

    [Fact]
    public async Task Directory_with_something_else_is_left_alone_whatever_is_asked()
    {
        var folder = place.Folder.CreateFolder("model");
        await File.WriteAllTextAsync($"{folder}/config.json", "{\"model_type\":\"llama\"}");
        foreach (var behavior in (string[])["delete", "resume", "raise"])
        {
            Assert.Contains("is no run's", (await RunAsync($"log_path={folder}", $"behavior_if_log_dir_exists={behavior}")).Fails(AdapterFailures.FolderTaken).Message);
        }

        Assert.Equal("{\"model_type\":\"llama\"}", await File.ReadAllTextAsync($"{folder}/config.json"));
    }

    [Fact]
    public async Task Run_that_is_there_is_kept_or_taken_away_and_nothing_else_is()
    {
        var folder = place.Folder.CreateFolder("mine");
        await File.WriteAllTextAsync($"{folder}/notes.txt", "mine");
        (await RunAsync($"log_path={folder}")).Ok();
        (await RunAsync($"log_path={folder}")).Fails(AdapterFailures.FolderTaken);
        (await RunAsync($"log_path={folder}", "behavior_if_log_dir_exists=ask")).Fails(AdapterFailures.FolderTaken);
        await File.WriteAllTextAsync($"{folder}/metrics.jsonl", "{}\n");
        (await RunAsync($"log_path={folder}", "behavior_if_log_dir_exists=delete")).Ok();
        Assert.False(File.Exists($"{folder}/metrics.jsonl"));
        Assert.Equal("mine", await File.ReadAllTextAsync($"{folder}/notes.txt"));
    }

    private Task<Result<RecipeRunEnd>> RunAsync(params string[] settings) => new RunRecipe(place.Context).RunAsync(
        RunId.New(TimeProvider.System.GetUtcNow()), new RecipeOrder("sl_basic") { Preset = "tiny", Manifest = "test", Set = [.. settings] }, static _ => "raise", null, null, default);
}
