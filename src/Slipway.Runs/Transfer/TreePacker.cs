using Slipway.Core.Failures;
using Slipway.Machines;
using Slipway.Machines.Files;
using Slipway.Machines.Posix;

namespace Slipway.Runs.Transfer;

/// <summary>
/// Packs entries of a tree for a host: everything below <c>tree/</c>, then <c>skip</c> with the files that could not be read whole, <c>modes</c>
/// with the directories that get their modes last, and <c>end</c>.
/// </summary>
/// <param name="root">The tree.</param>
/// <param name="faults">Told of each file that could not be read.</param>
/// <param name="progress">Told how far it is.</param>
internal sealed class TreePacker(string root, TransferFaults faults, IProgress<TransferProgress>? progress)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private readonly List<string> _skipped = [];
    private readonly List<(string Path, UnixFileMode Mode)> _modes = [];
    private long _total;
    private bool _isTaken = true;

    /// <summary>How many entries were packed.</summary>
    public int Files { get; private set; }

    /// <summary>How many bytes of content.</summary>
    public long Bytes { get; private set; }

    /// <summary>Packs; what goes wrong with one file is collected.</summary>
    /// <param name="entries">What to pack, directories before what is in them.</param>
    /// <param name="write">Takes the archive; false when nobody does any more.</param>
    /// <param name="extra">Further small files, beside <c>tree/</c>.</param>
    public Failure? Pack(IReadOnlyList<InventoryEntry> entries, Func<ReadOnlyMemory<byte>, bool> write, params ReadOnlySpan<(string Name, byte[] Content)> extra)
    {
        var tar = new TarWriter(piece => _isTaken = _isTaken && write(piece));
        _total = entries.Sum(static entry => entry.Size);
        tar.Directory("tree", LocalPaths.StatusOf($"{root}/.").Mode | OwnerOnly);
        foreach (var entry in entries)
        {
            // Its own words say why.
            if (!_isTaken)
            {
                return null;
            }

            Add(tar, entry);
        }

        foreach (var (name, content) in extra)
        {
            tar.File(name, content);
        }

        tar.File("skip", Records(_skipped));
        tar.File("modes", Records(Enumerable.Reverse(_modes).SelectMany(static pair => (string[])[Convert.ToString((int)pair.Mode, 8), pair.Path])));
        tar.File("end", []);
        tar.End();
        return null;
    }

    /// <summary>Texts with a NUL after each.</summary>
    public static byte[] Records(IEnumerable<string> texts) => PosixText.Encode(string.Concat(texts.Select(static text => text + '\0')));

    private void Add(TarWriter tar, InventoryEntry entry)
    {
        var name = $"tree/{entry.Path}";
        Files++;
        switch (entry.Kind)
        {
            case FileKind.Directory:
                tar.Directory(name, entry.Mode | OwnerOnly);
                if ((entry.Mode & OwnerOnly) != OwnerOnly)
                {
                    _modes.Add((entry.Path, entry.Mode));
                }

                break;
            case FileKind.Link:
                tar.Link(name, entry.Target!);
                break;
            case FileKind.File:
                AddFile(tar, entry, name);
                break;
            default:
                Files--;
                faults.Warn($"{root}/{entry.Path} is neither a file, a directory nor a link, and was passed over.");
                break;
        }

        progress?.Report(new TransferProgress(Files, Bytes, _total));
    }

    private void AddFile(TarWriter tar, InventoryEntry entry, string name)
    {
        const long Nanoseconds = 1_000_000_000;
        var path = $"{root}/{entry.Path}";
        var status = LocalPaths.StatusOf(path);
        if (status.Kind is not FileKind.File)
        {
            faults.Add($"{path} was there and is gone.");
            Files--;
            return;
        }

        // The header says the size, so the first read decides whether there is a header.
        var size = status.Size;
        var isBegun = false;
        var sent = 0L;
        void Begin()
        {
            if (!isBegun)
            {
                isBegun = true;
                tar.File(name, status.Mode, size, status.ModifiedUnixNanoseconds / Nanoseconds);
            }
        }

        var read = FilePieces.Read(path, size, piece =>
        {
            Begin();
            tar.Raw(piece.ToArray());
            sent += piece.Length;
            Bytes += piece.Length;
            progress?.Report(new TransferProgress(Files, Bytes, _total));
            return _isTaken;
        });
        if (read.TryGet(out _, out var failure) && sent == size)
        {
            Begin();
            tar.Pad(size);
            return;
        }

        Files--;
        faults.Add(failure?.Message ?? $"{path} became shorter while it was read.");
        if (isBegun)
        {
            Fill(tar, size - sent);
            tar.Pad(size);
            _skipped.Add(entry.Path);
        }
    }

    private void Fill(TarWriter tar, long count)
    {
        var zeros = new byte[64 * 1024];
        for (; count > 0 && _isTaken; count -= zeros.Length)
        {
            tar.Raw(zeros.AsMemory(0, (int)Math.Min(zeros.Length, count)));
        }
    }
}
