using Slipway.Core.Failures;
using Slipway.Machines.Posix;

namespace Slipway.Machines.Files;

/// <summary>
/// Files of this machine, with the guarantees that a store needs. Paths are <see cref="PosixText"/>, so any name
/// can be given; symbolic links are never followed in the last component unless a member says so. Methods block and are safe to call concurrently.
/// </summary>
public static class LocalFiles
{
    private const uint OwnerOnlyDirectory = 0x1C0; // 0700
    private const int CopyBuffer = 128 * 1024;

    /// <summary>The status of a path itself.</summary>
    public static Result<FileStatus> Stat(string path)
    {
        var result = StatX.ReadAt(Descriptor.CurrentDirectory, PosixText.EncodeTerminated(path), out var status);
        return result is 0 or -Errno.NoEntry or -Errno.NotDirectory ? status : FileFailures.Reading(path, result);
    }

    /// <summary>Whether something is at the path, without following a link; false also when that cannot be told.</summary>
    public static bool Exists(string path) => Stat(path) is { IsOk: true, Value.Exists: true };

    /// <summary>Reads a whole file of at most <paramref name="maxBytes"/> bytes; a link is followed.</summary>
    public static Result<byte[]> Read(string path, long maxBytes) => Read(path, maxBytes, OpenFlags.ReadOnly | OpenFlags.NonBlocking);

    /// <summary>
    /// Reads what a person named: a file as <see cref="Read(string, long)"/> does, and a pipe to its end, however long its writer takes. Never for files
    /// of a store, where a pipe would keep everyone waiting.
    /// </summary>
    /// <param name="path">The file or the pipe; a link is followed.</param>
    /// <param name="maxBytes">The most bytes.</param>
    /// <param name="cancellationToken">Ends the wait; the thread that reads then ends with the process.</param>
    public static Task<Result<byte[]>> ReadNamedAsync(string path, long maxBytes, CancellationToken cancellationToken)
    {
        var result = StatX.ReadAt(Descriptor.CurrentDirectory, PosixText.EncodeTerminated(path), out var status, follow: true);
        return result < 0 || status.Kind is not FileKind.Other
            ? Task.FromResult(Read(path, maxBytes))
            : Task.Run(() => Read(path, maxBytes, OpenFlags.ReadOnly), CancellationToken.None).WaitAsync(cancellationToken);
    }

    private static Result<byte[]> Read(string path, long maxBytes, int flags)
    {
        var fd = Descriptor.Open(path, flags);
        if (fd < 0)
        {
            return FileFailures.Reading(path, fd);
        }

        try
        {
            using var content = new MemoryStream();
            var buffer = new byte[(int)Math.Clamp(maxBytes + 1, 1, CopyBuffer)];
            while (true)
            {
                var count = Descriptor.Read(fd, buffer);
                if (count < 0)
                {
                    return FileFailures.Reading(path, count);
                }

                if (content.Length + count > maxBytes)
                {
                    return new Failure(MachinesFailures.FileTooLarge, $"{path} is larger than the {maxBytes} bytes that are read at once.");
                }

                if (count == 0)
                {
                    return content.ToArray();
                }

                content.Write(buffer, 0, count);
            }
        }
        finally
        {
            Descriptor.Close(fd);
        }
    }

    /// <summary>Writes a file atomically and durably; missing parent directories are created with mode 0700.</summary>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <param name="content">All of its content.</param>
    /// <param name="mode">Exactly this mode, whatever the umask.</param>
    public static Result<Unit> Write(string path, ReadOnlyMemory<byte> content, UnixFileMode mode)
    {
        var parent = Parent(path);
        if (MakeDirectory(parent, (UnixFileMode)OwnerOnlyDirectory) is { IsOk: false } failed)
        {
            return failed;
        }

        return Place(path, content, mode, durable: true).Then(_ => SyncDirectory(parent));
    }

