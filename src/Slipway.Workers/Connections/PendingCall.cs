using Slipway.Core.Failures;
using Slipway.Workers.Frames;

namespace Slipway.Workers.Connections;

/// <summary>Why nobody waits for a call any more.</summary>
internal enum Interruption
{
    None,
    Cancelled,
    TimedOut,
}

/// <summary>A call that has been sent and has no end yet.</summary>
internal sealed class PendingCall(long id, WorkerCall call) : IDisposable
{
    private readonly TaskCompletionSource<Result<Frame>> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _interruption;
    private ITimer? _grace;

    public long Id => id;

    public WorkerCall Call => call;

    /// <summary>The frame that ends the call, or why there is none.</summary>
    public Task<Result<Frame>> End => _end.Task;

    public Interruption Interruption => (Interruption)Volatile.Read(ref _interruption);

    /// <summary>Notes why nobody waits any more; false when that is known already.</summary>
    public bool Interrupt(Interruption reason) => Interlocked.CompareExchange(ref _interruption, (int)reason, (int)Interruption.None) == (int)Interruption.None;

    /// <summary>Keeps the timer that ends the worker when the call does not end by itself.</summary>
    public void Watch(ITimer timer)
    {
        Volatile.Write(ref _grace, timer);
        if (_end.Task.IsCompleted)
        {
            timer.Dispose();
        }
    }

    public void Tell(Frame frame)
    {
        try
        {
            call.Progress?.Invoke(new WorkerEvent(frame.Name, frame.Body, frame.Tensors));
        }
        catch (Exception defect)
        {
            // The listener is the caller's: the exception is handed to it, and everyone else goes on.
            _end.TrySetException(defect);
        }
    }

    public void Finish(Result<Frame> end) => _end.TrySetResult(end);

    public void Dispose() => Volatile.Read(ref _grace)?.Dispose();
}
