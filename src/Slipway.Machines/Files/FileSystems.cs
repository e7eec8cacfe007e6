using Slipway.Core.Failures;
using Slipway.Machines.Posix;

namespace Slipway.Machines.Files;

/// <summary>What kind of file system a path is on: locks and speed differ on network disks, and people should be told.</summary>
public static class FileSystems
{
    private const int BufferWords = 32; // struct statfs has 120 bytes; its first word is the type

    /// <summary>The kind of the file system that holds a path.</summary>
    /// <param name="path">Something that exists; a link is followed.</param>
    public static Result<FileSystemKind> KindOf(string path)
    {
        Span<long> buffer = stackalloc long[BufferWords];
        var result = Errno.Negate(Libc.FileSystemStatus(PosixText.EncodeTerminated(path), buffer));
        return result == 0 ? Named((uint)buffer[0]) : FileFailures.Reading(path, result);
    }

    /// <summary>The name of a network or user-space file system (<c>nfs</c>, <c>lustre</c>, …); empty for any other.</summary>
    /// <param name="path">Something that exists; a link is followed.</param>
    public static Result<string> NetworkKind(string path) => KindOf(path).Map(kind => kind.Trait is FileSystemTrait.Network ? kind.Name : string.Empty);

    // The numbers of statfs(2), as linux/magic.h and the file systems' own sources give them.
    private static FileSystemKind Named(uint magic) => magic switch
    {
        0x6969 => Network("nfs"),
        0x517B or 0xFF534D42 or 0xFE534D42 => Network("smb"),
        0x0BD00BD0 => Network("lustre"),
        0x47504653 => Network("gpfs"),
        0x00C36400 => Network("ceph"),
        0x19830326 => Network("beegfs"),
        0x5346414F => Network("afs"),
        0x01021997 => Network("9p"),
        0x65735546 => Network("fuse"),
        0x01021994 => new FileSystemKind("tmpfs", FileSystemTrait.Memory),
        0x858458F6 => new FileSystemKind("ramfs", FileSystemTrait.Memory),
        0x794C7630 => new FileSystemKind("overlay", FileSystemTrait.Overlay),
        0xEF53 => Local("ext"),
        0x58465342 => Local("xfs"),
        0x9123683E => Local("btrfs"),
        0x2FC12FC1 => Local("zfs"),
        0xF2F52010 => Local("f2fs"),
        _ => Local($"unknown (0x{magic:x})"),
    };

    private static FileSystemKind Network(string name) => new(name, FileSystemTrait.Network);

    private static FileSystemKind Local(string name) => new(name, FileSystemTrait.Local);
}
