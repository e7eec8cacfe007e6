using System.Text;
using Slipway.Core.Failures;
using Slipway.Machines.Files;
using Slipway.Runs.Transfer;
using Slipway.TestKit;

namespace Slipway.Runs.Tests.Transfer;

/// <summary>What a host may send for a tree.</summary>
public sealed class UnpackerTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public static TheoryData<string> Attacks => ["/absolute", "../up", "a/../../up", "link/inside", "twice", "twice/", "hard", ".."];

    [Theory]
    [MemberData(nameof(Attacks))]
    public void What_leads_out_of_the_target_is_refused(string attack)
    {
        var outside = _folder.CreateFolder("outside");
        var root = _folder.CreateFolder("target");
        var failure = Unpack(root, tar =>
        {
            tar.Link("link", outside);
            tar.File("twice", "first"u8.ToArray());
            if (attack is "hard")
            {
                // No writer of ours makes one: another name for what lies outside.
                tar.Link("hard", "../outside");
            }
            else if (attack.EndsWith('/'))
            {
                tar.Directory(attack.TrimEnd('/'), (UnixFileMode)0x1C0);
            }
            else
            {
                tar.File(attack, "x"u8.ToArray());
            }
        }, attack is "hard" ? '1' : null);
        Assert.Equal(TransferFailures.Hostile, failure?.Code);
        Assert.Empty(Directory.EnumerateFileSystemEntries(outside));
        Assert.Equal(["outside", "target"], Directory.EnumerateFileSystemEntries(_folder.FullPath).Select(Path.GetFileName).Order(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    [Fact]
    public void Headers_of_any_tar_are_read_wherever_the_pieces_are_cut()
    {
        foreach (var piece in (int[])[1, 7, 512, 100_000])
        {
            var root = _folder.CreateFolder($"target{piece}");
            Assert.Null(Unpack(root, tar =>
            {
                tar.Directory("./d", (UnixFileMode)0x1ED);
                tar.File($"d/{new string('n', 180)}", Encoding.ASCII.GetBytes(new string('c', 1000)));
                tar.Link("d/l", new string('t', 300));
            }, piece: piece));
            Assert.Equal(1000, new FileInfo($"{root}/d/{new string('n', 180)}").Length);
            Assert.Equal(new string('t', 300), new FileInfo($"{root}/d/l").LinkTarget);
        }
    }

    [Fact]
    public void Extended_headers_give_names_and_another_name_of_a_file_is_one()
    {
        var root = _folder.CreateFolder("target");
        var archive = new MemoryStream();
        using (var writer = new System.Formats.Tar.TarWriter(archive, System.Formats.Tar.TarEntryFormat.Pax, leaveOpen: true))
        {
            writer.WriteEntry(new System.Formats.Tar.PaxTarEntry(System.Formats.Tar.TarEntryType.RegularFile, $"d/{new string('ü', 120)}") { DataStream = new MemoryStream("text"u8.ToArray()) });
            writer.WriteEntry(new System.Formats.Tar.PaxTarEntry(System.Formats.Tar.TarEntryType.HardLink, "same") { LinkName = $"d/{new string('ü', 120)}" });
            writer.WriteEntry(new System.Formats.Tar.PaxTarEntry(System.Formats.Tar.TarEntryType.Fifo, "pipe"));
        }

        var faults = new TransferFaults();
        using var unpacker = new Unpacker(root, faults, progress: null);
        var reader = new TarReader(unpacker);
        Assert.Null(reader.Write(archive.ToArray()));
        Assert.True(reader.HasEnded);
        Assert.Equal("text", File.ReadAllText($"{root}/same"));
        Assert.Contains("pipe", Assert.Single(faults.Conclude(root, 0, 0).Value.Warnings), StringComparison.Ordinal);
        Assert.False(LocalFiles.Exists($"{root}/pipe"));
    }

    public void Dispose() => _folder.Dispose();

    private static Failure? Unpack(string root, Action<TarWriter> write, char? lastType = null, int piece = 100_000)
    {
        var archive = new MemoryStream();
        var last = 0L;
        var tar = new TarWriter(bytes =>
        {
            last = archive.Length;
            archive.Write(bytes.Span);
        });
        write(tar);
        var bytes = archive.ToArray();
        if (lastType is { } type)
        {
            // The letter of the type, and the sum that goes with it.
            var header = bytes.AsSpan((int)last, TarWriter.Block);
            header[156] = (byte)type;
            header.Slice(148, 8).Fill((byte)' ');
            var sum = 0;
            foreach (var value in header)
            {
                sum += value;
            }

            Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ", header.Slice(148, 8));
        }

        using var unpacker = new Unpacker(root, new TransferFaults(), progress: null);
        var reader = new TarReader(unpacker);
        return bytes.Chunk(piece).Select(part => reader.Write(part)).FirstOrDefault(static problem => problem is not null);
    }
}
