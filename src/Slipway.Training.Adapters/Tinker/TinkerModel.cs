using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Training.Data;
using Slipway.Training.Ports;

namespace Slipway.Training.Adapters.Tinker;

/// <summary>A model at the service, and the operations on it. Cancelling ends the wait for a result and not what was submitted: its place in the order is taken.</summary>
internal sealed class TinkerModel : IAsyncDisposable
{
    private static readonly TimeSpan UnloadTimeout = TimeSpan.FromSeconds(10);
    private readonly CancellationTokenSource _end = new();
    private readonly SubmitQueue _queue;
    private bool _unloaded;

    private TinkerModel(TinkerService service, string id, ModelFacts facts, string tokenizer)
    {
        (Service, Id, Facts, Tokenizer) = (service, id, facts, tokenizer);
        _queue = new SubmitQueue(service.Http, _end.Token);
    }

    public TinkerService Service { get; }

    public string Id { get; }

    public ModelFacts Facts { get; }

    /// <summary>The name by which the tokenizer is asked for.</summary>
    public string Tokenizer { get; }

    public static async Task<Result<TinkerModel>> CreateAsync(TinkerService service, string model, LoraSettings lora, CancellationToken cancellationToken)
    {
        if (service.Refuses(model) is { } refusal)
        {
            return refusal;
        }

        if (lora.Rank < 1)
        {
            return new Failure(TinkerFailures.NotSendable, $"The rank of an adapter is at least 1, not {lora.Rank}.");
        }

        if (!(await service.Http.AcceptAsync(CreateCall(service, model, lora), cancellationToken).ConfigureAwait(false)).TryGet(out var accepted, out var failure)
            || !(await new FuturePoll(service.Http, service.Options, accepted).RunAsync(cancellationToken).ConfigureAwait(false)).TryGet(out var created, out failure)
            || !JsonRead.From(created, "create_model", static root => JsonRead.Text(root, "model_id")).TryGet(out var id, out failure)
            || !(await InfoAsync(service, id, model, cancellationToken).ConfigureAwait(false)).TryGet(out var tokenizer, out failure))
        {
            return failure;
        }

        var facts = new ModelFacts(model, service.Offered.GetValueOrDefault(model), null, null, $"Tinker at {service.Options.Address.Host}");
        return new TinkerModel(service, id, facts, tokenizer);
    }

    /// <summary>A forward pass, with gradients or without; in parts when there are many examples.</summary>
    public Task<Result<ForwardOutput>> PassAsync(ImmutableArray<Datum> data, LossFunction loss, bool backward, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (data.IsEmpty || loss.Settings.Values.Any(static value => !double.IsFinite(value)))
        {
            return Task.FromResult<Result<ForwardOutput>>(new Failure(TinkerFailures.NotSendable, data.IsEmpty ? "There is no example." : $"A setting of {loss.Name} is not finite."));
        }

        if (!DatumCheck.Prepare(data, loss).TryGet(out var prepared, out var failure))
        {
            return Task.FromResult<Result<ForwardOutput>>(failure);
        }

        ImmutableArray<byte[]> examples = [.. prepared.Select(Service.Encoder.Example)];
        var parts = Service.Flags.Split(examples);
        ImmutableArray<Range> order = Service.Flags.LastFirst ? [.. parts[1..], parts[0]] : parts;
        var places = _queue.Add([.. order.Select(part => (Func<long, TinkerCall>)(sequence => new TinkerCall(
            backward ? "forward_backward" : "forward", Service.Encoder.Pass(Id, sequence, examples[part], loss, backward)) { ContentType = Service.Encoder.ContentType }))]);
        return CollectAsync(prepared, order, places, cancellationToken);
    }

    public Task<Result<StepOutput>> StepAsync(AdamParameters parameters, CancellationToken cancellationToken)
    {
        double[] numbers = [parameters.LearningRate, parameters.Beta1, parameters.Beta2, parameters.Epsilon, parameters.WeightDecay, parameters.ClipNorm];
        return numbers.All(double.IsFinite)
            ? OperateAsync("optim_step", sequence => Step(sequence, parameters), static root => new StepOutput(JsonRead.Metrics(root)), cancellationToken)
            : Task.FromResult<Result<StepOutput>>(new Failure(TinkerFailures.NotSendable, "A setting of the optimiser is not finite."));
    }

    /// <summary>Submits an operation in its place, and reads its result.</summary>
    public Task<Result<T>> OperateAsync<T>(string path, Func<long, byte[]> body, Func<System.Text.Json.JsonElement, T> read, CancellationToken cancellationToken)
        where T : notnull
    {
        cancellationToken.ThrowIfCancellationRequested();
        var place = _queue.Add([sequence => new TinkerCall(path, body(sequence))])[0];
        return ReadAsync(place, bytes => JsonRead.From(bytes, path, read), cancellationToken);
    }

