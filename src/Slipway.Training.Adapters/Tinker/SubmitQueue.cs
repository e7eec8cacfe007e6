using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Slipway.Core.Failures;

namespace Slipway.Training.Adapters.Tinker;

/// <summary>
/// Submits the operations of one model in the order of their sequence numbers, which they get when they are added. Each is taken by the service before the
/// next is sent. A number is never given twice, and one that was not taken ends the model: a step must not be taken on a part of the gradients.
/// </summary>
internal sealed class SubmitQueue(TinkerHttp http, CancellationToken end)
{
    private readonly Lock _gate = new();
    private long _next = 1;
    private Task _tail = Task.CompletedTask;
    private volatile Failure? _lost;

    /// <summary>Gives operations their places, one after another.</summary>
    public ImmutableArray<Task<Result<Accepted>>> Add(ImmutableArray<Func<long, TinkerCall>> calls)
    {
        lock (_gate)
        {
            return [.. calls.Select(Place)];
        }
    }

    /// <summary>Gives an operation the first place; false when there was one before.</summary>
    public bool TryAddFirst(Func<long, TinkerCall> call, [NotNullWhen(true)] out Task<Result<Accepted>>? place)
    {
        lock (_gate)
        {
            place = _next == 1 ? Place(call) : null;
            return place is not null;
        }
    }

    private Task<Result<Accepted>> Place(Func<long, TinkerCall> call)
    {
        var (before, sequence) = (_tail, _next++);
        var place = Task.Run(() => SubmitAsync(before, call, sequence), CancellationToken.None);
        _tail = place;
        return place;
    }

    private async Task<Result<Accepted>> SubmitAsync(Task before, Func<long, TinkerCall> call, long sequence)
    {
        await before.ConfigureAwait(false);
        if (_lost is { } lost)
        {
            return new Failure(TinkerFailures.EarlierLost, $"Operation {sequence} of the model was not sent: {lost.Message}");
        }

        var accepted = await http.AcceptAsync(call(sequence), end).ConfigureAwait(false);
        _lost = accepted.TryGet(out _, out var failure) ? null : failure;
        return accepted;
    }
}
