using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Core.Toml;
using Slipway.Training.Adapters.Blobs;
using Slipway.Training.Adapters.Data;
using Slipway.Training.Adapters.Hub;
using Slipway.Training.Adapters.Llm;
using Slipway.Training.Adapters.Local;
using Slipway.Training.Adapters.Noop;
using Slipway.Training.Adapters.Tinker;
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
            || !Training(manifest, settings, hub).TryGet(out var pair, out failure)
            || !Datasets(manifest, hub).TryGet(out var datasets, out failure)
            || !Blobs(manifest, settings).TryGet(out var blobs, out failure)
            || !Llm(manifest, settings).TryGet(out var llm, out failure)
            || !Only(manifest, Port.Embedding).TryGet(out _, out failure)
            || !Only(manifest, Port.Vector).TryGet(out _, out failure))
        {
            return failure;
        }

        return new PortSet(pair.Training, pair.Tokenizer, datasets, blobs, hub, llm, new NoopEmbeddingClient(_calls), new NoopVectorStore(_calls));
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

    // One worker trains and knows the tokenizers, where training is in a worker; a service needs one for the tokenizers alone.
    private Result<(ITrainingClient Training, ITokenizerSource Tokenizer)> Training(PortManifest manifest, AdapterSettings settings, IHubClient hub)
    {
        var (training, tokenizer) = (manifest.Adapters[Port.Training], manifest.Adapters[Port.Tokenizer]);
        if (training is "local")
        {
            return Local(manifest, settings, hub).Map(Keep).Then(local => tokenizer is "local" ? Result.Ok(((ITrainingClient)local, local.Tokenizers)) : Tokenizers(manifest, hub).Map(source => ((ITrainingClient)local, source)));
        }

        return Tokenizers(manifest, hub).Then(source => training switch
        {
            "tinker" => TinkerOptions.Read(place.Variable).Map(options => ((ITrainingClient)Keep(new TinkerTrainingClient(options with { Time = place.Time }, source)), source)),
            "noop" => Result.Ok(((ITrainingClient)new NoopTrainingClient(_calls), source)),
            _ => Unknown(Port.Training, training, "local", "tinker", "noop"),
        });
    }

    private Result<ITokenizerSource> Tokenizers(PortManifest manifest, IHubClient hub) => manifest.Adapters[Port.Tokenizer] switch
    {
        "local" => LocalTokenizerSource.Create(token => place.OpenTraining(manifest, token), hub).Map<ITokenizerSource>(Keep),
        "noop" => new NoopTokenizerSource(_calls),
        var name => Unknown(Port.Tokenizer, name, "local", "noop"),
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
        "local" => LocalBlobStore.Create(place.BlobRoot, place.Time).Map<IBlobStore>(static store => store),
        "s3" => S3(settings).Map<IBlobStore>(Keep),
        "noop" => new NoopBlobStore(_calls),
        var name => Unknown(Port.Blob, name, "local", "s3", "noop"),
    };

    private static Result<S3BlobStore> S3(AdapterSettings settings) => settings.Flag("s3.path_style").Then(isPath => settings.Address("s3.endpoint").Then(endpoint => S3BlobStore.Create(new S3Options
    {
        Bucket = settings.Text("s3.bucket") ?? string.Empty,
        Prefix = settings.Text("s3.prefix") ?? string.Empty,
        Region = settings.Text("s3.region"),
        Endpoint = endpoint.OrDefault(),
        PathStyle = isPath,
    })));

    private Result<IHubClient> Hub(PortManifest manifest) => manifest.Adapters[Port.Hub] switch
    {
        "huggingface" => HubOptions.FromEnvironment(place.Variable).Then(HubClient.Create).Map<IHubClient>(Keep),
        "noop" => new NoopHubClient(_calls),
        var name => Unknown(Port.Hub, name, "huggingface", "noop"),
    };

    private Result<ILlmClient> Llm(PortManifest manifest, AdapterSettings settings) => manifest.Adapters[Port.Llm] switch
    {
        "openai" => OpenAi(settings),
        "openai-if-configured" => settings.Text("llm.base_url") is null ? new NoopLlmClient(_calls) : OpenAi(settings),
        "noop" => new NoopLlmClient(_calls),
        var name => Unknown(Port.Llm, name, "openai", "openai-if-configured", "noop"),
    };

    private Result<ILlmClient> OpenAi(AdapterSettings settings) => settings.Address("llm.base_url").Then(address => address.OrDefault() is not { } found
        ? AdapterFailures.Missing("openai", "llm.base_url")
        : LlmClient.Create(new LlmOptions
        {
            BaseAddress = found,
            Model = settings.Text("llm.model") ?? string.Empty,
            KeyVariable = settings.Text("llm.key_variable") ?? "OPENAI_API_KEY",
            Variable = place.Variable,
            Time = place.Time,
        }).Map<ILlmClient>(Keep));

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

    /// <summary>An address; none when it is absent.</summary>
    public Result<Maybe<Uri>> Address(string key) => Text(key) is not { } text ? Maybe<Uri>.None
        : Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? Maybe<Uri>.Of(address!)
        : new Failure(TrainingFailures.InvalidAdapter, $"The setting {key} is {Shown.Quote(text)}, and takes an http or https address.");

    /// <summary>A truth value; false when it is absent.</summary>
    public Result<bool> Flag(string key) => Text(key) switch
    {
        null or "false" => false,
        "true" => true,
        var text => new Failure(TrainingFailures.InvalidAdapter, $"The setting {key} is {Shown.Quote(text)}, and takes true or false."),
    };
}