    /// <summary>Writes a file atomically but not durably; its directory must be there.</summary>
    public static Result<Unit> WriteUnsynced(string path, ReadOnlyMemory<byte> content, UnixFileMode mode) =>
        Place(path, content, mode, durable: false);

    /// <summary>Creates a directory and its missing parents with exactly <paramref name="mode"/>; one that is there (or a link to one) is left as it is.</summary>
    public static Result<Unit> MakeDirectory(string path, UnixFileMode mode)
    {
        var terminated = PosixText.EncodeTerminated(path);
        var result = Errno.Negate(Libc.MakeDirectoryAt(Descriptor.CurrentDirectory, terminated, (uint)mode));
        if (result == -Errno.NoEntry && Parent(path) is { Length: > 0 } parent && parent != path)
        {
            if (MakeDirectory(parent, mode) is { IsOk: false } failed)
            {
                return failed;
            }

            result = Errno.Negate(Libc.MakeDirectoryAt(Descriptor.CurrentDirectory, terminated, (uint)mode));
        }

        if (result == 0)
        {
            result = Errno.Negate(Libc.ChangeModeAt(Descriptor.CurrentDirectory, terminated, (uint)mode, 0));
            return result == 0 ? Unit.Value : FileFailures.Writing(path, result);
        }

        // Some systems answer "read-only" or "denied" although the directory is there.
        return StatX.ReadAt(Descriptor.CurrentDirectory, terminated, out var status, follow: true) == 0 && status.Kind is FileKind.Directory
            ? Unit.Value
            : FileFailures.Writing(path, result);
    }

    /// <summary>Renames within one file system, replacing a file at the target, then syncs the target's directory.</summary>
    public static Result<Unit> Move(string from, string to)
    {
        var result = Errno.Negate(Libc.Rename(PosixText.EncodeTerminated(from), PosixText.EncodeTerminated(to)));
        return result == 0 ? SyncDirectory(Parent(to)) : FileFailures.Writing($"{to} (from {from})", result);
    }

    /// <summary>Renames within one file system, replacing a file at the target, without a wait for the disk.</summary>
    public static Result<Unit> MoveUnsynced(string from, string to)
    {
        var result = Errno.Negate(Libc.Rename(PosixText.EncodeTerminated(from), PosixText.EncodeTerminated(to)));
        return result == 0 ? Unit.Value : FileFailures.Writing(to, result);
    }

    /// <summary>Makes a symbolic link where nothing is.</summary>
    public static Result<Unit> CreateLink(string path, string target)
    {
        var result = Errno.Negate(Libc.SymbolicLink(PosixText.EncodeTerminated(target), PosixText.EncodeTerminated(path)));
        return result == 0 ? Unit.Value : FileFailures.Writing(path, result);
    }

    /// <summary>Makes a symbolic link, or points one that is there elsewhere: by rename, so that nobody ever finds none. What is no link stays, and is a failure.</summary>
    /// <param name="path">The link; its directory must be there.</param>
    /// <param name="target">What it names: absolute, or relative to the link's directory.</param>
    public static Result<Unit> PlaceLink(string path, string target)
    {
        if (Stat(path).TryGet(out var status, out var failure) && status.Exists && status.Kind is not FileKind.Link)
        {
            return new Failure(MachinesFailures.PathUnusable, $"{path} is there and is no symbolic link.");
        }

        var temporary = Beside(path);
        var result = Errno.Negate(Libc.SymbolicLink(PosixText.EncodeTerminated(target), PosixText.EncodeTerminated(temporary)));
        if (failure is not null || result != 0)
        {
            return failure ?? FileFailures.Writing(path, result);
        }

        var moved = Move(temporary, path);
        if (!moved.IsOk)
        {
            Unlink(temporary);
        }

        return moved;
    }

