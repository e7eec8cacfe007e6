using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Machines.Posix;

namespace Slipway.Machines.Files;

/// <summary>A regular file that has more than one name.</summary>
/// <param name="Device">Device number of its file system.</param>
/// <param name="Inode">Inode number.</param>
/// <param name="Links">How many names it has anywhere.</param>
/// <param name="Names">How many of them lie in the tree that was measured.</param>
/// <param name="Size">Bytes.</param>
public sealed record LinkedFile(ulong Device, ulong Inode, ulong Links, ulong Names, long Size);

/// <summary>
/// What a tree takes of a disk, by the lengths of its regular files. A file with several names (hard links) counts
/// once, and is listed, because removing the tree frees it only when no name is left elsewhere.
/// </summary>
/// <param name="OwnBytes">Bytes of the files that have one name only.</param>
/// <param name="Linked">The files with several names, each once, in the order of their numbers.</param>
public sealed record TreeUsage(long OwnBytes, ImmutableArray<LinkedFile> Linked)
{
    /// <summary>All bytes of the tree, each file once.</summary>
    public long Bytes => OwnBytes + Linked.Sum(static file => file.Size);

    /// <summary>The bytes that stay on the disk when only this tree goes, because other names of the same files lie elsewhere.</summary>
    public long SharedBytes => Linked.Where(static file => file.Names < file.Links).Sum(static file => file.Size);

    /// <summary>Measures a directory or a file; links are not followed, and what cannot be looked at counts nothing.</summary>
    /// <param name="path">The directory or file; nothing need be there.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public static TreeUsage Measure(string path, CancellationToken cancellationToken)
    {
        var meter = new Meter(cancellationToken);
        meter.Add(Descriptor.CurrentDirectory, PosixText.EncodeTerminated(path));
        return new TreeUsage(meter.OwnBytes, meter.Linked());
    }

    private sealed class Meter(CancellationToken cancellationToken)
    {
        private readonly Dictionary<(ulong Device, ulong Inode), LinkedFile> _linked = [];

        public long OwnBytes { get; private set; }

        public ImmutableArray<LinkedFile> Linked() => [.. _linked.Values.OrderBy(static file => file.Device).ThenBy(static file => file.Inode)];

        public void Add(int parent, byte[] name)
        {
            if (StatX.ReadAt(parent, name, out var status) < 0)
            {
                return;
            }

            switch (status.Kind)
            {
                case FileKind.Directory:
                    AddContent(parent, name);
                    break;
                case FileKind.File when status.Links > 1:
                    var key = (status.Device, status.Inode);
                    _linked[key] = _linked.TryGetValue(key, out var known)
                        ? known with { Names = known.Names + 1 }
                        : new LinkedFile(status.Device, status.Inode, status.Links, Names: 1, status.Size);
                    break;
                case FileKind.File:
                    OwnBytes += status.Size;
                    break;
                case FileKind.Missing or FileKind.Link or FileKind.Other:
                default:
                    break;
            }
        }

        private void AddContent(int parent, byte[] name)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var directory = Descriptor.OpenAt(parent, name, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NoFollow);
            if (directory < 0)
            {
                return;
            }

            try
            {
                var names = new List<byte[]>();
                _ = DirectoryReader.Read(directory, names);
                foreach (var child in names)
                {
                    Add(directory, child);
                }
            }
            finally
            {
                Descriptor.Close(directory);
            }
        }
    }
}
