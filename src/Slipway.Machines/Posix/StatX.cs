using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Slipway.Machines.Posix;

/// <summary><c>statx(2)</c>: one layout on every architecture, and no C library wrapper needed (old musl has none).</summary>
internal static class StatX
{
    private const uint BasicStats = 0x7ff;

    private static readonly long Number = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 ? 291 : 332;

    /// <summary>Status of a path below an open directory, its last component not followed; 0 or the negated error number.</summary>
    public static int ReadAt(int directory, ReadOnlySpan<byte> terminatedPath, out FileStatus status, bool follow = false)
    {
        Span<byte> buffer = stackalloc byte[256];
        buffer.Clear();
        var flags = follow ? 0 : Descriptor.LinkNotFollowed;
        var result = (int)Errno.Negate(Libc.CallStatX(Number, directory, terminatedPath, flags, BasicStats, buffer));
        status = result < 0 ? FileStatus.Missing : Parse(buffer);
        return result;
    }

    private static FileStatus Parse(ReadOnlySpan<byte> raw)
    {
        var mode = BinaryPrimitives.ReadUInt16LittleEndian(raw[28..]);
        var kind = (mode & 0xF000) switch
        {
            0x8000 => FileKind.File,
            0x4000 => FileKind.Directory,
            0xA000 => FileKind.Link,
            _ => FileKind.Other,
        };
        var seconds = BinaryPrimitives.ReadInt64LittleEndian(raw[112..]);
        var nanoseconds = BinaryPrimitives.ReadUInt32LittleEndian(raw[120..]);
        return new FileStatus(
            kind,
            kind is FileKind.Directory ? 0 : BinaryPrimitives.ReadInt64LittleEndian(raw[40..]),
            (UnixFileMode)(mode & 0xFFF),
            BinaryPrimitives.ReadUInt32LittleEndian(raw[20..]),
            Device(BinaryPrimitives.ReadUInt32LittleEndian(raw[136..]), BinaryPrimitives.ReadUInt32LittleEndian(raw[140..])),
            BinaryPrimitives.ReadUInt64LittleEndian(raw[32..]),
            BinaryPrimitives.ReadUInt32LittleEndian(raw[16..]),
            (seconds * 1_000_000_000) + nanoseconds);
    }

    /// <summary>The number that <c>stat -c %d</c> prints.</summary>
    private static ulong Device(ulong major, ulong minor) =>
        ((major & 0xFFFFF000) << 32) | ((major & 0xFFF) << 8) | ((minor & 0xFFFFFF00) << 12) | (minor & 0xFF);
}
