using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Training.Data;
using Slipway.Training.Ports;
using Slipway.Training.Tokenizers;

namespace Slipway.Training.Adapters.Tinker;

/// <summary>A model in training over Tinker.</summary>
internal sealed class TinkerTrainingSession(TinkerModel model, ITokenizer tokenizer) : ITrainingSession
{
    public ModelFacts Model => model.Facts;

    public ITokenizer Tokenizer => tokenizer;

    public Task<Result<ForwardOutput>> ForwardAsync(ImmutableArray<Datum> data, LossFunction loss, CancellationToken cancellationToken) =>
        model.PassAsync(data, loss, backward: false, cancellationToken);

    public Task<Result<ForwardOutput>> ForwardBackwardAsync(ImmutableArray<Datum> data, LossFunction loss, CancellationToken cancellationToken) =>
        model.PassAsync(data, loss, backward: true, cancellationToken);

    public Task<Result<StepOutput>> StepAsync(AdamParameters parameters, CancellationToken cancellationToken) => model.StepAsync(parameters, cancellationToken);

    public Task<Result<string>> SaveAsync(string name, TimeSpan? keep, CancellationToken cancellationToken) => Problem(name, keep) is { } problem
        ? Task.FromResult<Result<string>>(problem)
        : ReadPathAsync(model.OperateAsync(
            "save_weights",
            sequence => JsonBody.Of(json =>
            {
                Named(json, name, sequence, keep);
                json.WriteBoolean("overwrite", false);
                json.WriteString("type", "save_weights");
            }),
            static root => JsonRead.Text(root, "path"),
            cancellationToken));

    public Task<Result<Unit>> LoadAsync(string path, bool withOptimizer, CancellationToken cancellationToken) => TinkerPath.Parse(path).TryGet(out var parsed, out var failure)
        ? parsed.IsSampler
            ? Task.FromResult<Result<Unit>>(new Failure(TinkerFailures.BadPath, $"{parsed} is for sampling only and cannot be trained."))
            : model.LoadAsync(parsed, withOptimizer, cancellationToken)
        : Task.FromResult<Result<Unit>>(failure);

    public Task<Result<ISampler>> SnapshotAsync(string? name, TimeSpan? keep, CancellationToken cancellationToken) => name is not null && Problem(name, keep) is { } problem
        ? Task.FromResult<Result<ISampler>>(problem)
        : name is null ? UnnamedAsync(cancellationToken) : NamedAsync(name, keep, cancellationToken);

    public ValueTask DisposeAsync() => model.DisposeAsync();

    private static Failure? Problem(string name, TimeSpan? keep) => !TinkerPath.IsName(name)
        ? new Failure(TinkerFailures.NotSendable, $"{Shown.Quote(name)} cannot name a checkpoint: letters, digits, _ and - can, up to 255 of them.")
        : keep is { TotalSeconds: < 1 } ? new Failure(TinkerFailures.NotSendable, "A checkpoint is kept for a second at least.") : null;

    private static async Task<Result<string>> ReadPathAsync(Task<Result<string>> saving) =>
        (await saving.ConfigureAwait(false)).Then(static path => TinkerPath.Parse(path).Map(static parsed => parsed.ToString()));

    private Task<Result<ISampler>> UnnamedAsync(CancellationToken cancellationToken)
    {
        var saving = model.OperateAsync(
            "save_weights_for_sampler",
            sequence => JsonBody.Of(json =>
            {
                json.WriteString("model_id", model.Id);
                json.WriteNumber("sampling_session_seq_id", model.Service.NextSampler());
                json.WriteNumber("seq_id", sequence);
                json.WriteString("type", "save_weights_for_sampler");
            }),
            static root => JsonRead.Text(root, "sampling_session_id"),
            cancellationToken);
        return OpenAsync(saving);

        async Task<Result<ISampler>> OpenAsync(Task<Result<string>> opening) =>
            (await opening.ConfigureAwait(false)).Then(session => Result.Ok<ISampler>(new TinkerSampler(model.Service, session, null, tokenizer)));
    }

    private Task<Result<ISampler>> NamedAsync(string name, TimeSpan? keep, CancellationToken cancellationToken)
    {
        var saving = ReadPathAsync(model.OperateAsync(
            "save_weights_for_sampler",
            sequence => JsonBody.Of(json =>
            {
                Named(json, name, sequence, keep);
                json.WriteString("type", "save_weights_for_sampler");
            }),
            static root => JsonRead.Text(root, "path"),
            cancellationToken));
        return OpenAsync(saving);

        async Task<Result<ISampler>> OpenAsync(Task<Result<string>> saved) => (await saved.ConfigureAwait(false)).TryGet(out var path, out var failure)
            ? (await model.Service.OpenSamplingAsync("model_path", path, cancellationToken).ConfigureAwait(false))
                .Then(session => Result.Ok<ISampler>(new TinkerSampler(model.Service, session, path, tokenizer)))
            : failure;
    }

    private void Named(Utf8JsonWriter json, string name, long sequence, TimeSpan? keep)
    {
        json.WriteString("model_id", model.Id);
        json.WriteString("path", name);
        json.WriteNumber("seq_id", sequence);
        if (keep is { } time)
        {
            json.WriteNumber("ttl_seconds", (long)time.TotalSeconds);
        }
    }
}
