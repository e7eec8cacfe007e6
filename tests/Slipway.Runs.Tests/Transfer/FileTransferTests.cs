using Slipway.Machines;
using Slipway.Machines.Files;
using Slipway.Runs.Tests.Support;
using Slipway.Runs.Transfer;
using Slipway.TestKit;

namespace Slipway.Runs.Tests.Transfer;

public sealed class FileTransferTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public static TheoryData<string> Hosts => ["tar", "busybox", "rsync", "noisy"];

    [RequiresTheory(Capability.Sshd)]
    [MemberData(nameof(Hosts))]
    public async Task Tree_goes_there_and_comes_back_the_same(string kind)
    {
        await using var box = await SshBox.StartAsync(Options(kind));
        var transfer = new FileTransfer(new LocalMachine(), box.Machine);
        var source = _folder.Combine("source");
        Trees.Make(source);
        var seen = new List<TransferProgress>();

        var pushed = (await transfer.PushAsync(source, "in it/copy", new Watch(seen.Add), default)).Value;
        Assert.Equal($"{box.Home}/in it/copy", pushed.Target);
        Assert.Equal(Trees.Describe(source), Trees.Describe(pushed.Target));
        Assert.Equal(LocalFiles.Stat($"{source}/plain").Value.ModifiedUnixNanoseconds / 1_000_000_000, LocalFiles.Stat($"{pushed.Target}/plain").Value.ModifiedUnixNanoseconds / 1_000_000_000);
        Assert.Equal(kind is "rsync" && File.Exists("/usr/bin/rsync") ? "rsync" : "tar", pushed.Tool);
        Assert.True(pushed.Tool is "rsync" || seen[^1].Bytes == pushed.Bytes, $"{seen.Count} reports");

        // Onto what is there: new files, changed ones, and one that only the target has.
        Trees.Write($"{pushed.Target}/kept", "theirs", UnixFileMode.UserRead);
        Trees.Write($"{source}/plain", "changed in between", UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.CreateDirectory($"{source}/a/new");
        Trees.Write($"{source}/a/new/file", "new", UnixFileMode.UserRead);
        var again = await transfer.PushAsync(source, "~/in it/", progress: null, default);
        Assert.True(again.IsOk, again.ToString());
        Assert.Equal($"{box.Home}/in it/source", again.Value.Target);
        again = await transfer.PushAsync(source + "/", "~/in it/copy", progress: null, default);
        Assert.True(again.IsOk, again.ToString());
        Assert.Equal("theirs", await File.ReadAllTextAsync($"{pushed.Target}/kept"));
        File.Delete($"{pushed.Target}/kept");
        Assert.Equal(Trees.Describe(source), Trees.Describe(pushed.Target));

        var back = _folder.Combine("back", "here");
        var pulled = (await transfer.PullAsync("in it/copy", back, progress: null, default)).Value;
        Assert.Equal(Trees.Describe(source), Trees.Describe(back));
        Assert.Equal(pulled.Files, Trees.Describe(source).Length);
        Trees.Write($"{pushed.Target}/plain", "changed there", UnixFileMode.UserRead);
        Assert.True((await transfer.PullAsync("in it/copy", back, progress: null, default)).IsOk);
        Assert.Equal(Trees.Describe(pushed.Target), Trees.Describe(back));
        Assert.Empty(Trees.LeftBehind(box.Home));
        Assert.Empty(Trees.LeftBehind(_folder.FullPath));
    }

    [RequiresTheory(Capability.Sshd)]
    [InlineData("rsync")]
    [InlineData("busybox")]
    public async Task File_takes_its_place_when_it_is_whole(string kind)
    {
        await using var box = await SshBox.StartAsync(Options(kind));
        var transfer = new FileTransfer(new LocalMachine(), box.Machine);
        var source = _folder.Combine("-odd\nname");
        Trees.Write(source, new string('y', 300_000), (UnixFileMode)0x1E8);
        Trees.Write($"{box.Home}/old", "old", UnixFileMode.UserRead);

        Assert.Equal($"{box.Home}/-odd\nname", (await transfer.PushAsync(source, "~/", progress: null, default)).Value.Target);
        Assert.Equal(new TransferSummary($"{box.Home}/old", 1, 300_000, []) with { Warnings = [] }, (await transfer.PushAsync(source, "old", progress: null, default)).Value with { Warnings = [] });
        Assert.Equal((UnixFileMode)0x1E8, File.GetUnixFileMode($"{box.Home}/old"));
        Assert.Equal(300_000, new FileInfo($"{box.Home}/old").Length);

        var pulled = await transfer.PullAsync("-odd\nname", _folder.Combine("new", "x"), progress: null, default);
        Assert.True(pulled.IsOk, pulled.ToString());
        Assert.Equal(await File.ReadAllBytesAsync(source), await File.ReadAllBytesAsync(_folder.Combine("new", "x")));
        Assert.Equal((UnixFileMode)0x1E8, File.GetUnixFileMode(_folder.Combine("new", "x")));

        // What cannot be: each says so, and nothing changes.
        Directory.CreateDirectory($"{box.Home}/folder");
        Trees.Make(_folder.Combine("tree"));
        Assert.Equal(TransferFailures.PathUnusable, (await transfer.PushAsync(source, "folder", progress: null, default)).Failure.Code);
        Assert.Equal(TransferFailures.PathUnusable, (await transfer.PushAsync(_folder.Combine("tree"), "old", progress: null, default)).Failure.Code);
        Assert.Equal(TransferFailures.PathUnusable, (await transfer.PushAsync(source, "~somebody/x", progress: null, default)).Failure.Code);
        Assert.Equal(TransferFailures.PathUnusable, (await transfer.PullAsync("old", _folder.FullPath, progress: null, default)).Failure.Code);
        Assert.Equal(TransferFailures.SourceMissing, (await transfer.PullAsync("nowhere", _folder.Combine("x"), progress: null, default)).Failure.Code);
        Assert.Equal(TransferFailures.SourceMissing, (await transfer.PushAsync(_folder.Combine("nowhere"), "x", progress: null, default)).Failure.Code);
        Assert.Equal(TransferFailures.NotWritable, (await transfer.PushAsync(source, "old/below a file", progress: null, default)).Failure.Code);
        Assert.Equal(TransferFailures.NotWritable, (await transfer.PushAsync(source, "/proc/nothing/x", progress: null, default)).Failure.Code);
        Assert.Empty(Trees.LeftBehind(box.Home));
    }

    [RequiresFact(Capability.Sshd)]
    public async Task What_is_in_the_way_is_named_and_the_rest_arrives()
    {
        await using var box = await SshBox.StartAsync(Options("tar"));
        var transfer = new FileTransfer(new LocalMachine(), box.Machine);
        var source = _folder.CreateFolder("source", "folder");
        Trees.Write($"{source}/x", "x", UnixFileMode.UserRead);
        Trees.Write(_folder.Combine("source", "file"), "new", UnixFileMode.UserRead);
        Trees.Write(_folder.Combine("source", "other"), "new", UnixFileMode.UserRead);
        foreach (var (root, push) in new[] { ($"{box.Home}/t", true), (_folder.Combine("back"), false) })
        {
            Directory.CreateDirectory($"{root}/file/in the way");
            File.CreateSymbolicLink($"{root}/folder", "/tmp");
            Trees.Write($"{root}/other", "old", UnixFileMode.UserRead);
            var copied = push ? await transfer.PushAsync(_folder.Combine("source"), root, progress: null, default) : await transfer.PullAsync("whole", root, progress: null, default);
            Assert.Equal(TransferFailures.Incomplete, copied.Failure.Code);
            Assert.Contains($"{root}/file is there and is a directory", copied.Failure.Detail, StringComparison.Ordinal);
            Assert.Contains($"{root}/folder is there and is no directory", copied.Failure.Detail, StringComparison.Ordinal);
            Assert.Equal("new", await File.ReadAllTextAsync($"{root}/other"));
            Assert.False(File.Exists("/tmp/x"));
            Assert.True((await transfer.PushAsync(_folder.Combine("source"), "whole", progress: null, default)).IsOk);
        }
    }

    [RequiresFact(Capability.Sshd)]
    public async Task Host_without_tar_or_sha256sum_is_a_failure_with_a_remedy()
    {
        await using var box = await SshBox.StartAsync(new SshServerOptions { Missing = ["tar", "sha256sum", "rsync"] });
        var transfer = new FileTransfer(new LocalMachine(), box.Machine);
        var source = _folder.CreateFolder("source");
        Trees.Write($"{source}/x", "x", UnixFileMode.UserRead);
        Directory.CreateDirectory($"{box.Home}/there");
        Trees.Write($"{box.Home}/file", "x", UnixFileMode.UserRead);
        foreach (var (copied, tool) in new[]
        {
            (await transfer.PushAsync(source, "there", progress: null, default), "tar"), (await transfer.PullAsync("there", _folder.Combine("x"), progress: null, default), "tar"),
            (await transfer.PushAsync($"{source}/x", "x", progress: null, default), "sha256sum"), (await transfer.PullAsync("file", _folder.Combine("y"), progress: null, default), "sha256sum"),
        })
        {
            Assert.Equal(TransferFailures.ToolMissing, copied.Failure.Code);
            Assert.Contains($"no {tool}.", copied.Failure.Message, StringComparison.Ordinal);
        }
    }

    [RequiresTheory(Capability.Sshd)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Copy_that_is_broken_off_leaves_what_was_there(bool isCancelled)
    {
        const int Size = 40_000_000;
        await using var box = await SshBox.StartAsync(Options("tar"));
        var transfer = new FileTransfer(new LocalMachine(), box.Machine);
        var big = Path.Combine(_folder.CreateFolder("tree"), "big");
        await File.WriteAllBytesAsync(big, new byte[Size]);
        Assert.True((await transfer.PushAsync(_folder.Combine("tree"), "whole", progress: null, default)).IsOk);
        foreach (var path in (string[])[$"{box.Home}/old", $"{box.Home}/tree/big", _folder.Combine("old"), _folder.Combine("back", "big")])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            Trees.Write(path, "old", UnixFileMode.UserRead);
        }

        foreach (var copy in (Func<IProgress<TransferProgress>, CancellationToken, Task<Core.Failures.Result<TransferSummary>>>[])
        [
            (view, token) => transfer.PushAsync(big, "old", view, token), (view, token) => transfer.PushAsync(_folder.Combine("tree"), "tree", view, token),
            (view, token) => transfer.PullAsync("whole/big", _folder.Combine("old"), view, token), (view, token) => transfer.PullAsync("whole", _folder.Combine("back"), view, token),
        ])
        {
            using var cancellation = new CancellationTokenSource();
            var end = isCancelled ? (Action)cancellation.Cancel : () => Task.Run(() => KillAsync(box)).GetAwaiter().GetResult();
            var view = new Watch(value =>
            {
                if (value.Bytes > Size / 4)
                {
                    Interlocked.Exchange(ref end, static () => { })();
                }
            });
            if (isCancelled)
            {
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => copy(view, cancellation.Token));
                Assert.Empty(Trees.LeftBehind(box.Home));
            }
            else
            {
                Assert.Equal(MachinesFailures.ConnectionLost, (await copy(view, default)).Failure.Code);
            }

            Assert.Empty(Trees.LeftBehind(_folder.FullPath));
        }

        foreach (var path in (string[])[$"{box.Home}/old", $"{box.Home}/tree/big", _folder.Combine("old"), _folder.Combine("back", "big")])
        {
            Assert.Equal("old", await File.ReadAllTextAsync(path));
        }
    }

    [RequiresFact(Capability.Sshd, Capability.Root, Capability.Mount)]
    public async Task Full_disk_changes_nothing()
    {
        await using var box = await SshBox.StartAsync(Options("tar"));
        var transfer = new FileTransfer(new LocalMachine(), box.Machine);
        var small = Directory.CreateDirectory($"{box.Home}/small").FullName;
        var here = _folder.CreateFolder("small");
        Trees.Write(_folder.Combine("big"), new string('z', 1_000_000), UnixFileMode.UserRead);
        Trees.Write(Path.Combine(_folder.CreateFolder("tree"), "big"), new string('z', 1_000_000), UnixFileMode.UserRead);
        await MountAsync(small);
        await MountAsync(here);
        try
        {
            Assert.Equal(TransferFailures.NotWritable, (await transfer.PushAsync(_folder.Combine("big"), "small/big", progress: null, default)).Failure.Code);
            Assert.Equal(TransferFailures.NotWritable, (await transfer.PushAsync(_folder.Combine("tree"), "small/tree", progress: null, default)).Failure.Code);
            Assert.True((await transfer.PushAsync(_folder.Combine("tree"), "tree", progress: null, default)).IsOk);
            Assert.Equal(MachinesFailures.DiskFull, (await transfer.PullAsync("tree/big", $"{here}/big", progress: null, default)).Failure.Code);
            Assert.Equal(MachinesFailures.DiskFull, (await transfer.PullAsync("tree", $"{here}/tree", progress: null, default)).Failure.Code);
            Assert.Empty(Directory.EnumerateFileSystemEntries(small));
            Assert.Empty(Directory.EnumerateFileSystemEntries(here));
        }
        finally
        {
            await CommandRunner.RunAsync("umount", [small]);
            await CommandRunner.RunAsync("umount", [here]);
        }
    }

    public void Dispose() => _folder.Dispose();

    private static async Task KillAsync(SshBox box) =>
        await CommandRunner.RunAsync("kill", ["-9", .. (await box.Server.SessionsAsync()).Select(static process => $"{process}")]);

    private static async Task MountAsync(string path) =>
        Assert.Equal(0, (await CommandRunner.RunAsync("mount", ["-t", "tmpfs", "-o", "size=128k", "none", path])).ExitCode);

    private static SshServerOptions Options(string kind) => kind switch
    {
        "busybox" => new() { OnlyBusybox = true },
        "rsync" => new(),
        "noisy" => new() { Noise = "echo welcome" },
        _ => new() { Missing = ["rsync"] },
    };

    private sealed class Watch(Action<TransferProgress> seen) : IProgress<TransferProgress>
    {
        public void Report(TransferProgress value) => seen(value);
    }
}
