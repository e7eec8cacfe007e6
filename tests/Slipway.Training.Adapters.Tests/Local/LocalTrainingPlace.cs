using System.Collections.Immutable;
using System.Text;
using Slipway.Core.Failures;
using Slipway.TestKit;
using Slipway.Training.Adapters.Local;
using Slipway.Training.Data;
using Slipway.Training.Ports;
using Slipway.Workers.Connections;
using Slipway.Workers.Tests.Support;

namespace Slipway.Training.Adapters.Tests.Local;

/// <summary>A client for the tests of a class, whose tiny model is hardly trained: that takes no time.</summary>
public sealed class LocalTrainingPlace : IAsyncLifetime
{
    private const string Python = "/usr/bin/python3";
    private readonly Workers.Tests.Support.LocalPlace _place = new();

    private static WorkerModule Quick { get; } = new("quick_of_tests", """
        from slipway_worker.training import pretraining

        pretraining.STEPS = 3
        """);

    internal TempFolder Folder => _place.Folder;

    internal LocalTrainingClient Client { get; private set; } = null!;

    /// <summary>The worker that was started last.</summary>
    internal WorkerConnection? Worker { get; private set; }

    public async Task InitializeAsync()
    {
        await _place.InitializeAsync();
        Client = MakeClient(Quick);
    }

    public async Task DisposeAsync()
    {
        await Client.DisposeAsync();
        await _place.DisposeAsync();
    }

    internal LocalOptions Options(params WorkerModule[] modules) => new()
    {
        Open = _ => OpenAsync(modules),
        CheckpointRoot = Folder.Combine("checkpoints"),
        CacheDirectory = Folder.Combine("models"),
        Device = "cpu",
    };

    internal LocalTrainingClient MakeClient(params WorkerModule[] modules) => LocalTrainingClient.Create(Options(modules), hub: null).Ok();

    internal async Task<ITrainingSession> StartAsync(string model = "tiny-byte", int rank = 4) => (await Client.StartAsync(model, new LoraSettings(rank), default)).Ok();

    /// <summary>Examples of texts, whose bytes are tokens.</summary>
    internal static ImmutableArray<Datum> Data(params string[] texts) =>
    [
        .. texts.Select(static text => new Datum(
            ModelInput.Of(text[..^1].Select(static letter => (int)letter)),
            ImmutableSortedDictionary<string, TensorData>.Empty.Add(LossInput.TargetTokens, TensorData.Of([.. text[1..].Select(static letter => (long)letter)])))),
    ];

    internal static ModelInput Input(string text) => ModelInput.Of(Encoding.UTF8.GetBytes(text).Select(static value => (int)value));

    internal async Task<Result<WorkerConnection>> OpenAsync(params WorkerModule[] modules) =>
        Worker = await _place.OpenAsync(WorkerPlace.Quick with { Modules = [.. modules] }, Python);
}
