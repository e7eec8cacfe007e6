using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Slipway.Core.Failures;
using Slipway.Training.Data;
using Slipway.Training.Ports;
using Slipway.Training.Tokenizers;

namespace Slipway.Training.Adapters.Local;

/// <summary>Trains in a worker of one's own, with PyTorch.</summary>
public sealed class LocalTrainingClient : ITrainingClient
{
    private readonly LocalOptions _options;
    private readonly LocalWorker _worker;
    private readonly LocalModels _models;
    private readonly LocalTokenizers _tokenizers;

    private LocalTrainingClient(LocalOptions options, IHubClient? hub)
    {
        (_options, _worker, _models) = (options, new LocalWorker(options.Open), new LocalModels(hub));
        _tokenizers = new LocalTokenizers(_worker);
        Tokenizers = new LocalTokenizerSource(_worker, _models, _tokenizers, isOwner: false);
    }

    /// <inheritdoc/>
    public string Name => "local";

    /// <inheritdoc/>
    public bool IsSimulated => false;

    /// <summary>The tokenizers of its models, from the same worker. It ends with this client.</summary>
    public ITokenizerSource Tokenizers { get; }

    /// <summary>Makes the adapter; the worker starts when it is first needed.</summary>
    /// <param name="options">How it is set up.</param>
    /// <param name="hub">Where models are found that are neither built in nor a directory; null for nowhere.</param>
    public static Result<LocalTrainingClient> Create(LocalOptions options, IHubClient? hub)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Problem(options) is { } failure ? failure : new LocalTrainingClient(options, hub);
    }

    /// <inheritdoc/>
    public async Task<Result<ITrainingSession>> StartAsync(string model, LoraSettings lora, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lora);
        if (!(await _models.FindAsync(model, cancellationToken).ConfigureAwait(false)).TryGet(out var found, out var failure)
            || !(await _worker.ConnectAsync(cancellationToken).ConfigureAwait(false)).TryGet(out var connection, out failure))
        {
            return failure;
        }

        var name = NewName("model");
        var arguments = Arguments(found);
        arguments["model_id"] = name;
        arguments["gradient_checkpointing"] = _options.GradientCheckpointing;
        arguments["lora"] = new JsonObject
        {
            ["rank"] = lora.Rank,
            ["seed"] = lora.Seed ?? RandomNumberGenerator.GetInt32(int.MaxValue),
            ["train_mlp"] = lora.TrainMlp,
            ["train_attn"] = lora.TrainAttention,
            ["train_unembed"] = lora.TrainUnembedding,
        };
        if (!(await LocalCalls.CallAsync(connection, "training_create_model", arguments, [], cancellationToken).ConfigureAwait(false)).TryGet(out var made, out failure)
            || !(await _tokenizers.GetAsync(found, cancellationToken).ConfigureAwait(false)).TryGet(out var tokenizer, out failure))
        {
            return failure;
        }

        var place = new LocalPlace(connection, tokenizer, $"{_options.CheckpointRoot.TrimEnd('/')}/{name}", _options.TokenBudget);
        return new LocalTrainingSession(name, place, LocalAnswers.Facts(found.Name, made.Values));
    }

    /// <inheritdoc/>
    public async Task<Result<ISampler>> OpenSamplerAsync(SamplerSource source, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (!(await _models.FindAsync(source.Model, cancellationToken).ConfigureAwait(false)).TryGet(out var found, out var failure)
            || !(await _worker.ConnectAsync(cancellationToken).ConfigureAwait(false)).TryGet(out var connection, out failure))
        {
            return failure;
        }

        var name = NewName("sampler");
        var arguments = Arguments(found);
        arguments["sampler_id"] = name;
        arguments["path"] = source.Path;
        if (!(await LocalCalls.CallAsync(connection, "training_load_sampler", arguments, [], cancellationToken).ConfigureAwait(false)).TryGet(out _, out failure)
            || !(await _tokenizers.GetAsync(found, cancellationToken).ConfigureAwait(false)).TryGet(out var tokenizer, out failure))
        {
            return failure;
        }

        return new LocalSampler(connection, name, source.Path, tokenizer);
    }

    /// <summary>Writes weights for other programs: a PEFT adapter, or the whole model with the adapter in it.</summary>
    /// <param name="source">The weights.</param>
    /// <param name="directory">An absolute directory on the worker's machine that is not there yet.</param>
    /// <param name="isMerged">Whether it is the whole model.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Result<Unit>> ExportAsync(SamplerSource source, string directory, bool isMerged, CancellationToken cancellationToken)
    {
        if (!(await OpenSamplerAsync(source, cancellationToken).ConfigureAwait(false)).TryGet(out var sampler, out var failure))
        {
            return failure;
        }

        await using var closing = sampler.ConfigureAwait(false);
        return await ((LocalSampler)sampler).ExportAsync(directory, isMerged, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends the worker, and what is under way in it.</summary>
    public ValueTask DisposeAsync() => _worker.DisposeAsync();

    private static Failure? Problem(LocalOptions options) => options switch
    {
        { Open: null } => AdapterFailures.Missing("local", "Open"),
        { CheckpointRoot: null or "" } => AdapterFailures.Missing("local", "checkpoint_root"),
        { CheckpointRoot: [not '/', ..] } => AdapterFailures.Wrong("local", $"checkpoint_root is {options.CheckpointRoot}, and must be an absolute path."),
        { CacheDirectory: [not '/', ..] } => AdapterFailures.Wrong("local", $"cache_directory is {options.CacheDirectory}, and must be an absolute path."),
        { TokenBudget: < 1 } => AdapterFailures.Wrong("local", $"token_budget is {options.TokenBudget}, and must be at least 1."),
        _ => null,
    };

    private JsonObject Arguments(LocalModel model)
    {
        var arguments = model.Arguments;
        arguments["cache_directory"] = _options.CacheDirectory;
        arguments["device"] = _options.Device;
        return arguments;
    }

    // Never used twice, so that checkpoints of a resumed run do not meet those of the run before.
    private static string NewName(string kind) => $"{kind}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
}

/// <summary>Finds tokenizers through a worker, whose environment needs transformers for models that are not built in.</summary>
public sealed class LocalTokenizerSource : ITokenizerSource, IAsyncDisposable
{
    private readonly LocalWorker _worker;
    private readonly LocalModels _models;
    private readonly LocalTokenizers _tokenizers;
    private readonly bool _isOwner;

    internal LocalTokenizerSource(LocalWorker worker, LocalModels models, LocalTokenizers tokenizers, bool isOwner) =>
        (_worker, _models, _tokenizers, _isOwner) = (worker, models, tokenizers, isOwner);

    /// <inheritdoc/>
    public string Name => "local";

    /// <inheritdoc/>
    public bool IsSimulated => false;

    /// <summary>Makes the adapter with a worker of its own, which starts when it is first needed.</summary>
    /// <param name="open">Starts the worker.</param>
    /// <param name="hub">Where tokenizers are found that are neither built in nor in a directory; null for nowhere.</param>
    public static Result<LocalTokenizerSource> Create(Func<CancellationToken, Task<Result<Workers.Connections.WorkerConnection>>> open, IHubClient? hub)
    {
        if (open is null)
        {
            return AdapterFailures.Missing("local", "Open");
        }

        var worker = new LocalWorker(open);
        return new LocalTokenizerSource(worker, new LocalModels(hub), new LocalTokenizers(worker), isOwner: true);
    }

    /// <inheritdoc/>
    public async Task<Result<ITokenizer>> GetAsync(string model, CancellationToken cancellationToken)
    {
        var found = await _models.FindAsync(model, cancellationToken).ConfigureAwait(false);
        return found.TryGet(out var known, out var failure) ? await _tokenizers.GetAsync(known, cancellationToken).ConfigureAwait(false) : failure;
    }

    /// <summary>Ends the worker, when it is its own.</summary>
    public ValueTask DisposeAsync() => _isOwner ? _worker.DisposeAsync() : ValueTask.CompletedTask;
}
