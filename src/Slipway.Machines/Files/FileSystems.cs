using Slipway.Core.Failures;
using Slipway.Machines.Posix;

namespace Slipway.Machines.Files;

/// <summary>What kind of file system a path is on: locks and speed differ on network disks, and people should be told.</summary>
public static class FileSystems
{
    private const int BufferWords = 32; // struct statfs has 120 bytes; its first word is the type

    /// <summary>The name of a network or user-space file system (<c>nfs</c>, <c>lustre</c>, …); empty for a local one.</summary>
    /// <param name="path">Something that exists; a link is followed.</param>
    public static Result<string> NetworkKind(string path)
    {
        Span<long> buffer = stackalloc long[BufferWords];
        var result = Errno.Negate(Libc.FileSystemStatus(PosixText.EncodeTerminated(path), buffer));
        return result == 0 ? Name((uint)buffer[0]) : FileFailures.Reading(path, result);
    }

    private static string Name(uint magic) => magic switch
    {
        0x6969 => "nfs",
        0x517B or 0xFF534D42 or 0xFE534D42 => "smb",
        0x0BD00BD0 => "lustre",
        0x47504653 => "gpfs",
        0x00C36400 => "ceph",
        0x19830326 => "beegfs",
        0x5346414F => "afs",
        0x01021997 => "9p",
        0x65735546 => "fuse",
        _ => "",
    };
}
