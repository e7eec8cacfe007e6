using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Slipway.Core.Failures;
using Slipway.Training.Data;
using Slipway.Training.Ports;
using Slipway.Training.Tokenizers;

namespace Slipway.Training.Adapters.Noop;

/// <summary>Trains nothing: log-probabilities are 0, sequences are empty, and examples are checked all the same.</summary>
/// <param name="calls">Where calls are counted.</param>
public sealed class NoopTrainingClient(NoopCalls calls) : ITrainingClient
{
    /// <inheritdoc/>
    public string Name => "noop";

    /// <inheritdoc/>
    public bool IsSimulated => true;

    /// <inheritdoc/>
    public Task<Result<ITrainingSession>> StartAsync(string model, LoraSettings lora, CancellationToken cancellationToken) =>
        calls.Answer<ITrainingSession>("training.start", new NoopSession(calls, model));

    /// <inheritdoc/>
    public Task<Result<ISampler>> OpenSamplerAsync(SamplerSource source, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        return calls.Answer<ISampler>("training.open_sampler", new NoopSampler(calls, source.Model, source.Path));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

internal sealed class NoopSession(NoopCalls calls, string model) : ITrainingSession
{
    private int _steps;

    public ModelFacts Model { get; } = new(model, Context: null, Parameters: null, Trainable: null, "noop");

    public ITokenizer Tokenizer { get; } = new ByteTokenizer(model);

    public Task<Result<ForwardOutput>> ForwardAsync(ImmutableArray<Datum> data, LossFunction loss, CancellationToken cancellationToken) => Pass("training.forward", data, loss);

    public Task<Result<ForwardOutput>> ForwardBackwardAsync(ImmutableArray<Datum> data, LossFunction loss, CancellationToken cancellationToken) =>
        Pass("training.forward_backward", data, loss);

    public Task<Result<StepOutput>> StepAsync(AdamParameters parameters, CancellationToken cancellationToken) => calls.Answer(
        "training.step", new StepOutput(ImmutableSortedDictionary.Create<string, double>(StringComparer.Ordinal).Add("step", Interlocked.Increment(ref _steps))));

    public Task<Result<string>> SaveAsync(string name, TimeSpan? keep, CancellationToken cancellationToken) => calls.Answer("training.save", $"noop:weights/{name}");

    public Task<Result<Unit>> LoadAsync(string path, bool withOptimizer, CancellationToken cancellationToken) => calls.Answer("training.load", Unit.Value);

    public Task<Result<ISampler>> SnapshotAsync(string? name, TimeSpan? keep, CancellationToken cancellationToken) =>
        calls.Answer<ISampler>("training.snapshot", new NoopSampler(calls, Model.Name, name is null ? null : $"noop:sampler_weights/{name}"));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Task<Result<ForwardOutput>> Pass(string operation, ImmutableArray<Datum> data, LossFunction loss)
    {
        calls.Count(operation);
        return Task.FromResult(DatumCheck.Prepare(data, loss).Map(static prepared => new ForwardOutput(
            [.. prepared.Select(static datum => datum.LossInputs[LossInput.TargetTokens]).Select(static targets => new FloatTensor(ImmutableCollectionsMarshal.AsImmutableArray(new float[targets.Count]), targets.Shape))],
            ImmutableSortedDictionary.Create<string, double>(StringComparer.Ordinal).Add("loss:sum", 0))));
    }
}

internal sealed class NoopSampler(NoopCalls calls, string model, string? path) : ISampler
{
    private static readonly SampledSequence Nothing = new(StopReason.Stop, [], []);

    public string? Path => path;

    public ITokenizer Tokenizer { get; } = new ByteTokenizer(model);

    public Task<Result<ImmutableArray<SampleOutput>>> SampleAsync(SampleRequest request, CancellationToken cancellationToken) =>
        calls.Answer<ImmutableArray<SampleOutput>>("training.sample", [.. request.Prompts.Select(prompt => Output(prompt.Input.Length, request))]);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static SampleOutput Output(int length, SampleRequest request) => new(
        [.. Enumerable.Repeat(Nothing, request.Samples)],
        request.PromptLogprobs ? [.. Enumerable.Range(0, length).Select(static position => position == 0 ? float.NaN : 0)] : [],
        request.TopPromptLogprobs > 0 ? [.. Enumerable.Repeat(ImmutableArray<TokenLogprob>.Empty, length)] : []);
}
