using System.Buffers;
using System.Text;

namespace Slipway.Machines.Posix;

/// <summary>
/// Text that keeps bytes. POSIX paths, arguments and variables are byte strings that need not be UTF-8, so a
/// byte that does not decode becomes a lone surrogate U+DC80..U+DCFF (the scheme of PEP 383) and comes back as that byte.
/// </summary>
public static class PosixText
{
    private const char EscapeBase = '\uDC00';

    /// <summary>Decodes any byte string; <see cref="Encode(string)"/> gives the same bytes back.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        Span<char> pair = stackalloc char[2];
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out var rune, out var consumed) is OperationStatus.Done)
            {
                text.Append(pair[..rune.EncodeToUtf16(pair)]);
            }
            else
            {
                consumed = 1;
                text.Append((char)(EscapeBase + bytes[0]));
            }

            bytes = bytes[consumed..];
        }

        return text.ToString();
    }

    /// <summary>Encodes text as UTF-8; U+DC80..U+DCFF become the byte they stand for.</summary>
    public static byte[] Encode(string text) => Encode(text, terminator: 0);

    /// <summary>Encodes text with a NUL after it, as system calls want paths.</summary>
    internal static byte[] EncodeTerminated(string text) => Encode(text, terminator: 1);

    private static byte[] Encode(string text, int terminator)
    {
        if (!HasEscape(text))
        {
            var plain = new byte[Encoding.UTF8.GetByteCount(text) + terminator];
            Encoding.UTF8.GetBytes(text, plain);
            return plain;
        }

        var bytes = new ArrayBufferWriter<byte>(text.Length * 2);
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            var status = Rune.DecodeFromUtf16(rest, out var rune, out var consumed);
            if (status is not OperationStatus.Done && IsEscape(rest[0]))
            {
                bytes.GetSpan(1)[0] = (byte)(rest[0] - EscapeBase);
                bytes.Advance(1);
                consumed = 1;
            }
            else
            {
                bytes.Advance(rune.EncodeToUtf8(bytes.GetSpan(4)));
            }

            rest = rest[consumed..];
        }

        var result = new byte[bytes.WrittenCount + terminator];
        bytes.WrittenSpan.CopyTo(result);
        return result;
    }

    private static bool HasEscape(string text) => text.AsSpan().IndexOfAnyInRange('\uDC80', '\uDCFF') >= 0;

    private static bool IsEscape(char c) => c is >= '\uDC80' and <= '\uDCFF';
}
