using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Slipway.Core.Failures;
using Slipway.Machines.Posix;

namespace Slipway.Runs.Transfer;

/// <summary>What an archive holds next.</summary>
/// <param name="Type">The type's letter: 0 file, 1 another name of a file, 2 symbolic link, 5 directory; others as they came.</param>
/// <param name="Name">The name as it came.</param>
/// <param name="Target">What a link names.</param>
/// <param name="Mode">Permission bits.</param>
/// <param name="Size">Bytes of content.</param>
/// <param name="Modified">Modification time, seconds since 1970.</param>
internal sealed record TarEntry(char Type, string Name, string Target, UnixFileMode Mode, long Size, long Modified);

/// <summary>Receives an archive's content. A failure stops the reading.</summary>
internal interface ITarReceiver
{
    /// <summary>Another entry begins.</summary>
    Failure? Begin(TarEntry entry);

    /// <summary>Some of its content.</summary>
    Failure? Content(ReadOnlySpan<byte> piece);

    /// <summary>Its content is complete.</summary>
    Failure? End();
}

/// <summary>Reads a tar archive as its bytes come: ustar, GNU's long names and numbers, and POSIX's extended headers.</summary>
internal sealed class TarReader(ITarReceiver receiver)
{
    private const int LongestText = 1024 * 1024;
    private readonly byte[] _header = new byte[TarWriter.Block];
    private readonly ArrayBufferWriter<byte> _text = new();
    private readonly Dictionary<string, string> _extended = new(StringComparer.Ordinal);
    private int _filled;
    private long _left;
    private long _padding;
    private bool _isText;
    private char _type;

    /// <summary>Whether the archive's own end was seen.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>More bytes.</summary>
    public Failure? Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && !HasEnded)
        {
            var taken = 0;
            var problem = _left > 0 ? Take(bytes, out taken) : _padding > 0 ? Skip(bytes, out taken) : Head(bytes, out taken);
            if (problem is not null)
            {
                return problem;
            }

            bytes = bytes[taken..];
        }

        return null;
    }

    private Failure? Skip(ReadOnlySpan<byte> bytes, out int taken)
    {
        taken = (int)Math.Min(_padding, bytes.Length);
        _padding -= taken;
        return null;
    }

    private Failure? Take(ReadOnlySpan<byte> bytes, out int taken)
    {
        taken = (int)Math.Min(_left, bytes.Length);
        var piece = bytes[..taken];
        _left -= taken;
        if (!_isText)
        {
            return receiver.Content(piece) ?? (_left == 0 ? receiver.End() : null);
        }

        _text.Write(piece);
        if (_left == 0)
        {
            Remember(_text.WrittenSpan.ToArray());
        }

        return null;
    }

    private Failure? Head(ReadOnlySpan<byte> bytes, out int taken)
    {
        taken = Math.Min(_header.Length - _filled, bytes.Length);
        bytes[..taken].CopyTo(_header.AsSpan(_filled));
        _filled += taken;
        if (_filled < _header.Length)
        {
            return null;
        }

        _filled = 0;
        if (!_header.AsSpan().ContainsAnyExcept((byte)0))
        {
            HasEnded = true;
            return null;
        }

        var sum = 0;
        for (var i = 0; i < _header.Length; i++)
        {
            sum += i is >= 148 and < 156 ? ' ' : _header[i];
        }

        var size = Number(_header.AsSpan(124, 12));
        if (Number(_header.AsSpan(148, 8)) != sum || size < 0)
        {
            return new Failure(TransferFailures.Damaged, "The host's tar sent something that is no archive.");
        }

        return Start((char)_header[156], size);
    }

    private Failure? Start(char type, long size)
    {
        _type = type is '\0' or '7' ? '0' : type;
        _isText = _type is 'L' or 'K' or 'x' or 'g';
        if (_isText && size > LongestText)
        {
            return new Failure(TransferFailures.Hostile, $"The host's tar sent a name of {size} bytes.");
        }

        if (!_isText)
        {
            if (_extended.TryGetValue("size", out var told) && long.TryParse(told, NumberStyles.None, CultureInfo.InvariantCulture, out var real))
            {
                size = real;
            }

            var prefix = _header.AsSpan(257, 6).SequenceEqual("ustar\0"u8) ? Text(_header.AsSpan(345, 155)) : string.Empty;
            var name = _extended.GetValueOrDefault("path") ?? (prefix.Length > 0 ? $"{prefix}/{Text(_header.AsSpan(0, 100))}" : Text(_header.AsSpan(0, 100)));
            var entry = new TarEntry(
                _type,
                name,
                _extended.GetValueOrDefault("linkpath") ?? Text(_header.AsSpan(157, 100)),
                (UnixFileMode)(Number(_header.AsSpan(100, 8)) & 0xFFF),
                _type is '0' ? size : 0,
                Number(_header.AsSpan(136, 12)));
            _extended.Clear();

            // What another type is said to hold is not content: it has none.
            size = _type is '1' or '2' or '3' or '4' or '5' or '6' ? 0 : size;
            if (receiver.Begin(entry) is { } problem)
            {
                return problem;
            }
        }

        _text.ResetWrittenCount();
        _left = size;
        _padding = (TarWriter.Block - (size % TarWriter.Block)) % TarWriter.Block;
        return size == 0 && !_isText ? receiver.End() : null;
    }

    private void Remember(byte[] text)
    {
        if (_type is 'L' or 'K')
        {
            _extended[_type is 'L' ? "path" : "linkpath"] = Text(text);
        }

        // Records of POSIX: "LENGTH KEY=VALUE\n".
        for (var rest = text.AsSpan(); _type is 'x' && rest.IndexOf((byte)' ') is > 0 and var space;)
        {
            if (!int.TryParse(Encoding.ASCII.GetString(rest[..space]), NumberStyles.None, CultureInfo.InvariantCulture, out var length) || length <= space + 1 || length > rest.Length)
            {
                return;
            }

            var record = rest[(space + 1)..(length - 1)];
            if (record.IndexOf((byte)'=') is > 0 and var equals)
            {
                _extended[PosixText.Decode(record[..equals])] = PosixText.Decode(record[(equals + 1)..]);
            }

            rest = rest[length..];
        }
    }

    private static string Text(ReadOnlySpan<byte> field) => PosixText.Decode(field.IndexOf((byte)0) is >= 0 and var end ? field[..end] : field);

    private static long Number(ReadOnlySpan<byte> field)
    {
        if ((field[0] & 0x80) != 0)
        {
            return field.Length < 8 ? -1 : BinaryPrimitives.ReadInt64BigEndian(field[^8..]);
        }

        var value = 0L;
        foreach (var digit in field)
        {
            if (digit is >= (byte)'0' and <= (byte)'7')
            {
                value = (value << 3) + (digit - '0');
            }
        }

        return value;
    }
}
