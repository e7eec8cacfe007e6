using System.Runtime.InteropServices;

namespace Slipway.Machines.Posix;

/// <summary>
/// The C library, as far as it is used. Where a struct differs between architectures or libraries
/// (<c>stat</c>, <c>dirent</c>) the system call with its fixed layout is used. Paths end in NUL.
/// </summary>
internal static partial class Libc
{
    private const string Library = "libc";

    [LibraryImport(Library, EntryPoint = "openat", SetLastError = true)]
    public static partial int OpenAt(int directory, ReadOnlySpan<byte> path, int flags, uint mode);

    [LibraryImport(Library, EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int fd);

    [LibraryImport(Library, EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int fd, Span<byte> buffer, nuint count);

    [LibraryImport(Library, EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int fd, ReadOnlySpan<byte> buffer, nuint count);

    [LibraryImport(Library, EntryPoint = "ftruncate", SetLastError = true)]
    public static partial int Truncate(int fd, long length);

    [LibraryImport(Library, EntryPoint = "fsync", SetLastError = true)]
    public static partial int Sync(int fd);

    [LibraryImport(Library, EntryPoint = "syncfs", SetLastError = true)]
    public static partial int SyncFileSystem(int fd);

    [LibraryImport(Library, EntryPoint = "fchmod", SetLastError = true)]
    public static partial int ChangeMode(int fd, uint mode);

    [LibraryImport(Library, EntryPoint = "fchmodat", SetLastError = true)]
    public static partial int ChangeModeAt(int directory, ReadOnlySpan<byte> path, uint mode, int flags);

    [LibraryImport(Library, EntryPoint = "mkdirat", SetLastError = true)]
    public static partial int MakeDirectoryAt(int directory, ReadOnlySpan<byte> path, uint mode);

    [LibraryImport(Library, EntryPoint = "unlinkat", SetLastError = true)]
    public static partial int UnlinkAt(int directory, ReadOnlySpan<byte> path, int flags);

    [LibraryImport(Library, EntryPoint = "rename", SetLastError = true)]
    public static partial int Rename(ReadOnlySpan<byte> from, ReadOnlySpan<byte> to);

    [LibraryImport(Library, EntryPoint = "symlink", SetLastError = true)]
    public static partial int SymbolicLink(ReadOnlySpan<byte> target, ReadOnlySpan<byte> path);

    [LibraryImport(Library, EntryPoint = "link", SetLastError = true)]
    public static partial int Link(ReadOnlySpan<byte> from, ReadOnlySpan<byte> to);

    [LibraryImport(Library, EntryPoint = "readlinkat", SetLastError = true)]
    public static partial nint ReadLinkAt(int directory, ReadOnlySpan<byte> path, Span<byte> buffer, nuint size);

    [LibraryImport(Library, EntryPoint = "faccessat", SetLastError = true)]
    public static partial int AccessAt(int directory, ReadOnlySpan<byte> path, int mode, int flags);

    [LibraryImport(Library, EntryPoint = "utimensat", SetLastError = true)]
    public static partial int SetTimesAt(int directory, ReadOnlySpan<byte> path, ReadOnlySpan<TimeSpec> times, int flags);

    [LibraryImport(Library, EntryPoint = "futimens", SetLastError = true)]
    public static partial int SetTimes(int fd, ReadOnlySpan<TimeSpec> times);

    [LibraryImport(Library, EntryPoint = "flock", SetLastError = true)]
    public static partial int Lock(int fd, int operation);

    [LibraryImport(Library, EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Control(int fd, int command, nint argument);

    [LibraryImport(Library, EntryPoint = "statfs", SetLastError = true)]
    public static partial int FileSystemStatus(ReadOnlySpan<byte> path, Span<long> buffer);

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    public static partial long CallStatX(long number, int directory, ReadOnlySpan<byte> path, int flags, uint mask, Span<byte> buffer);

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    public static partial long CallGetDirectoryEntries(long number, int fd, Span<byte> buffer, nuint size);

    /// <summary><c>struct timespec</c> of 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public readonly record struct TimeSpec(long Seconds, long Nanoseconds);
}
