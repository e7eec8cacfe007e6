using System.Text.Json;
using Slipway.Runs.Jobs;
using Slipway.Training;
using Slipway.Training.Adapters.Runs;
using Slipway.Workflows.Nodes;
using Slipway.Workflows.Tests.Support;

namespace Slipway.Workflows.Tests.Nodes;

public sealed class RunRecipeTests : IDisposable
{
    private readonly NodeWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task Recipe_is_run_with_a_record_of_its_own_and_its_outcome_goes_on()
    {
        _world.Write("calls-nothing.toml", "base = 'test'\n[ports]\ndataset = 'files'\n");
        var done = await _world.RunOneAsync("run-recipe", ("recipe", "\"sl_basic\""), ("preset", "\"tiny\""), ("manifest", "\"./calls-nothing.toml\""), ("settings", "{\"max_steps\": 3, \"learning_rate\": 0.01}"));

        var run = JsonDocument.Parse(done.Json("run")).RootElement.GetString()!;
        Assert.Equal("\"sl_basic\"", JsonDocument.Parse(done.Json("report")).RootElement.GetProperty("experiment").GetProperty("recipe").GetRawText());
        Assert.Equal(3, JsonDocument.Parse(done.Json("report")).RootElement.GetProperty("stages")[0].GetProperty("steps").GetInt32());
        Assert.Contains("/", done.Json("checkpoint"), StringComparison.Ordinal);
        var found = (await new RecipeRuns(_world.Services.Here, TimeProvider.System).FindAsync(run, _world.Folder, _world.Token)).Value;
        Assert.Equal(JobExit.Finished, found.Job.Exit!.End);
        var settings = File.ReadAllText($"{found.Folder}/{RunRecipe.ConfigName}");
        Assert.Contains("\"max_steps\": 3", settings, StringComparison.Ordinal);
        Assert.Contains(_world.Told, told => told.Type is "node_progress" && told.Data.GetRawText().Contains("step 3 of 3", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_wrong_with_a_recipe_is_said_before_anything_runs()
    {
        (await _world.RunOneAsync("run-recipe", ("recipe", "\"no_such\""))).AssertFailed(TrainingFailures.UnknownRecipe, "no_such");
        (await _world.RunOneAsync("run-recipe", ("recipe", "\"sl_basic\""), ("settings", "[1]"))).AssertFailed(WorkflowsFailures.BadValue, "one.settings is a list");
        Assert.Empty(Directory.Exists(_world.Layout.Runs) ? Directory.GetDirectories(_world.Layout.Runs) : []);
    }
}
