using Slipway.Core.Failures;
using Slipway.Machines.Files;
using Slipway.Machines.Tests.Support;
using Xunit.Abstractions;
using static Slipway.Machines.Tests.Support.TestCommands;

namespace Slipway.Machines.Tests.Files;

public sealed class LocalFilesTests(ITestOutputHelper log) : IDisposable
{
    private const int Limit = 60_000;
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly TemporaryFolder _folder = new();
    private readonly LocalMachine _machine = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_replaces_whole_files_and_leaves_no_other_name()
    {
        LocalFiles.Write(_folder["f"], "first and longer"u8.ToArray(), Owner).Ok();
        LocalFiles.Write(_folder["f"], "second"u8.ToArray(), Owner | UnixFileMode.OtherRead).Ok();
        Assert.Equal("second"u8.ToArray(), LocalFiles.Read(_folder["f"], 100).Ok());
        Assert.Equal(Owner | UnixFileMode.OtherRead, LocalFiles.Stat(_folder["f"]).Ok().Mode);
        Assert.Equal([_folder["f"]], Directory.GetFileSystemEntries(_folder.Root));
    }

    [Fact(Timeout = Limit)]
    public async Task Readers_see_the_old_or_the_new_content_and_never_a_part()
    {
        var (a, b) = (new byte[100_000], Enumerable.Repeat((byte)1, 100_000).ToArray());
        LocalFiles.Write(_folder["f"], a, Owner).Ok();
        var writing = Task.Run(() =>
        {
            for (var i = 0; i < 50; i++)
            {
                LocalFiles.WriteUnsynced(_folder["f"], i % 2 == 0 ? b : a, Owner).Ok();
            }
        });
        while (!writing.IsCompleted)
        {
            var seen = LocalFiles.Read(_folder["f"], 200_000).Ok();
            Assert.True(seen.AsSpan().SequenceEqual(a) || seen.AsSpan().SequenceEqual(b));
        }

        await writing;
    }

    [Fact]
    public void Write_over_a_directory_or_below_a_file_says_so()
    {
        Directory.CreateDirectory(_folder["d"]);
        Assert.Contains("directory", LocalFiles.Write(_folder["d"], default, Owner).Fails(MachinesFailures.PathUnusable).Message);
        File.WriteAllText(_folder["f"], "");
        LocalFiles.Write(_folder["f/below"], default, Owner).Fails(MachinesFailures.PathUnusable);
        Assert.Empty(Directory.GetFiles(_folder["d"]));
        Assert.Equal(2, Directory.GetFileSystemEntries(_folder.Root).Length);
    }

    [Fact]
    public void Remove_tree_takes_thousands_of_entries_and_great_depth_but_follows_no_link()
    {
        LocalFiles.Write(_folder["outside/kept"], "x"u8.ToArray(), Owner).Ok();
        for (var i = 0; i < 3_000; i++)
        {
            File.WriteAllText(LocalFiles.MakeDirectory(_folder[$"t/{i % 30}"], (UnixFileMode)0x1C0).Map(_ => _folder[$"t/{i % 30}/{i}"]).Value, "");
        }

        var deep = "t" + string.Concat(Enumerable.Repeat("/d", 300));
        LocalFiles.MakeDirectory(_folder[deep], (UnixFileMode)0x1C0).Ok();
        File.CreateSymbolicLink(_folder["t/link"], _folder["outside"]);
        File.CreateSymbolicLink(_folder["t/dangling"], "nowhere");
        LocalFiles.SealTree(_folder["t"]).Ok();
        LocalFiles.RemoveTree(_folder["t"]).Ok();
        Assert.False(LocalFiles.Exists(_folder["t"]));
        Assert.True(File.Exists(_folder["outside/kept"]));

        File.CreateSymbolicLink(_folder["link"], _folder["outside"]);
        LocalFiles.RemoveTree(_folder["link"]).Ok();
        Assert.False(LocalFiles.Exists(_folder["link"]));
        Assert.True(File.Exists(_folder["outside/kept"]));
        LocalFiles.RemoveTree(_folder["absent"]).Ok();
    }

