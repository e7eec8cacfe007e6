using System.Globalization;
using System.Text;
using Slipway.Machines.Processes;

namespace Slipway.Runs.Jobs;

/// <summary>Receives a log.</summary>
public interface IJobLogSink
{
    /// <summary>Some text: whole lines, or a part of one that stood for a while. Never cut inside of a UTF-8 character.</summary>
    void Write(ReadOnlySpan<byte> text);

    /// <summary>Something that happened to the log or on the way to it, for people.</summary>
    void Notice(string text);
}

/// <summary>Puts what arrives of a log back into lines, and knows how far it has come.</summary>
internal sealed class LogText : IOutputSink, IDisposable
{
    private const int LongestLine = 64 * 1024;
    private static readonly TimeSpan PartialLine = TimeSpan.FromMilliseconds(250);

    private readonly Lock _lock = new();
    private readonly IJobLogSink _sink;
    private readonly ITimer _timer;
    private readonly StringBuilder _word = new();
    private byte[] _kept = [];
    private bool _isWaiting;
    private long _arrived;

    public LogText(IJobLogSink sink, TimeProvider time)
    {
        _sink = sink;
        _timer = time.CreateTimer(_ => FlushPart(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The byte of the log that comes next; null before the machine said where it begins.</summary>
    public long? Place { get; private set; }

    /// <summary>The run whose log it is; null before the machine said so.</summary>
    public RunId? Run { get; private set; }

    /// <summary>Whether something arrived since it was last asked.</summary>
    public bool HasArrived { get; set; }

    public void Write(OutputStream stream, ReadOnlySpan<byte> chunk)
    {
        lock (_lock)
        {
            HasArrived = true;
            if (stream is OutputStream.Error)
            {
                TakeWord(chunk);
                return;
            }

            _arrived += chunk.Length;
            _kept = [.. _kept, .. chunk];
            var end = _kept.AsSpan().LastIndexOf((byte)'\n') + 1;
            Emit(_kept.Length - end > LongestLine ? WholeCharacters(_kept) : end);
            if (_kept.Length > 0 && !_isWaiting)
            {
                _isWaiting = true;
                _timer.Change(PartialLine, Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <summary>Begins again at the start, because the log has become shorter.</summary>
    public void Restart()
    {
        lock (_lock)
        {
            Emit(_kept.Length);
            Place = 0;
            _arrived = 0;
        }
    }

    /// <summary>A call ended: what comes next continues where this one came to.</summary>
    public void EndCall()
    {
        lock (_lock)
        {
            Place += _arrived;
            _arrived = 0;
            _word.Clear();
        }
    }

    /// <summary>Emits what is left.</summary>
    public void Complete()
    {
        lock (_lock)
        {
            Emit(_kept.Length);
        }
    }

    public void Dispose() => _timer.Dispose();

    // The machine's own line, `place N RUN`; what follows it there are words of tools.
    private void TakeWord(ReadOnlySpan<byte> chunk)
    {
        const string Word = "place ";
        _word.Append(Encoding.UTF8.GetString(chunk));
        var text = _word.ToString();
        if (Place is null && text.Split('\n') is [.. var lines, _]
            && lines.FirstOrDefault(static line => line.StartsWith(Word, StringComparison.Ordinal)) is { } line
            && line[Word.Length..].Split(' ') is [var number, var run] && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var place))
        {
            Place = place;
            Run = RunId.Parse(run);
        }
    }

    private void FlushPart()
    {
        lock (_lock)
        {
            _isWaiting = false;
            Emit(WholeCharacters(_kept));
        }
    }

    private void Emit(int count)
    {
        if (count > 0)
        {
            _sink.Write(_kept.AsSpan(0, count));
            _kept = _kept[count..];
        }
    }

    // How many bytes end with a whole character; bytes that are no UTF-8 are not waited for.
    private static int WholeCharacters(ReadOnlySpan<byte> bytes)
    {
        const int LongestCharacter = 4;
        for (var back = 1; back <= Math.Min(LongestCharacter - 1, bytes.Length); back++)
        {
            var first = bytes[^back];
            if ((first & 0xC0) != 0x80)
            {
                var length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
                return length > back ? bytes.Length - back : bytes.Length;
            }
        }

        return bytes.Length;
    }
}
