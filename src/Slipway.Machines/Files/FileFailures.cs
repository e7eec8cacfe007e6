using Slipway.Core.Failures;
using Slipway.Machines.Posix;

namespace Slipway.Machines.Files;

/// <summary>Sentences for file errors; every one names the path and the cause.</summary>
internal static class FileFailures
{
    /// <summary>Changing something at <paramref name="path"/> failed.</summary>
    public static Failure Writing(string path, int errno)
    {
        errno = Math.Abs(errno);
        return errno switch
        {
            Errno.NoSpace => new Failure(MachinesFailures.DiskFull, $"Cannot write {path}: the disk is full."),
            Errno.QuotaExceeded => new Failure(MachinesFailures.DiskFull, $"Cannot write {path}: the disk quota is used up."),
            Errno.ReadOnlyFileSystem => new Failure(MachinesFailures.ReadOnlyFileSystem, $"Cannot write {path}: the file system is read-only."),
            Errno.AccessDenied or Errno.NotPermitted => new Failure(MachinesFailures.WriteNotPermitted, $"Cannot write {path}: permission denied."),
            Errno.NoEntry => new Failure(MachinesFailures.FileNotFound, $"Cannot write {path}: it or its directory does not exist."),
            _ => Other($"Cannot write {path}", errno),
        };
    }

    /// <summary>Reading something at <paramref name="path"/> failed.</summary>
    public static Failure Reading(string path, int errno)
    {
        errno = Math.Abs(errno);
        return errno switch
        {
            Errno.NoEntry => new Failure(MachinesFailures.FileNotFound, $"{path} does not exist."),
            Errno.AccessDenied or Errno.NotPermitted => new Failure(MachinesFailures.FileNotReadable, $"Cannot read {path}: permission denied."),
            _ => Other($"Cannot read {path}", errno),
        };
    }

    private static Failure Other(string what, int errno) => errno switch
    {
        Errno.NotDirectory => new Failure(MachinesFailures.PathUnusable, $"{what}: a part of the path is not a directory."),
        Errno.IsDirectory => new Failure(MachinesFailures.PathUnusable, $"{what}: it is a directory."),
        Errno.LinkLoop => new Failure(MachinesFailures.PathUnusable, $"{what}: it is a symbolic link, or links form a loop."),
        Errno.NameTooLong => new Failure(MachinesFailures.PathUnusable, $"{what}: the path is too long."),
        Errno.Exists or Errno.NotEmpty => new Failure(MachinesFailures.PathUnusable, $"{what}: something else is already there."),
        Errno.CrossDevice => new Failure(MachinesFailures.PathUnusable, $"{what}: source and target are on different file systems."),
        _ => new Failure(MachinesFailures.FileSystemFault, $"{what}: {Errno.Describe(errno)}."),
    };
}
