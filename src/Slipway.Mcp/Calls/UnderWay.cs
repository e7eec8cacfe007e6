namespace Slipway.Mcp.Calls;

/// <summary>The calls that are under way: the end of the server ends them, and is not over before they are, so that no verb is left behind.</summary>
/// <param name="ending">The end of the server.</param>
internal sealed class UnderWay(CancellationToken ending)
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;
    private bool _isEnding;

    /// <summary>Does a call.</summary>
    public async ValueTask<T> DoAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _count++;
        }

        try
        {
            using var joined = CancellationTokenSource.CreateLinkedTokenSource(ending, cancellationToken);
            return await call(joined.Token).ConfigureAwait(false);
        }
        finally
        {
            lock (_gate)
            {
                if (--_count == 0 && _isEnding)
                {
                    _drained.TrySetResult();
                }
            }
        }
    }

    /// <summary>Waits until none is left.</summary>
    public Task DrainAsync()
    {
        lock (_gate)
        {
            _isEnding = true;
            return _count == 0 ? Task.CompletedTask : _drained.Task;
        }
    }
}
