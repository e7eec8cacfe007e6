using System.Text;
using Slipway.Machines.Processes;

namespace Slipway.Machines.Tests.Support;

/// <summary>Collects output and lets a test wait for a line of it.</summary>
public sealed class Collector : IOutputSink
{
    private readonly Lock _gate = new();
    private readonly StringBuilder _text = new();
    private readonly List<(string Start, TaskCompletionSource<string> Found)> _awaited = [];

    public void Write(OutputStream stream, ReadOnlySpan<byte> chunk)
    {
        lock (_gate)
        {
            _text.Append(Encoding.Latin1.GetString(chunk));
            foreach (var (start, found) in _awaited)
            {
                Check(start, found);
            }
        }
    }

    /// <summary>The first whole line that begins with <paramref name="start"/>, when it comes.</summary>
    public Task<string> LineAsync(string start)
    {
        var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _awaited.Add((start, found));
            Check(start, found);
        }

        return found.Task;
    }

    private void Check(string start, TaskCompletionSource<string> found)
    {
        var lines = _text.ToString().Split('\n');
        foreach (var line in lines[..^1])
        {
            if (line.StartsWith(start, StringComparison.Ordinal))
            {
                found.TrySetResult(line);
            }
        }
    }
}
