using Slipway.Core.Failures;
using Slipway.Training.Data;
using Slipway.Training.Ports;

namespace Slipway.Training.Adapters.Tinker;

/// <summary>
/// Trains and samples over Tinker's HTTP interface. Nothing is sent before the first model or sampler is asked for. Texts are not tokenized by the service:
/// the tokenizer comes from the source that is given, by the name that the service tells or by the model's.
/// </summary>
public sealed class TinkerTrainingClient : ITrainingClient
{
    private readonly TinkerOptions _options;
    private readonly ITokenizerSource _tokenizers;
    private readonly TinkerHttp _http;
    private readonly SemaphoreSlim _opening = new(1, 1);
    private TinkerService? _service;

    /// <summary>A client. The options hold a key that was checked: see <see cref="TinkerOptions.Read"/>, which fails without one.</summary>
    /// <param name="options">The account and the limits.</param>
    /// <param name="tokenizers">Where tokenizers come from.</param>
    public TinkerTrainingClient(TinkerOptions options, ITokenizerSource tokenizers)
    {
        (_options, _tokenizers) = (options, tokenizers);
        _http = new TinkerHttp(options);
    }

    /// <inheritdoc/>
    public string Name => "tinker";

    /// <inheritdoc/>
    public bool IsSimulated => false;

    /// <inheritdoc/>
    public async Task<Result<ITrainingSession>> StartAsync(string model, LoraSettings lora, CancellationToken cancellationToken)
    {
        if (!(await StartModelAsync(model, lora, cancellationToken).ConfigureAwait(false)).TryGet(out var started, out var failure))
        {
            return failure;
        }

        if (!(await _tokenizers.GetAsync(started.Tokenizer, cancellationToken).ConfigureAwait(false)).TryGet(out var tokenizer, out failure))
        {
            await started.DisposeAsync().ConfigureAwait(false);
            return failure;
        }

        return new TinkerTrainingSession(started, tokenizer);
    }

    /// <inheritdoc/>
    public async Task<Result<ISampler>> OpenSamplerAsync(SamplerSource source, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        Failure? failure = null;
        if ((source.Path is not null && !TinkerPath.Parse(source.Path).TryGet(out _, out failure))
            || !(await ServiceAsync(cancellationToken).ConfigureAwait(false)).TryGet(out var service, out failure))
        {
            return failure;
        }

        if (source.Path is null && service.Refuses(source.Model) is { } refusal)
        {
            return refusal;
        }

        if (!(await _tokenizers.GetAsync(source.Model, cancellationToken).ConfigureAwait(false)).TryGet(out var tokenizer, out failure))
        {
            return failure;
        }

        var opened = await service.OpenSamplingAsync(source.Path is null ? "base_model" : "model_path", source.Path ?? source.Model, cancellationToken).ConfigureAwait(false);
        return opened.Then(session => Result.Ok<ISampler>(new TinkerSampler(service, session, source.Path, tokenizer)));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_service is not null)
        {
            await _service.DisposeAsync().ConfigureAwait(false);
        }

        _http.Dispose();
        _opening.Dispose();
    }

    internal async Task<Result<TinkerModel>> StartModelAsync(string model, LoraSettings lora, CancellationToken cancellationToken) =>
        (await ServiceAsync(cancellationToken).ConfigureAwait(false)).TryGet(out var service, out var failure)
            ? await TinkerModel.CreateAsync(service, model, lora, cancellationToken).ConfigureAwait(false)
            : failure;

    /// <summary>The session with the service, opened once; one that could not be opened is tried again by the next who asks.</summary>
    internal async Task<Result<TinkerService>> ServiceAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_service is not null)
            {
                return _service;
            }

            var opened = await TinkerService.OpenAsync(_http, _options, cancellationToken).ConfigureAwait(false);
            _service = opened.IsOk ? opened.Value : null;
            return opened;
        }
        finally
        {
            _opening.Release();
        }
    }
}
