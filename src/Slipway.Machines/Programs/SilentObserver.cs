using Slipway.Machines.Processes;

namespace Slipway.Machines.Programs;

/// <summary>An observer that shows nothing.</summary>
public sealed class SilentObserver : IProgramObserver
{
    /// <summary>The only instance.</summary>
    public static SilentObserver Instance { get; } = new();

    private SilentObserver()
    {
    }

    /// <inheritdoc/>
    public void StepStarted(string label)
    {
    }

    /// <inheritdoc/>
    public void StepOutput(string label, OutputStream stream, ReadOnlySpan<byte> chunk)
    {
    }

    /// <inheritdoc/>
    public void Waiting(string holder)
    {
    }
}
