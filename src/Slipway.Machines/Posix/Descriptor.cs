using System.Runtime.InteropServices;

namespace Slipway.Machines.Posix;

/// <summary>
/// File descriptors as plain numbers: a lock must live exactly as long as its owner says, so no finalizer may
/// close one. Every call returns its result or the negated error number, and is repeated when a signal interrupts it.
/// </summary>
internal static class Descriptor
{
    public const int CurrentDirectory = -100;
    public const int LinkNotFollowed = 0x100;

    private const int DuplicateFrom = 1030; // F_DUPFD_CLOEXEC
    private const int GetFlags = 1;         // F_GETFD
    private const int SetFlags = 2;         // F_SETFD
    private const int SetStatus = 4;        // F_SETFL

    public static int Open(string path, int flags, uint mode = 0) => OpenAt(CurrentDirectory, PosixText.EncodeTerminated(path), flags, mode);

    public static int OpenAt(int directory, ReadOnlySpan<byte> terminatedPath, int flags, uint mode = 0)
    {
        while (true)
        {
            var fd = Errno.Negate(Libc.OpenAt(directory, terminatedPath, flags | OpenFlags.CloseOnExec, mode));
            if (fd != -Errno.Interrupted)
            {
                return fd;
            }
        }
    }

    /// <summary>Closes; never repeated, because on Linux the number is free even when the call was interrupted.</summary>
    public static void Close(int fd)
    {
        if (fd >= 0)
        {
            _ = Libc.Close(fd);
        }
    }

    public static int Read(int fd, Span<byte> buffer)
    {
        while (true)
        {
            var count = Errno.Negate(Libc.Read(fd, buffer, (nuint)buffer.Length));
            if (count != -Errno.Interrupted)
            {
                return (int)count;
            }
        }
    }

    public static int Write(int fd, ReadOnlySpan<byte> bytes)
    {
        while (true)
        {
            var count = Errno.Negate(Libc.Write(fd, bytes, (nuint)bytes.Length));
            if (count != -Errno.Interrupted)
            {
                return (int)count;
            }
        }
    }

    /// <summary>Writes everything; 0 or the negated error number.</summary>
    public static int WriteAll(int fd, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var count = Write(fd, bytes);
            if (count < 0)
            {
                return count;
            }

            bytes = bytes[count..];
        }

        return 0;
    }

    public static int Sync(int fd)
    {
        while (true)
        {
            var result = Errno.Negate(Libc.Sync(fd));
            if (result != -Errno.Interrupted)
            {
                return result;
            }
        }
    }

    /// <summary>A duplicate with close-on-exec whose number is at least <paramref name="lowest"/>.</summary>
    public static int Duplicate(int fd, int lowest) => Errno.Negate(Libc.Control(fd, DuplicateFrom, lowest));

    public static bool IsInheritable(int fd) => Libc.Control(fd, GetFlags, 0) is var flags && flags >= 0 && (flags & 1) == 0;

    public static void SetInheritable(int fd, bool inheritable) => _ = Libc.Control(fd, SetFlags, inheritable ? 0 : 1);

    public static void SetNonBlocking(int fd) => _ = Libc.Control(fd, SetStatus, OpenFlags.NonBlocking);

    /// <summary>Waits until one entry is ready or the time is over; an interruption counts as nothing ready.</summary>
    public static int Poll(Span<Libc.PollEntry> entries, int timeoutMilliseconds) =>
        Libc.Poll(entries, (nuint)entries.Length, timeoutMilliseconds) is var ready && ready >= 0
            ? ready
            : Marshal.GetLastPInvokeError() == Errno.Interrupted ? 0 : -Marshal.GetLastPInvokeError();

    /// <summary>Reads a file of the proc file system, whose size is not known beforehand.</summary>
    public static byte[]? ReadWhole(string path)
    {
        var fd = Open(path, OpenFlags.ReadOnly);
        if (fd < 0)
        {
            return null;
        }

        var buffer = new byte[4096];
        var length = 0;
        while (true)
        {
            var count = Read(fd, buffer.AsSpan(length));
            if (count <= 0)
            {
                Close(fd);
                return count < 0 ? null : buffer[..length];
            }

            length += count;
            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }
        }
    }
}
