namespace Slipway.Training.Adapters.Tinker;

/// <summary>Lets in so many bytes at a time, in the order of asking. They are reserved before anything is sent, so that the limit holds; what is larger than all goes alone.</summary>
internal sealed class ByteBudget(long most)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<(long Size, TaskCompletionSource Granted)> _waiting = [];
    private long _used;

    public async Task ReserveAsync(long size, CancellationToken cancellationToken)
    {
        var granted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _waiting.AddLast((size, granted));
            Grant();
        }

        try
        {
            await granted.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Withdraw(size, granted);
            throw;
        }
    }

    public void Release(long size)
    {
        lock (_gate)
        {
            _used -= size;
            Grant();
        }
    }

    private void Withdraw(long size, TaskCompletionSource granted)
    {
        lock (_gate)
        {
            if (granted.Task.IsCompleted)
            {
                _used -= size;
            }
            else
            {
                _waiting.Remove((size, granted));
            }

            Grant();
        }
    }

    private void Grant()
    {
        while (_waiting.First is { } first && (_used == 0 || _used + first.Value.Size <= most))
        {
            _waiting.RemoveFirst();
            _used += first.Value.Size;
            first.Value.Granted.SetResult();
        }
    }
}
