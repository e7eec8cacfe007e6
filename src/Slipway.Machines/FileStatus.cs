namespace Slipway.Machines;

/// <summary>What kind of file system object a path names.</summary>
public enum FileKind
{
    /// <summary>Nothing is there.</summary>
    Missing,

    /// <summary>A regular file.</summary>
    File,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A symbolic link, not followed.</summary>
    Link,

    /// <summary>A socket, device or pipe.</summary>
    Other,
}

/// <summary>The result of <c>lstat(2)</c>.</summary>
/// <param name="Kind">What is there.</param>
/// <param name="Size">Bytes; for a directory or a missing path 0.</param>
/// <param name="Mode">Permission bits, including set-id and sticky bits.</param>
/// <param name="OwnerId">The owner's user id.</param>
/// <param name="Device">Device number of the file system.</param>
/// <param name="Inode">Inode number.</param>
/// <param name="Links">Number of hard links.</param>
/// <param name="ModifiedUnixNanoseconds">Modification time in nanoseconds since 1970-01-01T00:00:00Z.</param>
public sealed record FileStatus(
    FileKind Kind,
    long Size,
    UnixFileMode Mode,
    uint OwnerId,
    ulong Device,
    ulong Inode,
    ulong Links,
    long ModifiedUnixNanoseconds)
{
    /// <summary>Nothing is at the path.</summary>
    public static FileStatus Missing { get; } = new(FileKind.Missing, 0, UnixFileMode.None, 0, 0, 0, 0, 0);

    /// <summary>Whether something is at the path.</summary>
    public bool Exists => Kind is not FileKind.Missing;
}
