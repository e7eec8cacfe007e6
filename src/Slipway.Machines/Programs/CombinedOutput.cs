using Slipway.Machines.Posix;
using Slipway.Machines.Processes;

namespace Slipway.Machines.Programs;

/// <summary>Hands a step's output on and keeps the last lines of both streams as they came.</summary>
internal sealed class CombinedOutput(string label, IProgramObserver observer) : IOutputSink
{
    private const int KeptBytes = 16 * 1024;
    private const int KeptLines = 40;

    private readonly TailBuffer _tail = new(KeptBytes);

    public void Write(OutputStream stream, ReadOnlySpan<byte> chunk)
    {
        _tail.Append(chunk);
        observer.StepOutput(label, stream, chunk);
    }

    /// <summary>The last lines; of a line that was drawn over itself, the last state. Null when there was no output.</summary>
    public string? LastLines()
    {
        var lines = PosixText.Decode(_tail.ToArray()).TrimEnd().Split('\n');
        var last = lines[Math.Max(0, lines.Length - KeptLines)..];
        for (var i = 0; i < last.Length; i++)
        {
            var line = last[i].TrimEnd();
            last[i] = line[(line.LastIndexOf('\r') + 1)..];
        }

        var text = string.Join('\n', last);
        return text.Length == 0 ? null : text;
    }
}
