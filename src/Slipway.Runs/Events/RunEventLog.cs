using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Slipway.Runs.Events;

/// <summary>
/// Numbers the events of a run, appends them to its <c>events.jsonl</c> and hands them on. Lines are gathered, and written when many have come together or
/// somebody asks: at a wait, at an end, before anything that cannot be taken back. Safe to use concurrently.
/// </summary>
public sealed class RunEventLog : IDisposable
{
    private const int Gathered = 64 * 1024;

    private readonly Lock _lock = new();
    private readonly FileStream? _file;
    private readonly string _runId;
    private readonly TimeProvider _time;
    private readonly ImmutableArray<IRunEventSink> _sinks;
    private readonly ArrayBufferWriter<byte> _lines = new(Gathered * 2);
    private readonly Utf8JsonWriter _writer;
    private long _sequence;

    /// <summary>The log of a run.</summary>
    /// <param name="path">Its file, appended to when it is there; null to hand events on only.</param>
    /// <param name="runId">The run.</param>
    /// <param name="time">The clock.</param>
    /// <param name="sinks">Who else is told, at once.</param>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public RunEventLog(string? path, string runId, TimeProvider time, params ReadOnlySpan<IRunEventSink> sinks)
    {
        _runId = runId;
        _time = time;
        _sinks = [.. sinks];
        _writer = new Utf8JsonWriter(_lines);
        if (path is not null)
        {
            _sequence = File.Exists(path) ? LastSequence(path) : 0;
            _file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        }
    }

    /// <summary>Tells an event.</summary>
    public void Tell(string type, string? node = null, JsonElement data = default)
    {
        lock (_lock)
        {
            var told = new RunEvent(++_sequence, _time.GetUtcNow(), _runId, node, type, data);
            if (_file is not null)
            {
                Append(told);
                if (_lines.WrittenCount >= Gathered)
                {
                    Drain();
                }
            }

            foreach (var sink in _sinks)
            {
                sink.Take(told);
            }
        }
    }

    /// <summary>Has everything on the disk.</summary>
    public void Flush()
    {
        lock (_lock)
        {
            Drain();
            _file?.Flush(flushToDisk: true);
        }
    }

    /// <summary>Hands what was gathered to the system; others can read it then.</summary>
    public void Publish()
    {
        lock (_lock)
        {
            Drain();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Flush();
        _writer.Dispose();
        _file?.Dispose();
    }

    /// <summary>One line of the file, without its end.</summary>
    public static void Write(Utf8JsonWriter writer, in RunEvent told)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject();
        writer.WriteString("schema"u8, "slipway.event/1"u8);
        writer.WriteNumber("seq"u8, told.Sequence);
        Span<byte> time = stackalloc byte[TimeForm.Length];
        told.Time.UtcDateTime.TryFormat(time, out var length, TimeForm, CultureInfo.InvariantCulture);
        writer.WriteString("time"u8, time[..length]);
        writer.WriteString("run_id"u8, told.RunId);
        writer.WriteString("node"u8, told.Node);
        writer.WriteString("type"u8, told.Type);
        if (told.Data.ValueKind is not JsonValueKind.Undefined)
        {
            writer.WritePropertyName("data"u8);
            told.Data.WriteTo(writer);
        }

        writer.WriteEndObject();
        writer.Flush();
    }

    private const string TimeForm = "yyyy-MM-ddTHH:mm:ss.fffZ";

    private void Append(in RunEvent told)
    {
        _writer.Reset(_lines);
        Write(_writer, told);
        _lines.Write("\n"u8);
    }

    private void Drain()
    {
        if (_lines.WrittenCount > 0)
        {
            _file?.Write(_lines.WrittenSpan);
            _lines.ResetWrittenCount();
        }
    }

    // The last line may be half written, when the machine went down.
    private static long LastSequence(string path)
    {
        long last = 0;
        foreach (var line in File.ReadLines(path, Encoding.UTF8))
        {
            try
            {
                using var parsed = JsonDocument.Parse(line);
                last = parsed.RootElement.TryGetProperty("seq"u8, out var told) && told.TryGetInt64(out var number) ? Math.Max(last, number) : last;
            }
            catch (JsonException)
            {
                continue;
            }
        }

        return last;
    }
}
