using Slipway.Core.Failures;
using Slipway.Machines.Posix;

namespace Slipway.Machines.Files;

/// <summary>Lists a tree by open directories, in the byte order of escaped paths; content is not read.</summary>
internal sealed class TreeScanner
{
    private const int TargetLimit = 64 * 1024;

    private readonly List<(byte[] SortKey, InventoryEntry Entry)> _found = [];
    private readonly Func<string, bool> _skip;
    private readonly Action<Failure>? _fault;
    private readonly CancellationToken _cancellationToken;

    private TreeScanner(Func<string, bool> skip, Action<Failure>? fault, CancellationToken cancellationToken)
    {
        _skip = skip;
        _fault = fault;
        _cancellationToken = cancellationToken;
    }

    /// <summary>Everything below the root; files have no digest yet.</summary>
    public static Result<List<InventoryEntry>> Scan(string root, CancellationToken cancellationToken) => Scan(root, static _ => false, fault: null, cancellationToken);

    /// <summary>Everything below the root but what is skipped.</summary>
    /// <param name="root">The directory; a link to one is followed.</param>
    /// <param name="skip">Whether an entry of that name, without its directory, is passed over with all below it.</param>
    /// <param name="fault">Told of each entry that cannot be looked at, which is then passed over; null to fail at the first.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    public static Result<List<InventoryEntry>> Scan(string root, Func<string, bool> skip, Action<Failure>? fault, CancellationToken cancellationToken)
    {
        var directory = Descriptor.Open(root, OpenFlags.ReadOnly | OpenFlags.Directory);
        if (directory < 0)
        {
            return FileFailures.Reading(root, directory);
        }

        var scanner = new TreeScanner(skip, fault, cancellationToken);
        try
        {
            if (scanner.ScanContent(directory, []) is { } problem)
            {
                return FileFailures.Reading($"{root}/{PosixText.Decode(problem.Path)}", problem.Errno);
            }
        }
        finally
        {
            Descriptor.Close(directory);
        }

        scanner._found.Sort(static (a, b) => a.SortKey.AsSpan().SequenceCompareTo(b.SortKey));
        return scanner._found.ConvertAll(static f => f.Entry);
    }

    private (byte[] Path, int Errno)? ScanContent(int directory, byte[] prefix)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        var names = new List<byte[]>();
        var result = DirectoryReader.Read(directory, names);
        if (result < 0)
        {
            return (prefix, result);
        }

        foreach (var name in names)
        {
            if (_skip(PosixText.Decode(name.AsSpan()[..^1])))
            {
                continue;
            }

            byte[] path = prefix.Length == 0 ? name[..^1] : [.. prefix, (byte)'/', .. name.AsSpan()[..^1]];
            if (ScanEntry(directory, name, path) is { } problem)
            {
                if (_fault is null)
                {
                    return problem;
                }

                _fault(FileFailures.Reading(PosixText.Decode(problem.Path), problem.Errno));
            }
        }

        return null;
    }

    private (byte[] Path, int Errno)? ScanEntry(int directory, byte[] name, byte[] path)
    {
        var result = StatX.ReadAt(directory, name, out var status);
        string? target = null;
        if (result == 0 && status.Kind is FileKind.Link)
        {
            result = ReadTarget(directory, name, out target);
        }

        if (result < 0)
        {
            return (path, result);
        }

        var size = status.Kind is FileKind.File ? status.Size : 0;
        var mode = status.Kind is FileKind.Link ? UnixFileMode.None : status.Mode;
        _found.Add((InventoryText.Escape(path), new InventoryEntry(status.Kind, PosixText.Decode(path), mode, size, null, target)));
        if (status.Kind is not FileKind.Directory)
        {
            return null;
        }

        var child = Descriptor.OpenAt(directory, name, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NoFollow);
        if (child < 0)
        {
            return (path, child);
        }

        var problem = ScanContent(child, path);
        Descriptor.Close(child);
        return problem;
    }

    private static int ReadTarget(int directory, byte[] name, out string? target)
    {
        var buffer = new byte[TargetLimit];
        var count = (int)Errno.Negate(Libc.ReadLinkAt(directory, name, buffer, (nuint)buffer.Length));
        target = count < 0 ? null : PosixText.Decode(buffer.AsSpan(0, count));
        return Math.Min(count, 0);
    }
}
