using System.Collections.Concurrent;

namespace Slipway.Environments.Tests.Support;

/// <summary>Keeps what was told.</summary>
internal sealed class RecordingProgress : IBuildProgress
{
    public ConcurrentQueue<string> Stages { get; } = new();

    public ConcurrentQueue<string> Details { get; } = new();

    public void Stage(string text) => Stages.Enqueue(text);

    public void Detail(string text) => Details.Enqueue(text);

    public void Warn(string text) => Stages.Enqueue($"warning: {text}");

    public void Waiting(string holder)
    {
    }
}