    [Fact]
    public void Link_or_copy_replaces_and_shares_or_copies()
    {
        LocalFiles.Write(_folder["a"], "a"u8.ToArray(), Owner | UnixFileMode.UserExecute).Ok();
        LocalFiles.Write(_folder["b"], "b"u8.ToArray(), Owner).Ok();
        LocalFiles.LinkOrCopy(_folder["a"], _folder["b"]).Ok();
        LocalFiles.LinkOrCopy(_folder["a"], _folder["b"]).Ok();
        Assert.Equal(LocalFiles.Stat(_folder["a"]).Ok().Inode, LocalFiles.Stat(_folder["b"]).Ok().Inode);
        Assert.Equal(2, Directory.GetFiles(_folder.Root).Length);

        var elsewhere = $"/dev/shm/slipway-{Guid.NewGuid():N}";
        LocalFiles.LinkOrCopy(_folder["a"], elsewhere).Ok();
        var copied = LocalFiles.Stat(elsewhere).Ok();
        LocalFiles.RemoveFile(elsewhere).Ok();
        Assert.Equal((1L, Owner | UnixFileMode.UserExecute), (copied.Size, copied.Mode));
        LocalFiles.LinkOrCopy(_folder["absent"], _folder["c"]).Fails(MachinesFailures.FileNotFound);
    }

    [Fact]
    public void Times_are_set_to_the_nanosecond_and_on_links_themselves()
    {
        File.WriteAllText(_folder["f"], "");
        File.CreateSymbolicLink(_folder["l"], "f");
        LocalFiles.SetModificationTime(_folder["l"], -1_500_000_001).Ok();
        LocalFiles.SetModificationTime(_folder["f"], 1_234_567_890_123_456_789).Ok();
        Assert.Equal(1_234_567_890_123_456_789, LocalFiles.Stat(_folder["f"]).Ok().ModifiedUnixNanoseconds);
        Assert.Equal(-1_500_000_001, LocalFiles.Stat(_folder["l"]).Ok().ModifiedUnixNanoseconds);
        LocalFiles.Touch(_folder["f"]).Ok();
        Assert.True(LocalFiles.Stat(_folder["f"]).Ok().ModifiedUnixNanoseconds > 1_700_000_000_000_000_000);
    }

    [Fact(Timeout = Limit)]
    public async Task Stat_agrees_with_the_systems_own()
    {
        File.WriteAllText(_folder["f"], "12345");
        var outcome = (await _machine.RunAsync(new("stat", ["-c", "%s %a %u %d %i %h %Y", _folder["f"]]), null, default)).Ok();
        var status = LocalFiles.Stat(_folder["f"]).Ok();
        var mode = Convert.ToString((int)status.Mode, 8);
        Assert.Equal(
            $"{status.Size} {mode} {status.OwnerId} {status.Device} {status.Inode} {status.Links} {status.ModifiedUnixNanoseconds / 1_000_000_000}\n",
            outcome.OutputText);
    }

    [Fact]
    public void Kind_of_file_system_is_known()
    {
        Assert.Equal("", FileSystems.NetworkKind("/proc").Ok());
        Assert.Equal(FileSystemTrait.Local, FileSystems.KindOf("/proc").Ok().Trait);
        Assert.Equal(Directory.Exists("/dev/shm") ? new FileSystemKind("tmpfs", FileSystemTrait.Memory) : null, Directory.Exists("/dev/shm") ? FileSystems.KindOf("/dev/shm").Ok() : null);
        FileSystems.NetworkKind(_folder["absent"]).Fails(MachinesFailures.FileNotFound);
    }

