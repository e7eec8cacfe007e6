using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Training.Data;
using Slipway.Training.Ports;
using Slipway.Training.Tokenizers;
using Slipway.Workers;
using Slipway.Workers.Connections;
using Slipway.Workers.Frames;

namespace Slipway.Training.Adapters.Local;

/// <summary>Where a session works.</summary>
/// <param name="Connection">The worker that has its model.</param>
/// <param name="Tokenizer">The model's tokenizer.</param>
/// <param name="Checkpoints">The absolute directory, on the worker's machine, of its checkpoints.</param>
/// <param name="TokenBudget">The most tokens that go through the model together; null for the worker's choice.</param>
internal sealed record LocalPlace(WorkerConnection Connection, ITokenizer Tokenizer, string Checkpoints, int? TokenBudget);

/// <summary>A model in the worker. Its calls are numbered as they are made, so that none is done after one that failed.</summary>
internal sealed partial class LocalTrainingSession(string name, LocalPlace place, ModelFacts model) : ITrainingSession
{
    private readonly Lock _order = new();
    private long _next = 1;
    private long _done;
    private int _open;
    private bool _uncertain;

    public ModelFacts Model => model;

    public ITokenizer Tokenizer => place.Tokenizer;

    public Task<Result<ForwardOutput>> ForwardAsync(ImmutableArray<Datum> data, LossFunction loss, CancellationToken cancellationToken) =>
        PassAsync("training_forward", data, loss, cancellationToken);

    public Task<Result<ForwardOutput>> ForwardBackwardAsync(ImmutableArray<Datum> data, LossFunction loss, CancellationToken cancellationToken) =>
        PassAsync("training_forward_backward", data, loss, cancellationToken);

    public async Task<Result<StepOutput>> StepAsync(AdamParameters parameters, CancellationToken cancellationToken)
    {
        var arguments = new JsonObject
        {
            ["adam"] = new JsonObject
            {
                ["learning_rate"] = parameters.LearningRate,
                ["beta1"] = parameters.Beta1,
                ["beta2"] = parameters.Beta2,
                ["eps"] = parameters.Epsilon,
                ["weight_decay"] = parameters.WeightDecay,
                ["grad_clip_norm"] = parameters.ClipNorm,
            },
        };
        var called = await SubmitAsync("training_optim_step", arguments, [], cancellationToken).ConfigureAwait(false);
        return called.Map(static answer => new StepOutput(LocalAnswers.Metrics(answer.Values)));
    }

    public async Task<Result<string>> SaveAsync(string name, TimeSpan? keep, CancellationToken cancellationToken)
    {
        if (NameProblem(name) is { } problem)
        {
            return problem;
        }

        var called = await SubmitAsync("training_save", Saving("weights", name, withOptimizer: true), [], cancellationToken).ConfigureAwait(false);
        return called.Map(static answer => answer.Values.GetProperty("path").GetString()!);
    }

    public async Task<Result<Unit>> LoadAsync(string path, bool withOptimizer, CancellationToken cancellationToken)
    {
        var called = await SubmitAsync("training_load", new JsonObject { ["path"] = path, ["with_optimizer"] = withOptimizer }, [], cancellationToken).ConfigureAwait(false);
        return called.Map(static _ => Unit.Value);
    }

    public async Task<Result<ISampler>> SnapshotAsync(string? name, TimeSpan? keep, CancellationToken cancellationToken)
    {
        if (name is not null && NameProblem(name) is { } problem)
        {
            return problem;
        }

        var sampler = $"sampler-{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
        var (saved, taken) = Snapshot(sampler, name, cancellationToken);
        if (!(await saved.ConfigureAwait(false)).TryGet(out var path, out var failure) || !(await taken.ConfigureAwait(false)).TryGet(out _, out failure))
        {
            return failure;
        }

        return new LocalSampler(place.Connection, sampler, path.Length == 0 ? null : path, Tokenizer);
    }

    public ValueTask DisposeAsync() => LocalDrop.DropAsync(place.Connection, "model_id", name);

    private async Task<Result<ForwardOutput>> PassAsync(string operation, ImmutableArray<Datum> data, LossFunction loss, CancellationToken cancellationToken)
    {
        if (!LocalPass.Make(data, loss, place.TokenBudget).TryGet(out var pass, out var failure)
            || !(await SubmitAsync(operation, pass.Arguments, pass.Tensors, cancellationToken).ConfigureAwait(false)).TryGet(out var answer, out failure))
        {
            return failure;
        }

        using var disposing = answer;
        return LocalAnswers.Forward(pass.Data, answer);
    }

    // Both or neither: nothing may come between what is kept and what is drawn from.
    private (Task<Result<string>> Saved, Task<Result<WorkerAnswer>> Taken) Snapshot(string sampler, string? name, CancellationToken cancellationToken)
    {
        lock (_order)
        {
            var saved = name is null ? Task.FromResult<Result<string>>(string.Empty) : SaveWeightsAsync(name, cancellationToken);
            return (saved, SubmitAsync("training_snapshot", new JsonObject { ["sampler_id"] = sampler }, [], cancellationToken));
        }
    }

    private async Task<Result<string>> SaveWeightsAsync(string name, CancellationToken cancellationToken)
    {
        var called = await SubmitAsync("training_save", Saving("sampler_weights", name, withOptimizer: false), [], cancellationToken).ConfigureAwait(false);
        return called.Map(static answer => answer.Values.GetProperty("path").GetString()!);
    }

    private JsonObject Saving(string kind, string name, bool withOptimizer) => new() { ["path"] = $"{place.Checkpoints}/{kind}/{name}", ["with_optimizer"] = withOptimizer };

    private Task<Result<WorkerAnswer>> SubmitAsync(string operation, JsonObject arguments, ImmutableArray<Tensor> tensors, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<Result<WorkerAnswer>>(cancellationToken);
        }

        lock (_order)
        {
            if (_uncertain)
            {
                return Task.FromResult<Result<WorkerAnswer>>(new Failure(AdapterFailures.Uncertain, $"{operation} was not done: an operation of the model before it was cancelled."));
            }

            (arguments["model_id"], arguments["seq_id"]) = (name, _next);
            _open++;
            return FollowAsync(_next++, LocalCalls.CallAsync(place.Connection, operation, arguments, tensors, cancellationToken));
        }
    }

    private async Task<Result<WorkerAnswer>> FollowAsync(long number, Task<Result<WorkerAnswer>> call)
    {
        var (counted, known) = (false, false);
        try
        {
            var answered = await call.ConfigureAwait(false);
            (counted, known) = (answered.IsOk, answered.IsOk || answered.Failure.Code != WorkerFailures.TimedOut);
            return answered;
        }
        finally
        {
            Count(number, counted, known);
        }
    }

    // The worker counts no call that failed, so the numbers go on from the last that went well; those still under way are refused by theirs.
    private void Count(long number, bool counted, bool known)
    {
        lock (_order)
        {
            _uncertain |= !known;
            _done = counted ? Math.Max(_done, number) : _done;
            _next = --_open == 0 ? _done + 1 : _next;
        }
    }

    private static Failure? NameProblem(string name) => NameForm().IsMatch(name)
        ? null
        : new Failure(AdapterFailures.BadName, $"{Shown.Quote(name)} is no name of a checkpoint.");

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,199}\z", RegexOptions.CultureInvariant)]
    private static partial Regex NameForm();
}