    /// <summary>Hard-links a file, or copies it with its permissions where the file system refuses that; replaces a file at the target.</summary>
    public static Result<Unit> LinkOrCopy(string from, string to)
    {
        var temporary = Beside(to);
        var result = Errno.Negate(Libc.Link(PosixText.EncodeTerminated(from), PosixText.EncodeTerminated(temporary)));
        if (result is -Errno.CrossDevice or -Errno.NotPermitted or -Errno.TooManyLinks or -Errno.NotSupported or -Errno.NotImplemented or -Errno.AccessDenied)
        {
            return Copy(from, to);
        }

        if (result == 0)
        {
            result = Errno.Negate(Libc.Rename(PosixText.EncodeTerminated(temporary), PosixText.EncodeTerminated(to)));

            // Renaming over another name of the same file does nothing, and leaves the temporary name.
            Unlink(temporary);
        }

        return result == 0 ? Unit.Value : FileFailures.Writing($"{to} (from {from})", result);
    }

    /// <summary>Removes a file or a link; it need not be there.</summary>
    public static Result<Unit> RemoveFile(string path)
    {
        var result = Unlink(path);
        return result is 0 or -Errno.NoEntry or -Errno.NotDirectory ? Unit.Value : FileFailures.Writing(path, result);
    }

    /// <summary>Removes a tree, a file or a link; it need not be there. Read-only directories are made writable first.</summary>
    public static Result<Unit> RemoveTree(string path) => TreeRemover.Remove(path);

    /// <summary>Takes every write permission from a directory and everything below it; links are left alone.</summary>
    public static Result<Unit> SealTree(string path) => TreeSealer.Seal(path);

    /// <summary>Gives a file or a directory exactly <paramref name="mode"/>; what is neither, a link above all, is refused.</summary>
    public static Result<Unit> SetMode(string path, UnixFileMode mode)
    {
        // Opened without following, so that the mode cannot land on what a link names.
        var fd = Descriptor.Open(path, OpenFlags.ReadOnly | OpenFlags.NoFollow | OpenFlags.NonBlocking);
        if (fd == -Errno.AccessDenied && StatusKind(path) is FileKind.File or FileKind.Directory)
        {
            // The owner may change what is not readable. A store is private, so nobody swaps a link in here.
            var changed = Errno.Negate(Libc.ChangeModeAt(Descriptor.CurrentDirectory, PosixText.EncodeTerminated(path), (uint)mode, 0));
            return changed == 0 ? Unit.Value : FileFailures.Writing(path, changed);
        }

        if (fd < 0)
        {
            return FileFailures.Writing(path, fd);
        }

        var result = Errno.Negate(Libc.ChangeMode(fd, (uint)mode));
        Descriptor.Close(fd);
        return result == 0 ? Unit.Value : FileFailures.Writing(path, result);
    }

    /// <summary>Flushes the whole file system that holds <paramref name="path"/>.</summary>
    public static Result<Unit> SyncFileSystem(string path)
    {
        var fd = Descriptor.Open(path, OpenFlags.ReadOnly | OpenFlags.NonBlocking);
        if (fd < 0)
        {
            return FileFailures.Reading(path, fd);
        }

        var result = Errno.Negate(Libc.SyncFileSystem(fd));
        Descriptor.Close(fd);
        return result == 0 ? Unit.Value : FileFailures.Writing(path, result);
    }

    /// <summary>Flushes a directory's entries. A file system that cannot do that has nothing to flush.</summary>
    public static Result<Unit> SyncDirectory(string path)
    {
        var fd = Descriptor.Open(path, OpenFlags.ReadOnly | OpenFlags.Directory);
        if (fd < 0)
        {
            return FileFailures.Reading(path, fd);
        }

        var result = Descriptor.Sync(fd);
        Descriptor.Close(fd);
        return result is 0 or -Errno.Invalid or -Errno.NotSupported ? Unit.Value : FileFailures.Writing(path, result);
    }

