using System.Text;
using Slipway.Machines.Processes;
using Slipway.Machines.Programs;

namespace Slipway.Machines.Tests.Support;

/// <summary>Remembers what a program reported.</summary>
public sealed class RecordingObserver : IProgramObserver
{
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<string> _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public List<string> Labels { get; } = [];

    public string Output => _output.ToString();

    /// <summary>The holder's text, once the program waits.</summary>
    public Task<string> WaitingFor => _waiting.Task;

    /// <summary>When the first process is started.</summary>
    public Task Started => _started.Task;

    public void StepStarted(string label)
    {
        Labels.Add(label);
        _started.TrySetResult();
    }

    public void StepOutput(string label, OutputStream stream, ReadOnlySpan<byte> chunk) => _output.Append(Encoding.UTF8.GetString(chunk));

    public void Waiting(string holder) => _waiting.TrySetResult(holder);
}
