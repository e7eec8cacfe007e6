using System.Buffers;
using System.Text;
using Slipway.Machines.Processes;
using Slipway.Machines.Programs;

namespace Slipway.Environments;

/// <summary>
/// Receives the output of a build: keeps all of it for a log, and passes on what its lines say about what is happening.
/// </summary>
/// <param name="progress">Who watches.</param>
/// <param name="narrate">Turns a stage and a line into words for people; null when the line says nothing to them.</param>
internal sealed class BuildOutput(IBuildProgress progress, Func<string, string, string?> narrate) : IProgramObserver
{
    // Enough for any build's words; a flood beyond it is cut.
    private const int MaxBytes = 16 * 1024 * 1024;

    // A line that tells something is short; what is longer is data.
    private const int MaxLineLength = 4096;

    private readonly ArrayBufferWriter<byte> _all = new();
    private readonly Line _output = new();
    private readonly Line _error = new();
    private readonly Lock _gate = new();
    private string _stage = string.Empty;

    /// <summary>Everything written so far.</summary>
    public string Text
    {
        get
        {
            lock (_gate)
            {
                return Encoding.UTF8.GetString(_all.WrittenSpan);
            }
        }
    }

    /// <inheritdoc/>
    public void StepStarted(string label)
    {
        lock (_gate)
        {
            _stage = label;
            Keep(Encoding.UTF8.GetBytes($"== {label}\n"));
        }

        progress.Stage(label);
    }

    /// <inheritdoc/>
    public void StepOutput(string label, OutputStream stream, ReadOnlySpan<byte> chunk)
    {
        lock (_gate)
        {
            Keep(chunk);
            foreach (var line in (stream is OutputStream.Output ? _output : _error).Add(chunk))
            {
                progress.Output(stream is not OutputStream.Output, line);
                if (narrate(_stage, line) is { } words)
                {
                    progress.Detail(words);
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Waiting(string holder) => progress.Waiting(holder);

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (_all.WrittenCount + bytes.Length <= MaxBytes)
        {
            _all.Write(bytes);
        }
    }

    /// <summary>The unfinished line of one stream.</summary>
    private sealed class Line
    {
        private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
        private readonly StringBuilder _text = new();

        public List<string> Add(ReadOnlySpan<byte> chunk)
        {
            var finished = new List<string>();
            Span<char> characters = new char[_decoder.GetCharCount(chunk, flush: false)];
            foreach (var c in characters[.._decoder.GetChars(chunk, characters, flush: false)])
            {
                if (c is '\n' or '\r')
                {
                    finished.Add(_text.ToString().Trim());
                    _text.Clear();
                }
                else if (_text.Length < MaxLineLength && !char.IsControl(c))
                {
                    // Packages write these lines too, and must not be able to steer a terminal.
                    _text.Append(c);
                }
            }

            return finished;
        }
    }
}
