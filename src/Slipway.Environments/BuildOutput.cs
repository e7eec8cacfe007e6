using System.Buffers;
using System.Text;
using Slipway.Machines.Processes;
using Slipway.Machines.Programs;

namespace Slipway.Environments;

/// <summary>
/// Receives the output of a build: keeps all of it for a log, and passes lines that say what is happening on to
/// whoever watches.
/// </summary>
internal sealed class BuildOutput(IBuildProgress progress) : IOutputSink, IProgramObserver
{
    // Enough for any build's words; a flood beyond it is cut, and the log says so.
    private const int MaxBytes = 16 * 1024 * 1024;

    private static readonly string[] Telling =
    [
        "Collecting ", "Downloading ", "Using cached ", "Building wheel", "Getting requirements", "Preparing metadata",
        "Installing build dependencies", "Installing collected", "Processing ", "Cloning ", "Progress ",
    ];

    private readonly ArrayBufferWriter<byte> _all = new();
    private readonly StringBuilder _line = new();
    private readonly Lock _gate = new();

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
    public void Write(OutputStream stream, ReadOnlySpan<byte> chunk)
    {
        lock (_gate)
        {
            if (_all.WrittenCount + chunk.Length <= MaxBytes)
            {
                _all.Write(chunk);
            }

            foreach (var c in Encoding.UTF8.GetString(chunk))
            {
                if (c is '\n' or '\r')
                {
                    Tell(_line.ToString().Trim());
                    _line.Clear();
                }
                else
                {
                    _line.Append(c);
                }
            }
        }
    }

    /// <inheritdoc/>
    public void StepStarted(string label)
    {
        progress.Stage(label);
        Write(OutputStream.Output, Encoding.UTF8.GetBytes($"== {label}\n"));
    }

    /// <inheritdoc/>
    public void StepOutput(string label, OutputStream stream, ReadOnlySpan<byte> chunk) => Write(stream, chunk);

    /// <inheritdoc/>
    public void Waiting(string holder) => progress.Waiting(holder);

    private void Tell(string line)
    {
        foreach (var start in Telling)
        {
            if (line.StartsWith(start, StringComparison.Ordinal))
            {
                progress.Detail(line);
                return;
            }
        }
    }
}
