using Slipway.Core.Failures;
using Slipway.Machines;

namespace Slipway.Runs.Jobs;

/// <summary>Asks again after the connection was lost, for a while: what is asked about goes on without us.</summary>
/// <param name="time">The clock.</param>
internal sealed class Reconnection(TimeProvider time)
{
    private const int FirstSeconds = 1;
    private const int LongestSeconds = 30;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private long _since;
    private int _delay;

    /// <summary>Something was heard: the next loss is a new one.</summary>
    public void Heard() => _delay = 0;

    /// <summary>Runs a call until it is answered.</summary>
    /// <param name="call">The call.</param>
    /// <param name="notice">Told before every pause.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Result<T>> RunAsync<T>(Func<CancellationToken, Task<Result<T>>> call, Action<string> notice, CancellationToken cancellationToken)
        where T : notnull
    {
        while (true)
        {
            var result = await call(cancellationToken).ConfigureAwait(false);
            if (result.TryGet(out _, out var failure) || !IsLoss(failure))
            {
                return result;
            }

            _since = _delay == 0 ? time.GetTimestamp() : _since;
            if (time.GetElapsedTime(_since) > Patience)
            {
                return result;
            }

            _delay = _delay == 0 ? FirstSeconds : Math.Min(_delay * 2, LongestSeconds);
            notice($"{failure.Message} Trying again in {_delay} s.");
            await Task.Delay(TimeSpan.FromSeconds(_delay), time, cancellationToken).ConfigureAwait(false);
        }
    }

    // A host that cannot be reached the first time is told at once; after a loss it is waited for.
    private bool IsLoss(Failure failure) =>
        failure.Code == MachinesFailures.ConnectionLost || (_delay > 0 && failure.Code == MachinesFailures.HostUnreachable);
}