    /// <summary>Sets the modification time to now, creating an empty file (mode 0600) when absent.</summary>
    public static Result<Unit> Touch(string path)
    {
        var fd = Descriptor.Open(path, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.NonBlocking, 0x180);
        if (fd is -Errno.AccessDenied or -Errno.IsDirectory)
        {
            // The owner may set the time of a file that is not writable, and of a directory.
            fd = Descriptor.Open(path, OpenFlags.ReadOnly);
        }

        if (fd < 0)
        {
            return FileFailures.Writing(path, fd);
        }

        var result = FileTimes.SetNow(fd);
        Descriptor.Close(fd);
        return result == 0 ? Unit.Value : FileFailures.Writing(path, result);
    }

    /// <summary>Sets the modification time of a file, a directory or a link itself.</summary>
    /// <param name="path">What gets the time.</param>
    /// <param name="unixNanoseconds">Nanoseconds since 1970-01-01T00:00:00Z; file systems may keep fewer digits.</param>
    public static Result<Unit> SetModificationTime(string path, long unixNanoseconds)
    {
        var result = FileTimes.Set(path, unixNanoseconds);
        return result == 0 ? Unit.Value : FileFailures.Writing(path, result);
    }

    /// <summary>The directory of a path; <c>.</c> for a bare name.</summary>
    internal static string Parent(string path)
    {
        var trimmed = path.TrimEnd('/');
        var slash = trimmed.LastIndexOf('/');
        return slash < 0 ? "." : slash == 0 ? "/" : trimmed[..slash];
    }

    private static FileKind StatusKind(string path) => Stat(path).TryGet(out var status, out _) ? status.Kind : FileKind.Missing;

    /// <summary>A name that nothing else has, in the same directory and short enough for every file system.</summary>
    private static string Beside(string path) => $"{Parent(path)}/.slipway-{Guid.NewGuid():N}.tmp";

    private static int Unlink(string path) => Errno.Negate(Libc.UnlinkAt(Descriptor.CurrentDirectory, PosixText.EncodeTerminated(path), 0));

    private static Result<Unit> Copy(string from, string to)
    {
        if (!Stat(from).TryGet(out var status, out var failure))
        {
            return failure;
        }

        var source = Descriptor.Open(from, OpenFlags.ReadOnly | OpenFlags.NoFollow);
        if (source < 0)
        {
            return FileFailures.Reading(from, source);
        }

        try
        {
            return Fill(to, target => Transfer(source, target), status.Mode, durable: false);
        }
        finally
        {
            Descriptor.Close(source);
        }
    }

    private static int Transfer(int source, int target)
    {
        var buffer = new byte[CopyBuffer];
        while (true)
        {
            var count = Descriptor.Read(source, buffer);
            var result = count <= 0 ? count : Descriptor.WriteAll(target, buffer.AsSpan(0, count));
            if (count <= 0 || result < 0)
            {
                return result;
            }
        }
    }

    private static Result<Unit> Place(string path, ReadOnlyMemory<byte> content, UnixFileMode mode, bool durable) =>
        Fill(path, fd => Descriptor.WriteAll(fd, content.Span), mode, durable);

    /// <summary>Fills a temporary file and renames it; the temporary name never outlives this call.</summary>
    private static Result<Unit> Fill(string path, Func<int, int> write, UnixFileMode mode, bool durable)
    {
        var temporary = Beside(path);
        var fd = Descriptor.Open(temporary, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive, 0x180);
        if (fd < 0)
        {
            return FileFailures.Writing(path, fd);
        }

        var result = write(fd);
        result = result < 0 ? result : Errno.Negate(Libc.ChangeMode(fd, (uint)mode));
        result = result < 0 || !durable ? result : Descriptor.Sync(fd);
        Descriptor.Close(fd);
        result = result < 0 ? result : Errno.Negate(Libc.Rename(PosixText.EncodeTerminated(temporary), PosixText.EncodeTerminated(path)));
        if (result == 0)
        {
            return Unit.Value;
        }

        Unlink(temporary);
        return FileFailures.Writing(path, result);
    }
}
