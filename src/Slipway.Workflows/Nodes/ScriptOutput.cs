using System.Text;
using Slipway.Environments;
using Slipway.Machines.Processes;
using Slipway.Workflows.Engine;

namespace Slipway.Workflows.Nodes;

/// <summary>Tells what a process writes, line by line, and keeps the end of it. However much comes, it needs little memory, and tells little.</summary>
/// <param name="call">Who is told.</param>
/// <param name="kept">How many bytes of standard output are kept.</param>
internal sealed class ScriptOutput(NodeCall call, int kept) : IOutputSink
{
    private const int LongestLine = 8 * 1024;
    private const int MostTold = 1024 * 1024;

    private readonly Part _output = new(call, kept);
    private readonly Part _error = new(call, KeptError);

    /// <summary>How many bytes of standard error are kept.</summary>
    public const int KeptError = 64 * 1024;

    /// <summary>The end of standard output.</summary>
    public string OutputText => _output.Text;

    /// <summary>The end of standard error.</summary>
    public string ErrorText => _error.Text;

    public void Write(OutputStream stream, ReadOnlySpan<byte> chunk) => (stream is OutputStream.Output ? _output : _error).Add(chunk);

    /// <summary>Tells the lines that have no end.</summary>
    public void End()
    {
        _output.End();
        _error.End();
    }

    private sealed class Part(NodeCall call, int kept)
    {
        private readonly List<byte> _line = [];
        private readonly List<byte> _tail = [];
        private long _told;

        public string Text
        {
            get
            {
                var bytes = _tail.Count > kept ? _tail[^kept..] : _tail;

                // What is cut off may be the first half of a character.
                return Encoding.UTF8.GetString([.. bytes.SkipWhile((one, index) => index < 3 && _tail.Count > kept && (one & 0xC0) == 0x80)]);
            }
        }

        public void Add(ReadOnlySpan<byte> chunk)
        {
            Keep(chunk);
            while (chunk.IndexOf((byte)'\n') is var end and >= 0)
            {
                Gather(chunk[..end]);
                Tell();
                chunk = chunk[(end + 1)..];
            }

            Gather(chunk);
        }

        public void End()
        {
            if (_line.Count > 0)
            {
                Tell();
            }
        }

        private void Keep(ReadOnlySpan<byte> chunk)
        {
            _tail.AddRange(chunk.Length > kept + 1 ? chunk[^(kept + 1)..] : chunk);
            if (_tail.Count > 2 * (kept + 1))
            {
                _tail.RemoveRange(0, _tail.Count - kept - 1);
            }
        }

        private void Gather(ReadOnlySpan<byte> bytes) => _line.AddRange(bytes[..Math.Min(bytes.Length, LongestLine - _line.Count)]);

        private void Tell()
        {
            if (_told < MostTold)
            {
                _told += _line.Count + 1;
                call.Log(Encoding.UTF8.GetString([.. _line]).TrimEnd('\r'));
                if (_told >= MostTold)
                {
                    call.Log("(what follows is not told: it is more than 1 MiB)");
                }
            }

            _line.Clear();
        }
    }
}

/// <summary>Tells what a build tells, as the progress of a node.</summary>
internal sealed class NodeProgress(NodeCall call) : IBuildProgress
{
    public void Stage(string text) => call.Progress(null, text);

    public void Detail(string text)
    {
        // Many each second; the stages say enough.
    }

    public void Warn(string text) => call.Log($"warning: {text}");

    public void Waiting(string holder) => call.Progress(null, $"waiting for {holder.ReplaceLineEndings(" ").Trim()}");
}
