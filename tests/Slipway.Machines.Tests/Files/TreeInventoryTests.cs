using System.Text;
using Slipway.Machines.Files;
using Slipway.Machines.Posix;
using Slipway.Machines.Tests.Support;

namespace Slipway.Machines.Tests.Files;

public sealed class TreeInventoryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Odd_names_survive_the_text()
    {
        string[] names = ["new\nline", "back\\slash", "a -> b", "\\n", " lead", "trail ", "not\uDCFFutf8", "試験", "x\ry", "-rf", "*"];
        foreach (var name in names)
        {
            Write($"t/{name}", name.Length);
        }

        Assert.Equal(0, Libc.MakeDirectoryAt(Descriptor.CurrentDirectory, PosixText.EncodeTerminated(_folder["t/dir\n"]), 0x1ED));
        LinkTo("to\n -> \uDCFE", "t/link -> x");
        var taken = Take();
        var parsed = TreeInventory.Parse(taken.ToBytes()).Ok();
        Assert.Equal(string.Join('\n', taken.Entries), string.Join('\n', parsed.Entries));
        Assert.Equal(names.Order(StringComparer.Ordinal), parsed.Entries.Where(e => e.Kind is FileKind.File).Select(e => e.Path).Order(StringComparer.Ordinal));
        Assert.Equal("to\n -> \uDCFE", Assert.Single(parsed.Entries, e => e.Kind is FileKind.Link).Target);
        Assert.Equal(names.Length, parsed.Header.Files);
        Assert.Empty(TreeInventory.Compare(_folder["t"], parsed, default).Ok());
        LocalFiles.RemoveTree(_folder["t"]).Ok();
        Assert.False(LocalFiles.Exists(_folder["t"]));
    }

    [Fact]
    public void Lines_are_in_byte_order_and_equal_trees_give_equal_text()
    {
        foreach (var name in new[] { "t/a/b", "t/a-b", "t/a", "t/é", "t/\U0001F680", "t/\uFFFD", "t/Z" }.Where(n => n != "t/a"))
        {
            Write(name, 1);
        }

        var lines = Encoding.UTF8.GetString(Take().ToBytes()).Split('\n');
        Assert.Equal(["Z", "a", "a-b", "a/b", "é", "\uFFFD", "\U0001F680"], Array.ConvertAll(lines[1..^2], l => l.Split(' ')[^1]));
        Assert.Equal(Take().ToBytes(), Take().ToBytes());
    }

    [Fact]
    public void Every_kind_of_difference_is_found_once()
    {
        foreach (var name in new[] { "same", "gone", "size", "content", "mode", "kind" })
        {
            Write($"t/{name}", 5);
        }

        LinkTo("old", "t/target");
        var before = Take();
        File.Delete(_folder["t/gone"]);
        Write("t/size", 6);
        File.WriteAllText(_folder["t/content"], "other");
        File.SetUnixFileMode(_folder["t/mode"], UnixFileMode.UserRead);
        File.Delete(_folder["t/kind"]);
        LinkTo("same", "t/kind");
        File.Delete(_folder["t/target"]);
        LinkTo("new", "t/target");
        Write("t/stray/deep", 1);
        var differences = TreeInventory.Compare(_folder["t"], before, default).Ok();
        Assert.Equal(
            [
                new(TreeDifferenceKind.ContentChanged, "content"),
                new(TreeDifferenceKind.Missing, "gone"),
                new(TreeDifferenceKind.KindChanged, "kind"),
                new(TreeDifferenceKind.ModeChanged, "mode"),
                new(TreeDifferenceKind.SizeChanged, "size"),
                new(TreeDifferenceKind.Stray, "stray"),
                new(TreeDifferenceKind.Stray, "stray/deep"),
                new TreeDifference(TreeDifferenceKind.TargetChanged, "target"),
            ],
            [.. differences]);
    }

    [Fact]
    public void Header_alone_can_be_read()
    {
        Write("t/a", 3);
        Write("t/b", 4);
        File.WriteAllBytes(_folder["inventory"], Take().ToBytes());
        Assert.Equal(new InventoryHeader(2, 7), TreeInventory.ReadHeader(_folder["inventory"]).Ok());
        File.WriteAllText(_folder["other"], "something else\n");
        TreeInventory.ReadHeader(_folder["other"]).Fails(MachinesFailures.InventoryDamaged);
    }

    [Fact]
    public void Any_changed_or_missing_byte_is_noticed()
    {
        Write("t/a", 3);
        LinkTo("x", "t/l");
        var text = Take().ToBytes();
        const int Seed = 7;
        var random = new Random(Seed);
        for (var i = 0; i < text.Length; i++)
        {
            var changed = (byte[])text.Clone();
            changed[i] ^= (byte)random.Next(1, 256);
            Assert.False(TreeInventory.Parse(changed).IsOk, $"seed {Seed}: byte {i} was changed to {changed[i]}");
            Assert.False(TreeInventory.Parse(text.AsSpan(0, i)).IsOk, $"cut at {i}");
        }
    }

    [Fact]
    public void Escaping_has_an_inverse_and_refuses_the_rest()
    {
        const int Seed = 99;
        var random = new Random(Seed);
        for (var round = 0; round < 2_000; round++)
        {
            var bytes = Enumerable.Range(0, random.Next(12)).Select(_ => "\\\n>ab \xFF-"[random.Next(8)]).Select(c => (byte)c).ToArray();
            var escaped = InventoryText.Escape(bytes);
            Assert.DoesNotContain((byte)'\n', escaped);
            Assert.Equal(bytes, InventoryText.Unescape(escaped));
        }

        Assert.Null(InventoryText.Unescape("a\\"u8));
        Assert.Null(InventoryText.Unescape("a\\x"u8));
        Assert.Null(InventoryText.Unescape("a>b"u8));
    }

    [Fact]
    public void Missing_root_and_cancellation_are_told()
    {
        TreeInventory.Take(_folder["absent"], default).Fails(MachinesFailures.FileNotFound);
        Write("t/a", 1);
        Assert.ThrowsAny<OperationCanceledException>(() => TreeInventory.Take(_folder["t"], new CancellationToken(true)));
    }

    private TreeInventory Take() => TreeInventory.Take(_folder["t"], default).Ok();

    private void Write(string name, int size)
    {
        var path = _folder[name];
        LocalFiles.Write(path, Enumerable.Repeat((byte)'x', size).ToArray(), UnixFileMode.UserRead | UnixFileMode.UserWrite).Ok();
    }

    private void LinkTo(string target, string name)
    {
        // By system call: the class library would not keep a target's odd bytes.
        Assert.Equal(0, MakeLink(target, _folder[name]));
    }

    private static int MakeLink(string target, string path)
    {
        var outcome = new LocalMachine().RunAsync(new("ln", ["-s", "--", target, path]), null, default).GetAwaiter().GetResult();
        return outcome.Ok().Code;
    }
}
