using Slipway.Core.Failures;
using Slipway.Machines.Posix;

namespace Slipway.Machines.Files;

/// <summary>A new file that is written piece by piece under a name of its own, and gets its mode and its place at the end. Not safe for concurrent use.</summary>
public sealed class FileDraft : IDisposable
{
    private readonly string _path;
    private int _fd;
    private bool _isKept;

    private FileDraft(string path, int fd)
    {
        _path = path;
        _fd = fd;
    }

    /// <summary>Makes an empty file, mode 0600.</summary>
    /// <param name="path">Where nothing is yet; a link there is not followed.</param>
    public static Result<FileDraft> Create(string path)
    {
        var fd = Descriptor.Open(path, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive, 0x180);
        return fd < 0 ? FileFailures.Writing(path, fd) : new FileDraft(path, fd);
    }

    /// <summary>Makes an empty file beside the one that it is to become.</summary>
    public static Result<FileDraft> Beside(string path) => Create($"{LocalFiles.Parent(path)}/.slipway-{Guid.NewGuid():N}.tmp");

    /// <summary>Adds bytes.</summary>
    public Result<Unit> Write(ReadOnlySpan<byte> bytes)
    {
        var result = Descriptor.WriteAll(_fd, bytes);
        return result < 0 ? FileFailures.Writing(_path, result) : Unit.Value;
    }

    /// <summary>The file is complete: it stays under the name it has.</summary>
    /// <param name="mode">Exactly this mode.</param>
    /// <param name="modifiedUnixSeconds">Its modification time.</param>
    public Result<Unit> Keep(UnixFileMode mode, long modifiedUnixSeconds) => Finish(mode, modifiedUnixSeconds, durable: false);

    /// <summary>The file is complete, goes to the disk, and takes the place of <paramref name="path"/> in one step.</summary>
    /// <param name="path">Its place, in the same directory.</param>
    /// <param name="mode">Exactly this mode.</param>
    /// <param name="modifiedUnixSeconds">Its modification time.</param>
    public Result<Unit> Place(string path, UnixFileMode mode, long modifiedUnixSeconds)
    {
        var moved = Finish(mode, modifiedUnixSeconds, durable: true).Then(_ => LocalFiles.Move(_path, path));
        _isKept = moved.IsOk;
        return moved;
    }

    /// <summary>Removes a file that was not completed.</summary>
    public void Dispose()
    {
        Descriptor.Close(_fd);
        _fd = -1;
        if (!_isKept)
        {
            _ = LocalFiles.RemoveFile(_path);
            _isKept = true;
        }
    }

    private Result<Unit> Finish(UnixFileMode mode, long modifiedUnixSeconds, bool durable)
    {
        const long Nanoseconds = 1_000_000_000;
        const long Latest = 1L << 33;
        var result = Errno.Negate(Libc.ChangeMode(_fd, (uint)mode));
        result = result < 0 || !durable ? result : Descriptor.Sync(_fd);
        Descriptor.Close(_fd);
        _fd = -1;
        result = result < 0 ? result : FileTimes.Set(_path, Math.Clamp(modifiedUnixSeconds, -Latest, Latest) * Nanoseconds);
        _isKept = result == 0;
        return result == 0 ? Unit.Value : FileFailures.Writing(_path, result);
    }
}
