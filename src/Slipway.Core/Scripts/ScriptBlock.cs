namespace Slipway.Core.Scripts;

/// <summary>
/// Finds the <c># /// script</c> block of PEP 723 in the bytes of a script, without allocating, so that a warm
/// start can compare the block alone. The result is that of the standard's regular expression on the text as
/// Python reads it: CRLF and CR count as line ends, and a byte-order mark does not count.
/// </summary>
public static class ScriptBlock
{
    private static ReadOnlySpan<byte> Marker => "# /// "u8;

    private static ReadOnlySpan<byte> Closing => "# ///"u8;

    private static ReadOnlySpan<byte> ScriptType => "script"u8;

    /// <summary>Finds the first block of type <c>script</c>.</summary>
    /// <param name="utf8Script">The script.</param>
    /// <param name="block">From the first byte of the opening line to the last of the closing line, without its line end.</param>
    /// <param name="isAmbiguous">Whether there is another such block, which the standard makes an error.</param>
    /// <returns>Whether there is one.</returns>
    public static bool TryLocate(ReadOnlySpan<byte> utf8Script, out Range block, out bool isAmbiguous) =>
        TryLocate(utf8Script, out block, out isAmbiguous, out _);

    /// <summary>Finds the first block of type <c>script</c>, and where another one begins that makes it ambiguous.</summary>
    internal static bool TryLocate(ReadOnlySpan<byte> utf8Script, out Range block, out bool isAmbiguous, out int second)
    {
        block = default;
        isAmbiguous = false;
        second = -1;
        var found = false;
        var position = utf8Script.StartsWith("\uFEFF"u8) ? 3 : 0;
        while (position < utf8Script.Length)
        {
            var line = LineAt(utf8Script, position, out var next);
            if (!IsOpening(line, out var isScript))
            {
                position = next;
                continue;
            }

            var closingEnd = FindClosing(utf8Script, next, out var afterComments);
            if (closingEnd >= 0 && isScript)
            {
                isAmbiguous = found;
                block = found ? block : position..closingEnd;
                if (found)
                {
                    second = position;
                    return true;
                }

                found = true;
            }

            // Without a closing line here, no other opening line among the same comments has one.
            position = closingEnd < 0 ? afterComments : AfterLine(utf8Script, closingEnd);
        }

        return found;
    }

    /// <summary>The end of the last closing line of a run of comments that has content before it; -1 for none.</summary>
    private static int FindClosing(ReadOnlySpan<byte> script, int position, out int afterComments)
    {
        var closingEnd = -1;
        var isFirst = true;
        while (position < script.Length)
        {
            var line = LineAt(script, position, out var next);
            if (!IsComment(line))
            {
                break;
            }

            if (!isFirst && line.SequenceEqual(Closing))
            {
                closingEnd = position + line.Length;
            }

            isFirst = false;
            position = next;
        }

        afterComments = position;
        return closingEnd;
    }

    private static bool IsComment(ReadOnlySpan<byte> line) => line is [(byte)'#'] or [(byte)'#', (byte)' ', ..];

    private static bool IsOpening(ReadOnlySpan<byte> line, out bool isScript)
    {
        isScript = false;
        if (!line.StartsWith(Marker) || line.Length == Marker.Length)
        {
            return false;
        }

        var type = line[Marker.Length..];
        foreach (var value in type)
        {
            if (!char.IsAsciiLetterOrDigit((char)value) && value != (byte)'-')
            {
                return false;
            }
        }

        isScript = type.SequenceEqual(ScriptType);
        return true;
    }

    private static ReadOnlySpan<byte> LineAt(ReadOnlySpan<byte> script, int position, out int next)
    {
        var length = script[position..].IndexOfAny((byte)'\n', (byte)'\r');
        var end = length < 0 ? script.Length : position + length;
        next = AfterLine(script, end);
        return script[position..end];
    }

    private static int AfterLine(ReadOnlySpan<byte> script, int end)
    {
        if (end >= script.Length)
        {
            return script.Length;
        }

        return script[end] == (byte)'\r' && end + 1 < script.Length && script[end + 1] == (byte)'\n' ? end + 2 : end + 1;
    }
}
