using System.Text;
using Slipway.Machines.Processes;

namespace Slipway.Cli.Terminal;

/// <summary>Whole lines of one of several hosts, each behind the host's name. A line of one host is never cut by another's.</summary>
/// <param name="prefix">What stands before each line.</param>
/// <param name="output">Standard output and error, shared by all hosts.</param>
internal sealed class PrefixedOutput(string prefix, PassThrough output) : IOutputSink
{
    private readonly byte[] _prefix = Encoding.UTF8.GetBytes(prefix);
    private readonly MemoryStream[] _lines = [new(), new()];

    /// <inheritdoc/>
    public void Write(OutputStream stream, ReadOnlySpan<byte> chunk)
    {
        var line = _lines[(int)stream];
        while (!chunk.IsEmpty)
        {
            var end = chunk.IndexOf((byte)'\n');
            line.Write(end < 0 ? chunk : chunk[..end]);
            chunk = end < 0 ? default : chunk[(end + 1)..];
            if (end >= 0)
            {
                Flush(stream, line);
            }
        }
    }

    /// <summary>Writes what has no newline at its end.</summary>
    public void Complete()
    {
        foreach (var stream in (OutputStream[])[OutputStream.Output, OutputStream.Error])
        {
            if (_lines[(int)stream].Length > 0)
            {
                Flush(stream, _lines[(int)stream]);
            }
        }
    }

    // Of a line that was drawn over itself, as a progress bar does, the last state counts.
    private void Flush(OutputStream stream, MemoryStream line)
    {
        var text = line.ToArray().AsSpan().TrimEnd((byte)'\r');
        text = text[(text.LastIndexOf((byte)'\r') + 1)..];
        byte[] whole = [.. _prefix, .. text, (byte)'\n'];
        line.SetLength(0);
        lock (output)
        {
            output.Write(stream, whole);
        }
    }
}
