using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Training.Adapters.Data;
using Slipway.Training.Adapters.Local;
using Slipway.Training.Adapters.Noop;
using Slipway.Training.Adapters.UserCode;
using Slipway.Training.Ports;
using Slipway.Training.Runtime;
using Slipway.Workers.Connections;

namespace Slipway.Training.Adapters.Runs;

/// <summary>Where adapters of a run find and leave things.</summary>
public sealed record PortPlace
{
    /// <summary>The directory on the training machine below which checkpoints are made.</summary>
    public required string CheckpointRoot { get; init; }

    /// <summary>The directory on the training machine in which built-in models are kept.</summary>
    public required string ModelCache { get; init; }

    /// <summary>The directory on this machine in which datasets of a hub are kept.</summary>
    public required string DatasetCache { get; init; }

    /// <summary>The directory on this machine that local blobs are below.</summary>
    public required string BlobRoot { get; init; }

    /// <summary>Reads a variable; null when unset.</summary>
    public required Func<string, string?> Variable { get; init; }

    /// <summary>Starts the worker that trains.</summary>
    public required Func<PortManifest, CancellationToken, Task<Result<WorkerConnection>>> OpenTraining { get; init; }

    /// <summary>Starts a worker in the environment of a user's file.</summary>
    public required OpenUserWorker OpenUser { get; init; }

    /// <summary>Starts a worker that grades as mathematics.</summary>
    public required Func<CancellationToken, Task<Result<WorkerConnection>>> OpenMath { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }
}

/// <summary>Makes adapters by their names.</summary>
/// <param name="place">Where they find and leave things.</param>
public sealed class PortFactory(PortPlace place) : IPortFactory
{
    private readonly List<object> _opened = [];
    private readonly NoopCalls _calls = new();
    private UserCodePort? _code;

    /// <inheritdoc/>
    public IUserCode Code => _code ??= Keep(new UserCodePort(place));

    /// <inheritdoc/>
    public Result<PortSet> Build(PortManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        var settings = new AdapterSettings(manifest.Settings);
        if (!Hub(manifest).TryGet(out var hub, out var failure)
            || !Training(manifest, settings, hub).TryGet(out var training, out failure)
            || !Tokenizer(manifest, training, hub).TryGet(out var tokenizer, out failure)
            || !Datasets(manifest, hub).TryGet(out var datasets, out failure)
            || !Blobs(manifest, settings).TryGet(out var blobs, out failure)
            || !Llm(manifest, settings).TryGet(out var llm, out failure)
            || !Only(manifest, Port.Embedding).TryGet(out _, out failure)
            || !Only(manifest, Port.Vector).TryGet(out _, out failure))
        {
            return failure;
        }

        return new PortSet(training, tokenizer, datasets, blobs, hub, llm, new NoopEmbeddingClient(_calls), new NoopVectorStore(_calls));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var one in Enumerable.Reverse(_opened))
        {
            switch (one)
            {
                case IAsyncDisposable waits:
                    await waits.DisposeAsync().ConfigureAwait(false);
                    break;
                case IDisposable closes:
                    closes.Dispose();
                    break;
            }
        }

        _opened.Clear();
    }

    private Result<ITrainingClient> Training(PortManifest manifest, AdapterSettings settings, IHubClient hub) => manifest.Adapters[Port.Training] switch
    {
        "local" => Local(manifest, settings, hub).Map<ITrainingClient>(Keep),
        "noop" => new NoopTrainingClient(_calls),
        var name => Unknown(Port.Training, name, "local", "noop"),
    };

    private Result<LocalTrainingClient> Local(PortManifest manifest, AdapterSettings settings, IHubClient hub) => settings.Flag("local.gradient_checkpointing").Then(checkpointing => LocalTrainingClient.Create(
        new LocalOptions
        {
            Open = token => place.OpenTraining(manifest, token),
            CheckpointRoot = place.CheckpointRoot,
            CacheDirectory = place.ModelCache,
            Device = settings.Text("local.device") ?? "auto",
            GradientCheckpointing = checkpointing,
        },
        hub));

    private Result<ITokenizerSource> Tokenizer(PortManifest manifest, ITrainingClient training, IHubClient hub) => (manifest.Adapters[Port.Tokenizer], training) switch
    {
        // One worker does both, where there is one.
        ("local", LocalTrainingClient local) => Result.Ok(local.Tokenizers),
        ("local", _) => LocalTokenizerSource.Create(token => place.OpenTraining(manifest, token), hub).Map<ITokenizerSource>(Keep),
        ("noop", _) => new NoopTokenizerSource(_calls),
        var (name, _) => Unknown(Port.Tokenizer, name, "local", "noop"),
    };

    private Result<IDatasetStore> Datasets(PortManifest manifest, IHubClient hub) => manifest.Adapters[Port.Dataset] switch
    {
        "files" => DatasetStore.Create(
            new DatasetOptions { CacheDirectory = place.DatasetCache, Token = place.Variable("HF_TOKEN"), Time = place.Time },
            hub,
            (path, split, token) => UserDataset.LoadAsync(path, split, place.OpenUser, token)).Map<IDatasetStore>(Keep),
        "noop" => new NoopDatasetStore(_calls),
        var name => Unknown(Port.Dataset, name, "files", "noop"),
    };

    private Result<IBlobStore> Blobs(PortManifest manifest, AdapterSettings settings) => manifest.Adapters[Port.Blob] switch
    {
        "noop" => new NoopBlobStore(_calls),
        var name => Unknown(Port.Blob, name, "noop"),
    };

    private Result<IHubClient> Hub(PortManifest manifest) => manifest.Adapters[Port.Hub] switch
    {
        "noop" => new NoopHubClient(_calls),
        var name => Unknown(Port.Hub, name, "noop"),
    };

    private Result<ILlmClient> Llm(PortManifest manifest, AdapterSettings settings) => manifest.Adapters[Port.Llm] switch
    {
        "noop" => new NoopLlmClient(_calls),
        var name => Unknown(Port.Llm, name, "noop"),
    };

    // There is no real adapter of these ports yet.
    private static Result<Unit> Only(PortManifest manifest, Port port) => manifest.Adapters[port] is "noop" ? default(Unit) : Unknown(port, manifest.Adapters[port], "noop");

    private T Keep<T>(T one)
        where T : class
    {
        _opened.Add(one);
        return one;
    }

    private static Failure Unknown(Port port, string name, params ImmutableArray<string> known) =>
        new(TrainingFailures.InvalidAdapter, $"The port {port.Name()} has no adapter {Shown.Quote(name)}.") { Hint = $"It has {string.Join(", ", known)}." };
}

/// <summary>The settings of adapters, <c>adapter.setting</c>.</summary>
/// <param name="settings">The settings.</param>
internal sealed class AdapterSettings(ImmutableSortedDictionary<string, string> settings)
{
    /// <summary>A text; null when it is absent.</summary>
    public string? Text(string key) => settings.GetValueOrDefault(key);

    /// <summary>A truth value; false when it is absent.</summary>
    public Result<bool> Flag(string key) => Text(key) switch
    {
        null or "false" => false,
        "true" => true,
        var text => new Failure(TrainingFailures.InvalidAdapter, $"The setting {key} is {Shown.Quote(text)}, and takes true or false."),
    };
}
