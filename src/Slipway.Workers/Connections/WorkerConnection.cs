using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Machines;
using Slipway.Machines.Processes;
using Slipway.Machines.Programs;
using Slipway.Workers.Code;
using Slipway.Workers.Frames;

namespace Slipway.Workers.Connections;

/// <summary>
/// One worker: a Python process that lives in an environment, holds its lease, and answers calls. Calls may be made concurrently; the worker
/// takes them one after the other. Whatever goes wrong with the process ends all open calls with the same coded failure, and leaves no process.
/// </summary>
public sealed class WorkerConnection : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<long, PendingCall> _calls = [];
    private readonly InputFeed _feed = new();
    private readonly CancellationTokenSource _end = new();
    private readonly WorkerOptions _options;
    private readonly WorkerOutput _output;
    private long _lastId;
    private Failure? _failure;
    private bool _closing;
    private Task _life = Task.CompletedTask;

    private WorkerConnection(WorkerOptions options)
    {
        _options = options;
        _output = new WorkerOutput(options, Receive, Fault);
    }

    /// <summary>What the worker said of itself.</summary>
    public WorkerInfo Info { get; private set; } = null!;

    /// <summary>Why the worker takes no more calls; null while it does.</summary>
    public Failure? Failure
    {
        get
        {
            lock (_lock)
            {
                return _failure;
            }
        }
    }

    /// <summary>The last 64 KiB that the worker wrote to its standard error, prints included; secrets are taken out.</summary>
    public string ErrorTail => _output.Tail;

    /// <summary>Ends when the process has ended, for whatever reason.</summary>
    public Task Completion => _life;

    /// <summary>Starts a worker and waits until it has answered.</summary>
    /// <param name="host">Where.</param>
    /// <param name="environment">In what.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Ends the start; nothing is left running.</param>
    public static async Task<Result<WorkerConnection>> OpenAsync(BuildHost host, WorkerEnvironment environment, WorkerOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(options);
        if (!(await WorkerCode.PlaceAsync(host, cancellationToken).ConfigureAwait(false)).TryGet(out var main, out var failure))
        {
            return failure;
        }

        var connection = new WorkerConnection(options);
        var isUp = false;
        try
        {
            var command = ProcessCommand.Create(environment.Python, "-I", "-X", "utf8", main) with
            {
                Environment = environment.Activation,
                WorkingDirectory = options.WorkingDirectory,
                Feed = connection._feed,
                Grace = options.Grace,
                CaptureLimit = 0,
            };
            connection._life = connection.LiveAsync(host, environment, command);
            var greeted = await connection.GreetAsync(cancellationToken).ConfigureAwait(false);
            isUp = greeted.IsOk;
            return greeted.Map(_ => connection);
        }
        finally
        {
            if (!isUp)
            {
                await connection.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>Calls an operation and waits for its end.</summary>
    /// <param name="call">The call.</param>
    /// <param name="cancellationToken">
    /// Asks the operation to end. One that does not within the grace takes the worker with it; the call ends when either has happened.
    /// </param>
    /// <returns>What the operation gave; a failure of the operation, which leaves the worker usable, or of the worker, which does not (see <see cref="Failure"/>).</returns>
    /// <exception cref="OperationCanceledException">Cancelled, and nothing of the call runs any more.</exception>
    public async Task<Result<WorkerAnswer>> CallAsync(WorkerCall call, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(call);
        cancellationToken.ThrowIfCancellationRequested();
        using var pending = new PendingCall(Interlocked.Increment(ref _lastId), call);
        var frame = new Frame(pending.Id, FrameKind.Call, call.Operation, call.Arguments, call.Tensors);
        if (!FrameWriter.Write(frame, _options.Limits).TryGet(out var pieces, out var failure))
        {
            return failure;
        }

        if (Send(pieces, pending) is { } over)
        {
            return over;
        }

        var registration = cancellationToken.UnsafeRegister(_ => Interrupt(pending, Interruption.Cancelled), state: null);
        await using var unregister = registration.ConfigureAwait(false);
        using var limit = call.Timeout is { } time
            ? _options.Time.CreateTimer(_ => Interrupt(pending, Interruption.TimedOut), state: null, time, Timeout.InfiniteTimeSpan)
            : null;
        var ended = await pending.End.ConfigureAwait(false);
        return Conclude(pending, ended, cancellationToken);
    }

    /// <summary>Ends the worker: it sees the end of its input, and gets TERM and KILL when it does not end by itself. Open calls fail.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _failure ??= new Failure(WorkerFailures.Closed, "The worker was closed.");
            _closing = true;
        }

        _feed.Complete();
        try
        {
            await _life.WaitAsync(_options.Grace, _options.Time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            await _end.CancelAsync().ConfigureAwait(false);
            await _life.ConfigureAwait(false);
        }
    }

    private Result<WorkerAnswer> Conclude(PendingCall pending, Result<Frame> ended, CancellationToken cancellationToken)
    {
        switch (pending.Interruption)
        {
            case Interruption.Cancelled:
                throw new OperationCanceledException($"{pending.Call.Operation} was cancelled.", cancellationToken);
            case Interruption.TimedOut:
                return new Failure(WorkerFailures.TimedOut, $"{pending.Call.Operation} took longer than {pending.Call.Timeout!.Value.TotalSeconds:0.###} s.") { Detail = _output.LastLines() };
            default:
                return ended.Then(frame => frame.Kind is FrameKind.Answer
                    ? new WorkerAnswer(frame)
                    : (Result<WorkerAnswer>)OperationFailure.From(pending.Call.Operation, frame.Body, _output.Redact));
        }
    }

    private async Task<Result<WorkerInfo>> GreetAsync(CancellationToken cancellationToken)
    {
        var hello = WorkerCall.Of("hello", new JsonObject
        {
            ["variables"] = new JsonObject(_options.Variables.Concat(_options.Secrets).Select(static pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
            ["modules"] = new JsonArray([.. _options.Modules.Select(static module => new JsonObject { ["name"] = module.Name, ["source"] = module.Source })]),
        });
        var answered = await CallAsync(hello with { Timeout = _options.StartTimeout }, cancellationToken).ConfigureAwait(false);
        if (!answered.TryGet(out var answer, out var failure))
        {
            // What ended the process says more than that the call failed.
            return failure.Code == WorkerFailures.TimedOut || failure.Code == WorkerFailures.Died
                ? new Failure(WorkerFailures.NotStarted, $"The worker did not come up: {failure.Message}") { Detail = failure.Detail }
                : failure;
        }

        if (Read(answer.Values) is not { } info)
        {
            return new Failure(WorkerFailures.VersionMismatch, "The worker's first answer lacks what version 1 of the protocol says.");
        }

        Info = info;
        return info;
    }

    private static WorkerInfo? Read(JsonElement values) =>
        values.TryGetProperty("pid", out var pid) && pid.ValueKind is JsonValueKind.Number && pid.TryGetInt32(out var process)
        && values.TryGetProperty("version", out var version) && version.ValueKind is JsonValueKind.Number && version.TryGetInt32(out var spoken) && spoken == Frame.Version
        && values.TryGetProperty("python", out var python) && python.ValueKind is JsonValueKind.String
        && values.TryGetProperty("executable", out var executable) && executable.ValueKind is JsonValueKind.String
        && values.TryGetProperty("operations", out var operations) && operations.ValueKind is JsonValueKind.Array
            ? new WorkerInfo(process, python.GetString()!, executable.GetString()!, [.. operations.EnumerateArray().Select(static name => name.ToString())])
            : null;

    // Frames of several pieces must not mix, and what is written after the end of the input is a defect.
    private Failure? Send(ImmutableArray<ReadOnlyMemory<byte>> pieces, PendingCall? pending)
    {
        lock (_lock)
        {
            if (_failure is not null || _closing)
            {
                return _failure;
            }

            if (pending is not null)
            {
                _calls.Add(pending.Id, pending);
            }

            foreach (var piece in pieces)
            {
                _ = _feed.WriteAsync(piece);
            }

            return null;
        }
    }

    private void Receive(Frame frame)
    {
        PendingCall? pending;
        lock (_lock)
        {
            if (_calls.TryGetValue(frame.Id, out pending) && frame.Kind is not FrameKind.Event)
            {
                _calls.Remove(frame.Id);
            }
        }

        switch (frame.Kind)
        {
            case FrameKind.Call:
                Fault(new Failure(WorkerFailures.Garbage, "The worker sent a call."));
                break;
            case FrameKind.Event:
                pending?.Tell(frame);
                break;
            default:
                pending?.Finish(frame);
                break;
        }
    }

    private void Interrupt(PendingCall pending, Interruption reason)
    {
        if (pending.End.IsCompleted || !pending.Interrupt(reason))
        {
            return;
        }

        var cancel = WorkerCall.Of("cancel", new JsonObject { ["call"] = pending.Id });
        _ = Send(FrameWriter.Write(new Frame(Interlocked.Increment(ref _lastId), FrameKind.Call, cancel.Operation, cancel.Arguments, []), _options.Limits).Value, pending: null);
        pending.Watch(_options.Time.CreateTimer(
            _ => EndWith(pending), state: null, _options.Grace, Timeout.InfiniteTimeSpan));
    }

    private void EndWith(PendingCall pending)
    {
        if (!pending.End.IsCompleted)
        {
            Fault(new Failure(WorkerFailures.Died, $"The worker was ended, because {pending.Call.Operation} did not end when it was asked to."));
        }
    }

    // Ends the worker; its end ends the calls, so that nothing runs any more when they return.
    private void Fault(Failure failure)
    {
        lock (_lock)
        {
            if (_failure is not null)
            {
                return;
            }

            _failure = failure;
        }

        _end.Cancel();
    }

    /// <summary>Ends a worker that gives no sign of life.</summary>
    internal void Abort(string why) => Fault(new Failure(WorkerFailures.Died, why));

    private async Task LiveAsync(BuildHost host, WorkerEnvironment environment, ProcessCommand command)
    {
        Failure end;
        try
        {
            var ran = await host.Machine.RunGuardedAsync(environment.Guards(host.Layout), command, _output, _end.Token).ConfigureAwait(false);
            end = !ran.TryGet(out var outcome, out var failure) ? failure
                : outcome.Process is not { } process ? WorkerEnvironment.Gone(host, environment.Slot)
                : new Failure(WorkerFailures.Died, $"The worker on {host.Machine.Name} ended ({process.Describe()}) while it was needed.");
        }
        catch (OperationCanceledException)
        {
            end = new Failure(WorkerFailures.Closed, "The worker was ended.");
        }

        PendingCall[] open;
        lock (_lock)
        {
            end = _failure ??= end;

            // Only now has all been read that it wrote.
            end = _failure = end.Code == WorkerFailures.Died || end.Code == WorkerFailures.Garbage || end.Code == WorkerFailures.VersionMismatch
                ? end with { Detail = _output.LastLines() }
                : end;
            open = [.. _calls.Values];
            _calls.Clear();
        }

        foreach (var call in open)
        {
            call.Finish(end);
        }
    }
}
