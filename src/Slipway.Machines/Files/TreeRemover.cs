using Slipway.Core.Failures;
using Slipway.Machines.Posix;

namespace Slipway.Machines.Files;

/// <summary>
/// Removes trees by open directories, never by paths from the top: a link that someone puts in the way is removed
/// and not followed, and a path longer than the system's limit is no obstacle.
/// </summary>
internal static class TreeRemover
{
    private const int RemoveDirectory = 0x200;
    private const uint OwnerAll = 0x1C0;

    public static Result<Unit> Remove(string path)
    {
        var result = RemoveEntry(Descriptor.CurrentDirectory, PosixText.EncodeTerminated(path));
        return result is 0 or -Errno.NoEntry or -Errno.NotDirectory ? Unit.Value : FileFailures.Writing(path, result);
    }

    private static int RemoveEntry(int parent, byte[] name)
    {
        var result = Errno.Negate(Libc.UnlinkAt(parent, name, 0));

        // Linux says "is a directory", POSIX "not permitted"; the latter also means a parent without write permission.
        if (result is 0 or not (-Errno.IsDirectory or -Errno.NotPermitted or -Errno.AccessDenied))
        {
            return result;
        }

        var status = StatX.ReadAt(parent, name, out var entry);
        return status < 0 ? status : entry.Kind is FileKind.Directory ? RemoveDirectoryEntry(parent, name, entry.Mode) : result;
    }

    private static int RemoveDirectoryEntry(int parent, byte[] name, UnixFileMode mode)
    {
        if (((uint)mode & OwnerAll) != OwnerAll)
        {
            _ = Libc.ChangeModeAt(parent, name, (uint)mode | OwnerAll, 0);
        }

        var directory = Descriptor.OpenAt(parent, name, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NoFollow);
        if (directory < 0)
        {
            return directory;
        }

        var result = RemoveContent(directory);
        Descriptor.Close(directory);
        return result < 0 ? result : Errno.Negate(Libc.UnlinkAt(parent, name, RemoveDirectory));
    }

    private static int RemoveContent(int directory)
    {
        var names = new List<byte[]>();
        var result = DirectoryReader.Read(directory, names);
        foreach (var name in names)
        {
            if (result < 0)
            {
                return result;
            }

            result = RemoveEntry(directory, name);
            result = result == -Errno.NoEntry ? 0 : result;
        }

        return result;
    }
}
