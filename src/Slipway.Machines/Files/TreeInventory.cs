using System.Buffers;
using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Machines.Posix;

namespace Slipway.Machines.Files;

/// <summary>
/// Everything below a directory, in a text that is equal for equal trees and that a POSIX shell can produce, too.
/// </summary>
/// <remarks>
/// <para>Lines end in a newline. Grammar:</para>
/// <list type="bullet">
/// <item><c>slipway-inventory/1 files=&lt;count&gt; bytes=&lt;sum of file sizes&gt;</c>, once and first;</item>
/// <item><c>f &lt;mode&gt; &lt;size&gt; &lt;sha256&gt; &lt;path&gt;</c>, a regular file;</item>
/// <item><c>d &lt;mode&gt; &lt;path&gt;</c>, a directory; the root itself is not listed;</item>
/// <item><c>l &lt;path&gt; -&gt; &lt;target&gt;</c>, a symbolic link;</item>
/// <item><c>o &lt;mode&gt; &lt;path&gt;</c>, anything else;</item>
/// <item><c>sha256 &lt;hex&gt;</c>, once and last: the digest of all bytes before this line.</item>
/// </list>
/// <para>
/// The mode is octal without leading zeros (as <c>stat -c %a</c> prints it), hex is lower case. Paths are relative
/// to the root, without <c>./</c>. In paths and targets a backslash is written <c>\\</c>, a newline <c>\n</c> and
/// <c>&gt;</c> as <c>\&gt;</c>; all other bytes stand for themselves, whether UTF-8 or not. Entry lines are in the
/// byte order of their written paths.
/// </para>
/// </remarks>
public sealed class TreeInventory
{
    /// <summary>A first line is never longer than this.</summary>
    private const int HeaderLimit = 128;

    private TreeInventory(InventoryHeader header, ImmutableArray<InventoryEntry> entries)
    {
        Header = header;
        Entries = entries;
    }

    /// <summary>Counts.</summary>
    public InventoryHeader Header { get; }

    /// <summary>All entries in the byte order of their written paths.</summary>
    public ImmutableArray<InventoryEntry> Entries { get; }

    /// <summary>Lists and hashes a tree.</summary>
    /// <param name="root">A directory; it may itself be a link to one.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>The inventory; a failure when something cannot be read.</returns>
    public static Result<TreeInventory> Take(string root, CancellationToken cancellationToken)
    {
        if (!TreeScanner.Scan(root, cancellationToken).TryGet(out var entries, out var failure))
        {
            return failure;
        }

        return FileHasher.Fill(root, entries, static _ => true, cancellationToken) is { } unreadable
            ? unreadable
            : new TreeInventory(Count(entries), [.. entries]);
    }

    /// <summary>The text.</summary>
    public byte[] ToBytes()
    {
        var output = new ArrayBufferWriter<byte>(4096);
        output.Write(InventoryText.Header(Header));
        foreach (var entry in Entries)
        {
            InventoryText.WriteEntry(output, entry);
        }

        output.Write(InventoryText.Trailer(output.WrittenSpan));
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads a text; fails when it is malformed, incomplete or changed in any byte.</summary>
    public static Result<TreeInventory> Parse(ReadOnlySpan<byte> text)
    {
        var trailer = text[..^Math.Min(1, text.Length)].LastIndexOf((byte)'\n') + 1;
        if (trailer == 0 || !text[trailer..].SequenceEqual(InventoryText.Trailer(text[..trailer])))
        {
            return Damaged("its last line is not the digest of the lines before");
        }

        var first = text.IndexOf((byte)'\n');
        if (InventoryText.ParseHeader(text[..first]) is not { } header)
        {
            return Damaged("line 1 is not a header of version 1");
        }

        if (!ParseEntries(text[(first + 1)..trailer]).TryGet(out var entries, out var failure))
        {
            return failure;
        }

        return Count(entries) == header ? new TreeInventory(header, [.. entries]) : Damaged("its header counts other files than it lists");
    }

    /// <summary>Reads only the first line of an inventory file; the digest is not checked.</summary>
    public static Result<InventoryHeader> ReadHeader(string path)
    {
        var fd = Descriptor.Open(path, OpenFlags.ReadOnly);
        if (fd < 0)
        {
            return FileFailures.Reading(path, fd);
        }

        var buffer = new byte[HeaderLimit];
        var count = Descriptor.Read(fd, buffer);
        Descriptor.Close(fd);
        if (count < 0)
        {
            return FileFailures.Reading(path, count);
        }

        var end = buffer.AsSpan(0, count).IndexOf((byte)'\n');
        return end >= 0 && InventoryText.ParseHeader(buffer.AsSpan(0, end)) is { } header
            ? header
            : new Failure(MachinesFailures.InventoryDamaged, $"The inventory {path} is damaged: line 1 is not a header of version 1.");
    }

    /// <summary>Compares a tree with an inventory; content is hashed only where kind and size agree.</summary>
    /// <returns>The differences in path order, one for each entry that differs; none when the tree is as recorded.</returns>
    public static Result<ImmutableArray<TreeDifference>> Compare(string root, TreeInventory inventory, CancellationToken cancellationToken)
    {
        if (!TreeScanner.Scan(root, cancellationToken).TryGet(out var found, out var failure))
        {
            return failure;
        }

        var recorded = inventory.Entries.ToDictionary(static e => e.Path, StringComparer.Ordinal);
        if (FileHasher.Fill(root, found, e => recorded.TryGetValue(e.Path, out var r) && r.Kind == e.Kind && r.Size == e.Size, cancellationToken)
            is { } unreadable)
        {
            return unreadable;
        }

        return TreeComparison.Between(inventory.Entries, found);
    }

    private static Result<List<InventoryEntry>> ParseEntries(ReadOnlySpan<byte> lines)
    {
        var entries = new List<InventoryEntry>();
        byte[]? previous = null;
        for (var number = 2; !lines.IsEmpty; number++)
        {
            var end = lines.IndexOf((byte)'\n');
            if (InventoryText.ParseEntry(lines[..end]) is not { } entry)
            {
                return Damaged($"line {number} is malformed");
            }

            var key = InventoryText.Escape(PosixText.Encode(entry.Path));
            if (previous is not null && previous.AsSpan().SequenceCompareTo(key) >= 0)
            {
                return Damaged($"line {number} is out of order");
            }

            previous = key;
            entries.Add(entry);
            lines = lines[(end + 1)..];
        }

        return entries;
    }

    private static InventoryHeader Count(List<InventoryEntry> entries) =>
        new(entries.Count(static e => e.Kind is FileKind.File), entries.Sum(static e => e.Size));

    private static Failure Damaged(string why) => new(MachinesFailures.InventoryDamaged, $"The inventory is damaged: {why}.");
}
