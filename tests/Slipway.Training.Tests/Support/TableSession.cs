using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Training.Data;
using Slipway.Training.Ports;
using Slipway.Training.Tokenizers;

namespace Slipway.Training.Tests.Support;

/// <summary>A model whose log-probability of a token is a parameter of its own, so that gradients can be read off: d(loss)/d(parameter).</summary>
internal sealed class TableSession(params double[] parameters) : ITrainingSession
{
    internal double[] Gradients { get; } = new double[parameters.Length];

    internal List<ImmutableArray<Datum>> Calls { get; } = [];

    public ModelFacts Model => new("table", null, parameters.Length, parameters.Length, "none");

    public ITokenizer Tokenizer { get; } = new ByteTokenizer();

    public Task<Result<ForwardOutput>> ForwardAsync(ImmutableArray<Datum> data, LossFunction loss, CancellationToken cancellationToken)
    {
        Calls.Add(data);
        var logprobs = data.Select(datum => TensorData.Of([.. datum.Longs(LossInput.TargetTokens).Select(token => (float)parameters[token])])).ToImmutableArray();
        return Task.FromResult<Result<ForwardOutput>>(new ForwardOutput(logprobs, Checked.Metrics(("loss:sum", -1), ("tokens:sum", 2))));
    }

    public Task<Result<ForwardOutput>> ForwardBackwardAsync(ImmutableArray<Datum> data, LossFunction loss, CancellationToken cancellationToken)
    {
        foreach (var datum in data)
        {
            foreach (var (token, weight) in datum.Longs(LossInput.TargetTokens).Zip(datum.Floats(LossInput.Weights)))
            {
                Gradients[token] -= weight;
            }
        }

        return ForwardAsync(data, loss, cancellationToken);
    }

    public Task<Result<StepOutput>> StepAsync(AdamParameters parameters, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<Result<string>> SaveAsync(string name, TimeSpan? keep, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<Result<Unit>> LoadAsync(string path, bool withOptimizer, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<Result<ISampler>> SnapshotAsync(string? name, TimeSpan? keep, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
