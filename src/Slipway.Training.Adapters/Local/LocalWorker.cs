using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Slipway.Core.Failures;
using Slipway.Workers;
using Slipway.Workers.Connections;
using Slipway.Workers.Frames;

namespace Slipway.Training.Adapters.Local;

/// <summary>The one worker of an adapter: started when it is first needed, and started again for who comes after one that ended.</summary>
internal sealed class LocalWorker(Func<CancellationToken, Task<Result<WorkerConnection>>> open) : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private WorkerConnection? _connection;
    private bool _closed;

    /// <summary>The worker. Who has state in it keeps the connection, and so learns when it is gone.</summary>
    public async Task<Result<WorkerConnection>> ConnectAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_closed)
            {
                return new Failure(AdapterFailures.WorkerLost, "The training client was closed.");
            }

            if (_connection is { Failure: null } live)
            {
                return live;
            }

            await ForgetAsync().ConfigureAwait(false);
            var opened = await open(cancellationToken).ConfigureAwait(false);
            _connection = opened.IsOk ? opened.Value : null;
            return opened;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Calls an operation that needs no state of the worker.</summary>
    public async Task<Result<WorkerAnswer>> CallAsync(string operation, JsonObject arguments, ImmutableArray<Tensor> tensors, CancellationToken cancellationToken)
    {
        var connected = await ConnectAsync(cancellationToken).ConfigureAwait(false);
        return connected.TryGet(out var connection, out var failure)
            ? await LocalCalls.CallAsync(connection, operation, arguments, tensors, cancellationToken).ConfigureAwait(false)
            : failure;
    }

    public async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync().ConfigureAwait(false);
        _closed = true;
        await ForgetAsync().ConfigureAwait(false);
        _gate.Release();
    }

    private async Task ForgetAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }
}

/// <summary>Calls of training operations, whose failures are told in the words of training.</summary>
internal static class LocalCalls
{
    /// <summary>Calls an operation. It has its place in the worker's order when this returns.</summary>
    public static async Task<Result<WorkerAnswer>> CallAsync(
        WorkerConnection connection, string operation, JsonObject arguments, ImmutableArray<Tensor> tensors, CancellationToken cancellationToken)
    {
        var answered = await connection.CallAsync(WorkerCall.Of(operation, arguments) with { Tensors = tensors }, cancellationToken).ConfigureAwait(false);
        return answered.TryGet(out var answer, out var failure) ? answer : Translate(failure);
    }

    private static Failure Translate(Failure failure)
    {
        var code = Codes.GetValueOrDefault(failure.Code.Id);
        if (code is null)
        {
            // What is left names an argument or a defect of the worker, and says so better than anything here could.
            return failure;
        }

        var isOwn = code == AdapterFailures.ModuleMissing && !failure.Message.Contains("module torch", StringComparison.Ordinal);
        return failure with
        {
            Code = code,
            Message = code == AdapterFailures.WorkerLost ? $"{failure.Message} What was trained since the last checkpoint is lost." : failure.Message,
            Hint = isOwn ? failure.Hint : null,
        };
    }

    private static readonly ImmutableDictionary<string, FailureCode> Codes = ImmutableDictionary.CreateRange(StringComparer.Ordinal,
    [
        KeyValuePair.Create(WorkerFailures.ModuleMissing.Id, AdapterFailures.ModuleMissing),
        KeyValuePair.Create(WorkerFailures.NotFinite.Id, AdapterFailures.NotFinite),
        KeyValuePair.Create(WorkerFailures.OutOfMemory.Id, AdapterFailures.OutOfMemory),
        KeyValuePair.Create(WorkerFailures.CheckpointDamaged.Id, AdapterFailures.CheckpointDamaged),
        KeyValuePair.Create(WorkerFailures.CheckpointMismatch.Id, AdapterFailures.CheckpointMismatch),
        KeyValuePair.Create(WorkerFailures.OutOfOrder.Id, AdapterFailures.EarlierFailed),
        KeyValuePair.Create(WorkerFailures.ModelUnusable.Id, AdapterFailures.ModelUnusable),
        KeyValuePair.Create(WorkerFailures.Died.Id, AdapterFailures.WorkerLost),
        KeyValuePair.Create(WorkerFailures.Closed.Id, AdapterFailures.WorkerLost),
        KeyValuePair.Create(WorkerFailures.Garbage.Id, AdapterFailures.WorkerLost),
    ]);
}
