using System.Buffers;
using System.Text;

namespace Slipway.Cloud.SkyPilot;

/// <summary>
/// Cuts a log stream into lines, wherever its bytes are split. A line ends with LF or CRLF; a bare CR returns to its beginning, as progress bars do. Lines of control
/// (<c>&lt;sky-payload…&gt;JSON text&lt;/sky-payload&gt;</c>) are taken out. What comes out does not depend on the pieces.
/// </summary>
internal sealed class SkyStreamParser(ISkyLogSink sink)
{
    /// <summary>A longer line is handed on in pieces: nothing that a job prints may fill our memory.</summary>
    public const int MostLine = 64 * 1024;

    private const string PayloadStart = "<sky-payload";
    private const string PayloadEnd = "</sky-payload>";

    private static readonly SearchValues<char> MarkupWords = SearchValues.Create("abcdefghijklmnopqrstuvwxyz #0123456789_");

    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder _line = new();
    private string _overwritten = string.Empty;
    private bool _afterReturn;

    /// <summary>Whether the server said that it goes away, and the log is to be read again.</summary>
    public bool WantsRetry { get; private set; }

    /// <summary>How many lines came out.</summary>
    public int Lines { get; private set; }

    /// <summary>How many of the first lines were seen before and are not handed on.</summary>
    public int Skip { get; init; }

    /// <summary>Takes the next bytes.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        Span<char> characters = stackalloc char[1024];
        while (bytes.Length > 0)
        {
            _decoder.Convert(bytes, characters, flush: false, out var used, out var made, out _);
            bytes = bytes[used..];
            foreach (var character in characters[..made])
            {
                Take(character);
            }
        }
    }

    /// <summary>The stream is over: what is left is a line.</summary>
    public void End()
    {
        Span<char> characters = stackalloc char[8];
        _decoder.Convert([], characters, flush: true, out _, out var made, out _);
        foreach (var character in characters[..made])
        {
            Take(character);
        }

        if (_line.Length > 0 || _overwritten.Length > 0)
        {
            EndLine();
        }
    }

    private void Take(char character)
    {
        if (character == '\r')
        {
            _afterReturn = true;
        }
        else if (character == '\n')
        {
            EndLine();
        }
        else
        {
            if (_afterReturn)
            {
                Return();
            }

            _line.Append(character);
            if (_line.Length >= MostLine)
            {
                EndLine();
            }
        }
    }

    // Something follows a bare CR: what stood before it was the state of a moment ago.
    private void Return()
    {
        _afterReturn = false;
        var text = _line.ToString();
        if (!text.StartsWith(PayloadStart, StringComparison.Ordinal) && CleanText.Plain(text).Trim() is { Length: > 0 } shown)
        {
            _overwritten = shown;
            if (Lines >= Skip)
            {
                sink.Progress(shown);
            }
        }

        _line.Clear();
    }

    private void EndLine()
    {
        _afterReturn = false;
        var text = WithoutPayloads(_line.ToString(), out var had);
        _line.Clear();
        var clean = CleanText.Plain(text).TrimEnd();
        if (clean.Length == 0 && _overwritten.Length > 0)
        {
            // Bars end by clearing their line: the last state is what there was to say.
            clean = _overwritten;
        }
        else if (clean.Length == 0 && had)
        {
            return;
        }

        _overwritten = string.Empty;
        if (++Lines > Skip)
        {
            sink.Line(clean);
        }
    }

    private string WithoutPayloads(string text, out bool had)
    {
        had = false;
        while (text.IndexOf(PayloadStart, StringComparison.Ordinal) is >= 0 and var start && text.IndexOf(PayloadEnd, start, StringComparison.Ordinal) is > 0 and var end && text.IndexOf('>', start) is var open && open < end)
        {
            had = true;
            if (SkyJson.Parse(Encoding.UTF8.GetBytes(text[(open + 1)..end])) is { ValueKind: System.Text.Json.JsonValueKind.String } payload)
            {
                Control(payload.GetString()!);
            }

            text = text[..start] + text[(end + PayloadEnd.Length)..];
        }

        return text;
    }

    private void Control(string payload)
    {
        if (payload.StartsWith("<retry>", StringComparison.Ordinal))
        {
            WantsRetry = true;
        }
        else if (payload.StartsWith("<rich_", StringComparison.Ordinal) && payload.IndexOf('>', StringComparison.Ordinal) is > 0 and var open && payload.LastIndexOf("</rich_", StringComparison.Ordinal) is var close && close > open)
        {
            var words = CleanText.Plain(WithoutMarkup(payload[(open + 1)..close])).Trim();
            if (words.Length > 0 && Lines >= Skip)
            {
                sink.Progress(words);
            }
        }
    }

    // The server's spinner is styled by words in square brackets.
    private static string WithoutMarkup(string text)
    {
        var plain = new StringBuilder();
        for (var at = 0; at < text.Length; at++)
        {
            var end = text[at] == '[' ? text.IndexOf(']', at) : -1;
            if (end > at && text.AsSpan(at + 1, end - at - 1) is var tag && (tag.StartsWith("/") || tag.Length > 0 && !tag.ContainsAnyExcept(MarkupWords)))
            {
                at = end;
                continue;
            }

            plain.Append(text[at]);
        }

        return plain.ToString();
    }
}
