using Slipway.Machines.Files;
using Slipway.Machines.Tests.Support;

namespace Slipway.Machines.Tests.Files;

/// <summary>What a tree takes, with files that have several names.</summary>
public sealed class TreeUsageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void File_with_two_names_inside_counts_once_and_is_not_shared()
    {
        Write("t/a", 1000);
        Write("t/deep/b", 200);
        LocalFiles.LinkOrCopy(_folder["t/a"], _folder["t/deep/c"]).Ok();
        var usage = TreeUsage.Measure(_folder["t"], default);
        Assert.Equal((200L, 1200L, 0L), (usage.OwnBytes, usage.Bytes, usage.SharedBytes));
        var linked = Assert.Single(usage.Linked);
        Assert.Equal((2UL, 2UL, 1000L), (linked.Links, linked.Names, linked.Size));
    }

    [Fact]
    public void File_with_a_name_outside_is_shared()
    {
        Write("t/a", 1000);
        Write("outside/x", 1);
        LocalFiles.LinkOrCopy(_folder["t/a"], _folder["outside/b"]).Ok();
        Assert.Equal((1000L, 1000L), (TreeUsage.Measure(_folder["t"], default).Bytes, TreeUsage.Measure(_folder["t"], default).SharedBytes));
    }

    [Fact]
    public void Links_are_not_followed_and_a_missing_path_is_nothing()
    {
        Write("t/a", 10);
        Write("outside/big", 100_000);
        File.CreateSymbolicLink(_folder["t/link"], _folder["outside"]);
        File.CreateSymbolicLink(_folder["t/file"], _folder["outside/big"]);
        Assert.Equal(10, TreeUsage.Measure(_folder["t"], default).Bytes);
        Assert.Equal(0, TreeUsage.Measure(_folder["absent"], default).Bytes);
        Assert.Equal(10, TreeUsage.Measure(_folder["t/a"], default).Bytes);
        Assert.Equal(0, TreeUsage.Measure(_folder["t/link"], default).Bytes);
    }

    private void Write(string path, int bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[path])!);
        File.WriteAllBytes(_folder[path], new byte[bytes]);
    }
}
