using Slipway.Core.Failures;
using Slipway.Machines.Posix;
using Slipway.Machines.Processes;
using Slipway.Workers.Frames;

namespace Slipway.Workers.Connections;

/// <summary>What a worker writes: frames, and words for people of which the last are kept.</summary>
internal sealed class WorkerOutput(WorkerOptions options, Action<Frame> found, Action<Failure> broken) : IOutputSink
{
    private const int KeptBytes = 64 * 1024;
    private const int ShownLines = 40;
    private readonly FrameReader _reader = new(options.Limits, found);
    private readonly TailBuffer _tail = new(KeptBytes);
    private readonly Lock _lock = new();

    /// <summary>The last 64 KiB of standard error, secrets taken out.</summary>
    public string Tail
    {
        get
        {
            lock (_lock)
            {
                return Redact(PosixText.Decode(_tail.ToArray()));
            }
        }
    }

    /// <summary>The last lines of that; null when nothing was written.</summary>
    public string? LastLines()
    {
        var lines = Tail.TrimEnd().Split('\n');
        var text = string.Join('\n', lines[Math.Max(0, lines.Length - ShownLines)..]);
        return text.Length == 0 ? null : text;
    }

    /// <summary>The text without secrets.</summary>
    public string Redact(string text) => options.Secrets.Values.Where(static secret => secret.Length > 0)
        .OrderByDescending(static secret => secret.Length)
        .Aggregate(text, static (rest, secret) => rest.Replace(secret, "***", StringComparison.Ordinal));

    public Span<byte> Room(OutputStream stream) => stream is OutputStream.Output && _reader.Failure is null ? _reader.Room : default;

    public void Write(OutputStream stream, ReadOnlySpan<byte> chunk)
    {
        if (stream is OutputStream.Error)
        {
            lock (_lock)
            {
                _tail.Append(chunk);
            }
        }
        else if (_reader.Failure is null && _reader.Append(chunk) is { } failure)
        {
            broken(failure);
        }
    }
}
