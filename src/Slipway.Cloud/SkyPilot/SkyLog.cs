namespace Slipway.Cloud.SkyPilot;

/// <summary>Takes the lines of a log as they come, without terminal escapes and control lines.</summary>
public interface ISkyLogSink
{
    /// <summary>A line is complete.</summary>
    void Line(string text);

    /// <summary>What a progress bar or the server's spinner shows now; the next word of it replaces this one.</summary>
    void Progress(string text);
}

/// <summary>How a log ended.</summary>
/// <param name="RequestId">The request that read it; null where the server gave none.</param>
public sealed record SkyLogEnd(string? RequestId)
{
    /// <summary>The exit code of reading: 0 the job succeeded, 100 it failed, 101 it has not ended, 102 there is none, 103 it was cancelled; null where there is none.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Whether the log broke off and could not be taken up where it was.</summary>
    public bool IsInterrupted { get; init; }
}

/// <summary>Keeps the lines.</summary>
internal sealed class SkyLineList : ISkyLogSink
{
    public List<string> Lines { get; } = [];

    public void Line(string text) => Lines.Add(text);

    public void Progress(string text)
    {
    }
}
