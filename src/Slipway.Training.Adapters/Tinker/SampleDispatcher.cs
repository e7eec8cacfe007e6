using Slipway.Core.Failures;

namespace Slipway.Training.Adapters.Tinker;

/// <summary>Sends requests for samples: so many under way, so many bytes at a time, and none while the service takes no more.</summary>
internal sealed class SampleDispatcher(TinkerHttp http, TinkerOptions options) : IDisposable
{
    private readonly SemaphoreSlim _places = new(options.Limits.Samples, options.Limits.Samples);
    private readonly ByteBudget _bytes = new(options.Limits.SampleBytes);
    private readonly Lock _gate = new();
    private long _pauseStart = options.Time.GetTimestamp();
    private TimeSpan _pause;

    /// <summary>The body of the result of a request.</summary>
    public async Task<Result<byte[]>> RunAsync(TinkerCall call, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return (await AcceptAsync(call, cancellationToken).ConfigureAwait(false)).TryGet(out var accepted, out var failure)
                ? await new FuturePoll(http, options, accepted).RunAsync(cancellationToken).ConfigureAwait(false)
                : failure;
        }
        finally
        {
            _places.Release();
        }
    }

    public void Dispose() => _places.Dispose();

    private async Task<Result<Accepted>> AcceptAsync(TinkerCall call, CancellationToken cancellationToken)
    {
        var (start, size) = (options.Time.GetTimestamp(), call.Body!.Length);
        while (true)
        {
            while (Left() is { } left && left > TimeSpan.Zero)
            {
                await http.DelayAsync(left, cancellationToken).ConfigureAwait(false);
            }

            var answer = await SendAsync(call, size, cancellationToken).ConfigureAwait(false);
            if (answer.Status != 429 || answer.ShouldRetry == false || options.Time.GetElapsedTime(start) > options.Limits.SampleFor)
            {
                return TinkerHttp.ReadAccepted(call, answer);
            }

            Pause(RetryRule.Samples(answer, size));
        }
    }

    private async Task<Answer> SendAsync(TinkerCall call, int size, CancellationToken cancellationToken)
    {
        await _bytes.ReserveAsync(size, cancellationToken).ConfigureAwait(false);
        try
        {
            return await http.SubmitAsync(call, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _bytes.Release(size);
        }
    }

    private TimeSpan Left()
    {
        lock (_gate)
        {
            return _pause - options.Time.GetElapsedTime(_pauseStart);
        }
    }

    private void Pause(TimeSpan pause)
    {
        lock (_gate)
        {
            if (pause > _pause - options.Time.GetElapsedTime(_pauseStart))
            {
                (_pauseStart, _pause) = (options.Time.GetTimestamp(), pause);
            }
        }
    }
}
