using Slipway.Core.Failures;
using Slipway.Machines.Posix;

namespace Slipway.Machines.Files;

/// <summary>Takes write permission from a tree, from the leaves up, so that a directory stays changeable until its content is done.</summary>
internal static class TreeSealer
{
    private const uint WriteBits = 0x92; // 0222

    public static Result<Unit> Seal(string path)
    {
        var name = PosixText.EncodeTerminated(path);
        var result = StatX.ReadAt(Descriptor.CurrentDirectory, name, out var status);
        result = result < 0 ? result
            : status.Kind is FileKind.Directory ? SealEntry(Descriptor.CurrentDirectory, name) : -Errno.NotDirectory;
        return result == 0 ? Unit.Value : FileFailures.Writing(path, result);
    }

    private static int SealEntry(int parent, byte[] name)
    {
        var result = StatX.ReadAt(parent, name, out var status);
        if (result < 0 || status.Kind is not (FileKind.Directory or FileKind.File))
        {
            return result;
        }

        if (status.Kind is FileKind.Directory)
        {
            result = SealContent(parent, name);
        }

        var mode = (uint)status.Mode;
        return result < 0 || (mode & WriteBits) == 0 ? result : Errno.Negate(Libc.ChangeModeAt(parent, name, mode & ~WriteBits, 0));
    }

    private static int SealContent(int parent, byte[] name)
    {
        var directory = Descriptor.OpenAt(parent, name, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NoFollow);
        if (directory < 0)
        {
            return directory;
        }

        var names = new List<byte[]>();
        var result = DirectoryReader.Read(directory, names);
        for (var i = 0; i < names.Count && result >= 0; i++)
        {
            result = SealEntry(directory, names[i]);
        }

        Descriptor.Close(directory);
        return result;
    }
}
