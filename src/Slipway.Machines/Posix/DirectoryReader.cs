using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Slipway.Machines.Posix;

/// <summary>The names in a directory as bytes: file names need not be UTF-8, and <c>System.IO</c> would replace such bytes.</summary>
internal static class DirectoryReader
{
    private const int NameOffset = 19;

    private static readonly long Number = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 ? 61 : 217;

    /// <summary>Reads all names, each with a NUL after it, in no particular order; 0 or the negated error number.</summary>
    public static int Read(int directory, List<byte[]> names)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(32 * 1024);
        try
        {
            while (true)
            {
                var count = (int)Errno.Negate(Libc.CallGetDirectoryEntries(Number, directory, buffer, (nuint)buffer.Length));
                if (count <= 0)
                {
                    return count;
                }

                Collect(buffer.AsSpan(0, count), names);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void Collect(ReadOnlySpan<byte> records, List<byte[]> names)
    {
        while (!records.IsEmpty)
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(records[16..]);
            var name = records[NameOffset..length];
            name = name[..(name.IndexOf((byte)0) + 1)];
            if (!name.SequenceEqual(".\0"u8) && !name.SequenceEqual("..\0"u8))
            {
                names.Add(name.ToArray());
            }

            records = records[length..];
        }
    }
}
