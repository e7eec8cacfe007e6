using Slipway.Machines.Processes;
using Slipway.Machines.Programs;

namespace Slipway.Crash.Tests.Support;

/// <summary>Tells when a program waits for a lock.</summary>
internal sealed class WaitObserver : IProgramObserver
{
    private readonly TaskCompletionSource<string> _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The holder's text, once there is waiting.</summary>
    public Task<string> Waited => _waiting.Task;

    public void StepStarted(string label)
    {
    }

    public void StepOutput(string label, OutputStream stream, ReadOnlySpan<byte> chunk)
    {
    }

    public void Waiting(string holder) => _waiting.TrySetResult(holder);
}
