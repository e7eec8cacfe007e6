using System.Buffers.Binary;
using System.Text;
using Slipway.Machines.Posix;

namespace Slipway.Runs.Transfer;

/// <summary>
/// Writes a tar archive as every tar reads it, GNU's, BSD's and busybox's: ustar headers, with GNU's way for what does not fit in them.
/// Names are bytes, which is why the framework's own writer does not do. Owners are left out.
/// </summary>
/// <param name="write">Takes the bytes.</param>
internal sealed class TarWriter(Action<ReadOnlyMemory<byte>> write)
{
    /// <summary>The unit of a tar archive.</summary>
    public const int Block = 512;

    private const int NameRoom = 100;
    private const int LinkField = 157;
    private const long OctalLimit = 1L << 33;

    public void Directory(string name, UnixFileMode mode) => Header($"{name}/", '5', mode, 0, 0, string.Empty);

    public void Link(string name, string target) => Header(name, '2', (UnixFileMode)0x1FF, 0, 0, target);

    /// <summary>The header of a file; its content comes next, then <see cref="Pad"/>.</summary>
    public void File(string name, UnixFileMode mode, long size, long modifiedUnixSeconds) => Header(name, '0', mode, size, modifiedUnixSeconds, string.Empty);

    /// <summary>Content of the file whose header was written.</summary>
    public void Raw(ReadOnlyMemory<byte> content) => write(content);

    /// <summary>A small file as a whole.</summary>
    public void File(string name, byte[] content)
    {
        File(name, (UnixFileMode)0x180, content.Length, 0);
        write(content);
        Pad(content.Length);
    }

    /// <summary>Fills up to the next block.</summary>
    public void Pad(long size)
    {
        if (size % Block is > 0 and var over)
        {
            write(new byte[Block - over]);
        }
    }

    /// <summary>The end of the archive.</summary>
    public void End() => write(new byte[2 * Block]);

    private void Header(string name, char type, UnixFileMode mode, long size, long modified, string target)
    {
        var bytes = PosixText.Encode(name);
        var link = PosixText.Encode(target);
        Long('L', bytes);
        Long('K', link);
        write(Fields(bytes, type, (long)mode, size, Math.Max(0, modified), link));
    }

    private void Long(char type, byte[] text)
    {
        if (text.Length > NameRoom)
        {
            write(Fields(Encoding.ASCII.GetBytes("././@LongLink"), type, 0x1A4, text.Length + 1, 0, []));
            write((byte[])[.. text, 0]);
            Pad(text.Length + 1);
        }
    }

    private static byte[] Fields(byte[] name, char type, long mode, long size, long modified, byte[] link)
    {
        var block = new byte[Block];
        name.AsSpan(0, Math.Min(name.Length, NameRoom)).CopyTo(block);
        Number(block.AsSpan(100, 8), mode);
        Number(block.AsSpan(108, 8), 0);
        Number(block.AsSpan(116, 8), 0);
        Number(block.AsSpan(124, 12), size);
        Number(block.AsSpan(136, 12), modified);
        block.AsSpan(148, 8).Fill((byte)' ');
        block[156] = (byte)type;
        link.AsSpan(0, Math.Min(link.Length, NameRoom)).CopyTo(block.AsSpan(LinkField));
        "ustar  \0"u8.CopyTo(block.AsSpan(LinkField + NameRoom));
        var sum = 0;
        foreach (var value in block)
        {
            sum += value;
        }

        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(block, 148);
        return block;
    }

    private static void Number(Span<byte> field, long value)
    {
        if (value < OctalLimit)
        {
            Encoding.ASCII.GetBytes(Convert.ToString(value, 8).PadLeft(field.Length - 1, '0'), field);
            return;
        }

        // Too large for octal digits: the number itself, marked by the highest bit.
        BinaryPrimitives.WriteInt64BigEndian(field[^8..], value);
        field[0] = 0x80;
    }
}