    [Theory]
    [InlineData(28, "MCH0201", "disk is full")]
    [InlineData(122, "MCH0201", "quota")]
    [InlineData(30, "MCH0202", "read-only")]
    [InlineData(13, "MCH0203", "permission denied")]
    [InlineData(1, "MCH0203", "permission denied")]
    [InlineData(5, "MCH0208", "/store/x")]
    public void Write_errors_have_a_code_and_a_sentence(int errno, string id, string words)
    {
        var failure = FileFailures.Writing("/store/x", errno);
        Assert.Equal((id, ExitCode.StoreNotWritable), (failure.Code.Id, failure.Code.Exit));
        Assert.Contains(words, failure.Message);
        Assert.Contains("/store/x", failure.Message);
    }

    [Fact(Timeout = Limit)]
    public Task Full_disk_is_named_and_leaves_nothing_behind() => OnMountAsync("size=64k", mount =>
    {
        var failure = LocalFiles.Write($"{mount}/big", new byte[200_000], Owner).Fails(MachinesFailures.DiskFull);
        Assert.Contains($"{mount}/big", failure.Message);
        Assert.Empty(Directory.GetFileSystemEntries(mount));
        return Task.CompletedTask;
    });

    [Fact(Timeout = Limit)]
    public Task Read_only_file_system_is_named() => OnMountAsync("ro", async mount =>
    {
        LocalFiles.Write($"{mount}/f", default, Owner).Fails(MachinesFailures.ReadOnlyFileSystem);
        LocalFiles.MakeDirectory($"{mount}/d", Owner).Fails(MachinesFailures.ReadOnlyFileSystem);
        LocalFiles.MakeDirectory(mount, Owner).Ok();
        var locked = await new Machines.Locks.BuildLocks(TimeProvider.System).TakeAsync($"{mount}/l", "x", TimeSpan.Zero, static _ => { }, default);
        locked.Fails(MachinesFailures.ReadOnlyFileSystem);
    });

    [Fact(Timeout = Limit)]
    public async Task Another_users_folder_is_not_writable_and_own_sealed_trees_are_removable()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            log.WriteLine("skipped: only root can act as another user");
            return;
        }

        // The rights of nobody: root would be allowed everything.
        string[] asNobody = ["--reuid=65534", "--regid=65534", "--clear-groups", "--", .. DummyArguments()];
        File.SetUnixFileMode(_folder.Root, (UnixFileMode)0x1ED);
        var denied = (await _machine.RunAsync(new("setpriv", [.. asNobody, "write", _folder["f"]]), null, default)).Ok();
        Assert.Equal((73, true), (denied.Code, denied.OutputText.Contains("MCH0203", StringComparison.Ordinal)));

        (await _machine.RunAsync(Shell("mkdir -p \"$1/t/d/e\" && echo x >\"$1/t/d/e/f\" && chmod 000 \"$1/t/d/e\" && chmod 555 \"$1/t/d\" && mkdir \"$1/o\" && mv \"$1/t\" \"$1/o\" && chown -R 65534 \"$1/o\"", _folder.Root), null, default)).Ok();
        var removed = (await _machine.RunAsync(new("setpriv", [.. asNobody, "remove-tree", _folder["o/t"]]), null, default)).Ok();
        Assert.Equal("ok\n", removed.OutputText);
        Assert.Empty(Directory.GetFileSystemEntries(_folder["o"]));
    }

    private async Task OnMountAsync(string options, Func<string, Task> test)
    {
        var mount = _folder["mount"];
        Directory.CreateDirectory(mount);
        var mounted = (await _machine.RunAsync(new("mount", ["-t", "tmpfs", "-o", options, "tmpfs", mount]), null, default)).Ok();
        if (!mounted.Succeeded)
        {
            log.WriteLine($"skipped: cannot mount here: {mounted.ErrorText}");
            return;
        }

        try
        {
            await test(mount);
        }
        finally
        {
            (await _machine.RunAsync(new("umount", ["-l", mount]), null, default)).Ok();
        }
    }
}
