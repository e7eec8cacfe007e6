using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.TestKit;
using Slipway.Training.Adapters.Records;
using Slipway.Training.Adapters.Runs;
using Slipway.Training.Configuration;
using Slipway.Training.Loops;
using Slipway.Training.Ports;
using Slipway.Training.Recipes;
using Slipway.Training.Runtime;
using Slipway.Workers.Connections;
using Slipway.Workers.Tests.Support;

namespace Slipway.Training.Adapters.Tests.Recipes;

/// <summary>Runs recipes with workers in Debian's Python, for the tests of a class. The tiny model is made once for them all.</summary>
public class RecipePlace : IAsyncLifetime
{
    private const string Python = "/usr/bin/python3";
    private readonly Workers.Tests.Support.LocalPlace _place = new();

    internal TempFolder Folder => _place.Folder;

    /// <summary>The workers that were started, the last one last.</summary>
    internal List<WorkerConnection> Workers { get; } = [];

    private protected virtual ImmutableArray<WorkerModule> Modules => [];

    public Task InitializeAsync() => _place.InitializeAsync();

    public Task DisposeAsync() => _place.DisposeAsync();

    /// <summary>What whole runs with records are made with.</summary>
    internal RecipeContext Context => new(_place.Host, folder => Factory(folder), TimeProvider.System, "1.2.3", Folder.FullPath, "local");

    internal PortFactory Factory(string folder, Func<string, string?>? variable = null) => new(new PortPlace
    {
        CheckpointRoot = Folder.Combine(folder, "checkpoints"),
        ModelCache = Folder.Combine("models"),
        DatasetCache = Folder.Combine("datasets"),
        BlobRoot = Folder.Combine("blobs"),
        Variable = variable ?? (name => name is "HOME" ? Folder.FullPath : null),
        Time = TimeProvider.System,
        OpenTraining = async (_, _) => await OpenAsync(Modules),
        OpenUser = async (_, modules, _) => await OpenAsync(modules),
        OpenMath = async _ => await OpenAsync([]),
    });

    internal TrainingFolder Record(string folder, ITrainingListener? listener = null) => new(Folder.CreateFolder(folder), TimeProvider.System, listener);

    /// <summary>Runs a recipe, or goes on with it in the same folder.</summary>
    internal async Task<Result<RunReport>> RunAsync(string folder, string recipe, string[] settings, ITrainingListener? listener = null, CancellationToken cancellationToken = default) =>
        await RunAsync(folder, recipe, settings, "local", variable: null, listener, cancellationToken);

    /// <summary>The same with other adapters.</summary>
    internal async Task<Result<RunReport>> RunAsync(
        string folder, string recipe, string[] settings, string manifest, Func<string, string?>? variable, ITrainingListener? listener = null, CancellationToken cancellationToken = default)
    {
        var found = BuiltinRecipes.Find(recipe).Ok();
        var config = found.Schema.Resolve(found.Preset("tiny").Ok(), ConfigLayer.Of("--set", [.. settings]).Ok()).Ok();
        await using var factory = Factory(folder, variable);
        var adapters = PortManifest.Find(manifest).Ok().With(["hub=noop"]).Ok();
        return await new TrainingRuntime(factory, TimeProvider.System).RunAsync(found, config, adapters, Record(folder, listener), dryRun: false, cancellationToken);
    }

    internal ImmutableArray<JsonElement> Metrics(string folder) => TrainingFolder.ReadMetrics(Folder.Combine(folder)).Ok();

    /// <summary>All that was measured but times, a line a step.</summary>
    internal string Measured(string folder) => string.Join('\n', Metrics(folder).Select(static row => string.Join(' ', row.EnumerateObject()
        .Where(static member => member.Name is not "time" && !member.Name.StartsWith("time/", StringComparison.Ordinal))
        .Select(static member => $"{member.Name}={member.Value.GetRawText()}"))));

    internal static double Value(JsonElement row, string key) => row.GetProperty(key).GetDouble();

    internal Task<Result<WorkerConnection>> OpenWorkerAsync() => OpenAsync(Modules);

    private async Task<Result<WorkerConnection>> OpenAsync(ImmutableArray<WorkerModule> modules)
    {
        var worker = await _place.OpenAsync(WorkerPlace.Quick with { Modules = modules }, Python);
        Workers.Add(worker);
        return worker;
    }
}

/// <summary>The same with a model that is hardly trained: that takes no time.</summary>
public sealed class QuickRecipePlace : RecipePlace
{
    private protected override ImmutableArray<WorkerModule> Modules { get; } =
    [
        new WorkerModule("quick_of_tests", """
            from slipway_worker.training import pretraining

            pretraining.STEPS = 3
            """),
    ];
}

/// <summary>Does something when a step was done.</summary>
internal sealed class AtStep(int step, Action act) : ITrainingListener
{
    public void Say(string message)
    {
    }

    public void Metrics(int stage, int at, ImmutableSortedDictionary<string, double> values)
    {
        if (at == step)
        {
            act();
        }
    }

    public void Progress(TrainingProgress progress)
    {
    }
}
