using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Slipway.Machines.Posix;

namespace Slipway.Machines.Files;

/// <summary>The grammar of <see cref="TreeInventory"/>: lines to entries and back.</summary>
internal static class InventoryText
{
    public const string HeaderStart = "slipway-inventory/1 files=";

    private const int DigestLength = 64;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    private static ReadOnlySpan<byte> Arrow => " -> "u8;

    public static void WriteEntry(IBufferWriter<byte> output, InventoryEntry entry)
    {
        var mode = Convert.ToString((int)entry.Mode, 8);
        output.Write(Encoding.ASCII.GetBytes(entry.Kind switch
        {
            FileKind.File => $"f {mode} {entry.Size} {entry.Sha256} ",
            FileKind.Directory => $"d {mode} ",
            FileKind.Link => "l ",
            _ => $"o {mode} ",
        }));
        output.Write(Escape(PosixText.Encode(entry.Path)));
        if (entry.Kind is FileKind.Link)
        {
            output.Write(Arrow);
            output.Write(Escape(PosixText.Encode(entry.Target ?? "")));
        }

        output.Write("\n"u8);
    }

    public static byte[] Header(InventoryHeader header) => Encoding.ASCII.GetBytes($"{HeaderStart}{header.Files} bytes={header.Bytes}\n");

    public static byte[] Trailer(ReadOnlySpan<byte> preceding) => Encoding.ASCII.GetBytes($"sha256 {Convert.ToHexStringLower(SHA256.HashData(preceding))}\n");

    /// <summary>Reads the first line; null when it is not one.</summary>
    public static InventoryHeader? ParseHeader(ReadOnlySpan<byte> line)
    {
        var text = Encoding.Latin1.GetString(line);
        var bytes = text.IndexOf(" bytes=", StringComparison.Ordinal);
        return text.StartsWith(HeaderStart, StringComparison.Ordinal) && bytes > 0
            && TryNumber(text.AsSpan(HeaderStart.Length, bytes - HeaderStart.Length), out var files)
            && TryNumber(text.AsSpan(bytes + 7), out var size)
            ? new InventoryHeader(files, size)
            : null;
    }

    /// <summary>Reads one entry line, without its newline; null when it is malformed.</summary>
    public static InventoryEntry? ParseEntry(ReadOnlySpan<byte> line) => line.Length < 3 || line[1] != (byte)' ' ? null : line[0] switch
    {
        (byte)'f' => ParseFile(line[2..]),
        (byte)'d' => ParseOther(FileKind.Directory, line[2..]),
        (byte)'o' => ParseOther(FileKind.Other, line[2..]),
        (byte)'l' => ParseLink(line[2..]),
        _ => null,
    };

    /// <summary>Backslash, newline and <c>&gt;</c> get a backslash; so a line is one entry and an arrow is one arrow.</summary>
    public static byte[] Escape(ReadOnlySpan<byte> raw)
    {
        if (raw.IndexOfAny("\\\n>"u8) < 0)
        {
            return raw.ToArray();
        }

        var escaped = new List<byte>(raw.Length + 8);
        foreach (var b in raw)
        {
            if (b is (byte)'\\' or (byte)'\n' or (byte)'>')
            {
                escaped.Add((byte)'\\');
            }

            escaped.Add(b == (byte)'\n' ? (byte)'n' : b);
        }

        return [.. escaped];
    }

    /// <summary>The inverse of <see cref="Escape"/>; null when the text could not come from it.</summary>
    public static byte[]? Unescape(ReadOnlySpan<byte> escaped)
    {
        var raw = new List<byte>(escaped.Length);
        for (var i = 0; i < escaped.Length; i++)
        {
            if (escaped[i] is (byte)'>' or 0)
            {
                return null;
            }

            if (escaped[i] != (byte)'\\')
            {
                raw.Add(escaped[i]);
                continue;
            }

            i++;
            if (i == escaped.Length || escaped[i] is not ((byte)'\\' or (byte)'n' or (byte)'>'))
            {
                return null;
            }

            raw.Add(escaped[i] == (byte)'n' ? (byte)'\n' : escaped[i]);
        }

        return [.. raw];
    }

    private static InventoryEntry? ParseFile(ReadOnlySpan<byte> rest) =>
        TryMode(ref rest, out var mode)
        && TakeWord(ref rest) is { } size && TryNumber(size, out var bytes)
        && TakeWord(ref rest) is { } digest && IsDigest(digest)
        && Unescape(rest) is { Length: > 0 } path
            ? new InventoryEntry(FileKind.File, PosixText.Decode(path), mode, bytes, digest, null)
            : null;

    private static InventoryEntry? ParseOther(FileKind kind, ReadOnlySpan<byte> rest) =>
        TryMode(ref rest, out var mode) && Unescape(rest) is { Length: > 0 } path
            ? new InventoryEntry(kind, PosixText.Decode(path), mode, 0, null, null)
            : null;

    private static InventoryEntry? ParseLink(ReadOnlySpan<byte> rest)
    {
        var arrow = rest.IndexOf(Arrow);
        return arrow > 0 && Unescape(rest[..arrow]) is { } path && Unescape(rest[(arrow + Arrow.Length)..]) is { } target
            ? new InventoryEntry(FileKind.Link, PosixText.Decode(path), UnixFileMode.None, 0, null, PosixText.Decode(target))
            : null;
    }

    private static bool TryMode(ref ReadOnlySpan<byte> rest, out UnixFileMode mode)
    {
        var value = 0;
        var word = TakeWord(ref rest);
        foreach (var c in word ?? "8")
        {
            if (c is < '0' or > '7' || value > 0x1FF)
            {
                mode = UnixFileMode.None;
                return false;
            }

            value = (value * 8) + (c - '0');
        }

        mode = (UnixFileMode)value;
        return true;
    }

    private static string? TakeWord(ref ReadOnlySpan<byte> rest)
    {
        var space = rest.IndexOf((byte)' ');
        if (space <= 0)
        {
            return null;
        }

        var word = Encoding.Latin1.GetString(rest[..space]);
        rest = rest[(space + 1)..];
        return word;
    }

    private static bool TryNumber(ReadOnlySpan<char> text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static bool IsDigest(string text) => text.Length == DigestLength && !text.AsSpan().ContainsAnyExcept(HexDigits);
}
