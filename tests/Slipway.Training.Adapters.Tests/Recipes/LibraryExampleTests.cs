using System.Runtime.CompilerServices;
using Slipway.Core.Failures;
using Slipway.Training.Adapters.Records;
using Slipway.Training.Adapters.Runs;
using Slipway.Training.Configuration;
using Slipway.Training.Ports;
using Slipway.Training.Recipes;
using Slipway.Training.Runtime;
using Slipway.Workers.Tests.Support;

namespace Slipway.Training.Adapters.Tests.Recipes;

/// <summary>The lines of C# that the guide on training shows: they compile, they train, and the guide has them as they are here.</summary>
public sealed class LibraryExampleTests(QuickRecipePlace place) : IClassFixture<QuickRecipePlace>
{
    [Fact]
    public async Task TrainsAsTheGuideSays()
    {
        var folder = place.Folder.CreateFolder("library");
        await using var factory = place.Factory("library");

        var report = (await TrainAsync(factory, folder, default)).Ok();

        Assert.Equal(3, Assert.Single(report.Stages).Steps);
        Assert.NotNull(report.Stages[0].StatePath);
        Assert.Equal(3, place.Metrics("library").Length);
    }

    [Fact]
    public void TheGuideHasTheseLines()
    {
        var lines = File.ReadAllLines(Here());
        var first = Array.FindIndex(lines, static line => line == "    // The guide's") + 1;
        var last = Array.FindIndex(lines, first, static line => line == "    }") + 1;
        var shown = string.Join('\n', lines[first..last].Select(static line => line.Length > 4 ? line[4..] : line));

        Assert.Contains(shown, File.ReadAllText(Path.Combine(Path.GetDirectoryName(Here())!, "..", "..", "..", "docs", "training.md")), StringComparison.Ordinal);
    }

    // The guide's
    private static async Task<Result<RunReport>> TrainAsync(IPortFactory factory, string folder, CancellationToken cancellationToken)
    {
        var recipe = BuiltinRecipes.Find("sl_basic").Value;
        var config = recipe.Schema.Resolve(recipe.Preset("tiny").Value, ConfigLayer.Of("mine", ["max_steps=3", "learning_rate=1e-3"]).Value);
        if (!config.TryGet(out var settings, out var failure))
        {
            return failure;
        }

        var record = new TrainingFolder(folder, TimeProvider.System, listener: null);
        var runtime = new TrainingRuntime(factory, TimeProvider.System);
        var manifest = PortManifest.Find("local").Value.With(["hub=noop"]).Value;
        return await runtime.RunAsync(recipe, settings, manifest, record, dryRun: false, cancellationToken);
    }

    private static string Here([CallerFilePath] string path = "") => path;
}
