using Slipway.Machines.Posix;
using Slipway.Machines.Processes;

namespace Slipway.Machines.Ssh.Remote;

/// <summary>
/// Takes our own lines out of a stream. They begin with a nonce that nothing else can know, anywhere in a line, and end in a newline;
/// all other bytes pass exactly as they came.
/// </summary>
/// <param name="stream">Which stream this is.</param>
/// <param name="nonce">The nonce.</param>
/// <param name="sink">Receives the rest.</param>
/// <param name="line">Receives each line of ours, without nonce and newline.</param>
internal sealed class ControlLines(OutputStream stream, byte[] nonce, IOutputSink sink, Action<string> line)
{
    private readonly List<byte> _held = [];

    /// <summary>Bytes as they come.</summary>
    public void Write(ReadOnlySpan<byte> chunk)
    {
        if (_held.Count > 0)
        {
            _held.AddRange(chunk);
            byte[] all = [.. _held];
            _held.Clear();
            Split(all);
        }
        else
        {
            Split(chunk);
        }
    }

    /// <summary>The stream ended: what was held back was no line of ours.</summary>
    public void End()
    {
        if (_held.Count > 0)
        {
            sink.Write(stream, _held.ToArray());
            _held.Clear();
        }
    }

    private void Split(ReadOnlySpan<byte> bytes)
    {
        while (true)
        {
            var start = bytes.IndexOf(nonce);
            if (start < 0)
            {
                var kept = PartialAtEnd(bytes);
                Pass(bytes[..^kept]);
                _held.AddRange(bytes[^kept..]);
                return;
            }

            Pass(bytes[..start]);
            var rest = bytes[start..];
            var end = rest.IndexOf((byte)'\n');
            if (end < 0)
            {
                _held.AddRange(rest);
                return;
            }

            line(PosixText.Decode(rest[nonce.Length..end]).TrimStart(' '));
            bytes = rest[(end + 1)..];
        }
    }

    private void Pass(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.IsEmpty)
        {
            sink.Write(stream, bytes);
        }
    }

    // How many bytes at the end could be the beginning of the nonce.
    private int PartialAtEnd(ReadOnlySpan<byte> bytes)
    {
        for (var length = Math.Min(nonce.Length - 1, bytes.Length); length > 0; length--)
        {
            if (bytes[^length..].SequenceEqual(nonce.AsSpan(0, length)))
            {
                return length;
            }
        }

        return 0;
    }
}