    public Task<Result<Unit>> LoadAsync(TinkerPath path, bool withOptimizer, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var isFirst = _queue.TryAddFirst(sequence => new TinkerCall("load_weights", JsonBody.Of(json =>
        {
            json.WriteString("model_id", Id);
            json.WriteString("path", path.ToString());
            json.WriteBoolean("optimizer", withOptimizer);
            json.WriteNumber("seq_id", sequence);
            json.WriteString("type", "load_weights");
        })), out var place);
        return isFirst
            ? ReadAsync<Unit>(place!, static _ => default(Unit), cancellationToken)
            : Task.FromResult<Result<Unit>>(new Failure(TinkerFailures.NotFirst, $"{path} cannot be loaded: the model has done something before."));
    }

    /// <summary>Ends the model at the service.</summary>
    public async Task<Result<Unit>> UnloadAsync(CancellationToken cancellationToken)
    {
        _unloaded = true;
        var call = new TinkerCall("unload_model", JsonBody.Of("unload_model", "model_id", Id)) { WantsJson = false, Timeout = UnloadTimeout };
        var answer = await Service.Http.TryAsync(call, cancellationToken).ConfigureAwait(false);
        return answer.IsGood ? default(Unit) : answer.ToFailure("unload_model");
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        if (!_unloaded && !(await UnloadAsync(CancellationToken.None).ConfigureAwait(false)).TryGet(out _, out var failure))
        {
            Service.Options.Notice($"A model was left at Tinker, which ends it with the session: {failure.Message}");
        }
    }

    private static TinkerCall CreateCall(TinkerService service, string model, LoraSettings lora) => new("create_model", JsonBody.Of(json =>
    {
        json.WriteString("session_id", service.Session);
        json.WriteNumber("model_seq_id", service.NextModel());
        json.WriteString("base_model", model);
        json.WriteStartObject("lora_config");
        json.WriteNumber("rank", lora.Rank);
        if (lora.Seed is { } seed)
        {
            json.WriteNumber("seed", seed);
        }

        json.WriteBoolean("train_unembed", lora.TrainUnembedding);
        json.WriteBoolean("train_mlp", lora.TrainMlp);
        json.WriteBoolean("train_attn", lora.TrainAttention);
        json.WriteEndObject();
        json.WriteString("type", "create_model");
    }));

    private static Task<Result<string>> InfoAsync(TinkerService service, string id, string model, CancellationToken cancellationToken) => service.Http.AskAsync(
        new TinkerCall("get_info", JsonBody.Of("get_info", "model_id", id)),
        root => JsonRead.Field(root, "model_data") is { } data && JsonRead.OptionalText(data, "tokenizer_id") is { Length: > 0 } tokenizer ? tokenizer : model,
        cancellationToken);

    private byte[] Step(long sequence, AdamParameters parameters) => JsonBody.Of(json =>
    {
        json.WriteString("model_id", Id);
        json.WriteNumber("seq_id", sequence);
        json.WriteString("type", "optim_step");
        json.WriteStartObject("adam_params");
        json.WriteNumber("learning_rate", parameters.LearningRate);
        json.WriteNumber("beta1", parameters.Beta1);
        json.WriteNumber("beta2", parameters.Beta2);
        json.WriteNumber("eps", parameters.Epsilon);
        json.WriteNumber("weight_decay", parameters.WeightDecay);
        json.WriteNumber("grad_clip_norm", parameters.ClipNorm);
        json.WriteEndObject();
    });

    private async Task<Result<ForwardOutput>> CollectAsync(
        ImmutableArray<Datum> data, ImmutableArray<Range> order, ImmutableArray<Task<Result<Accepted>>> places, CancellationToken cancellationToken)
    {
        var outputs = await Task.WhenAll(order.Zip(places, (part, place) => ReadAsync(place, bytes => Service.Encoder.ReadPass(bytes, data[part]), cancellationToken))).ConfigureAwait(false);
        var failed = outputs.Where(static output => !output.IsOk).Select(static output => output.Failure).ToList();
        return failed.Count > 0
            ? failed.Find(static failure => failure.Code != TinkerFailures.EarlierLost) ?? failed[0]
            : ForwardOutputs.Combine([.. order.Zip(outputs).OrderBy(static pair => pair.First.Start.Value).Select(static pair => pair.Second.Value)]);
    }

    private async Task<Result<T>> ReadAsync<T>(Task<Result<Accepted>> place, Func<byte[], Result<T>> read, CancellationToken cancellationToken)
        where T : notnull
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _end.Token);
        if (!(await place.WaitAsync(end.Token).ConfigureAwait(false)).TryGet(out var accepted, out var failure))
        {
            return failure;
        }

        var result = await new FuturePoll(Service.Http, Service.Options, accepted).RunAsync(end.Token).ConfigureAwait(false);
        return result.Then(read);
    }
}
