using Slipway.Core.Failures;
using Slipway.Machines.Locks;
using Slipway.Machines.Tests.Support;
using static Slipway.Machines.Tests.Support.TestCommands;

namespace Slipway.Machines.Tests.Locks;

/// <summary>Locks against other programs' locks, in other processes.</summary>
public sealed class LockTests : IDisposable
{
    private const int Limit = 60_000;
    private const string HoldInPython = "import fcntl,sys,time\nf=open(sys.argv[1],'a')\nfcntl.flock(f,getattr(fcntl,sys.argv[2]))\nprint('held',flush=True)\ntime.sleep(1000)";

    private readonly TemporaryFolder _folder = new();
    private readonly LocalMachine _machine = new();
    private readonly BuildLocks _locks = new(TimeProvider.System);

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = Limit)]
    public async Task Lock_of_flock_keeps_us_out_until_it_ends()
    {
        var path = _folder["lock"];
        var (collector, waiting) = (new Collector(), new TaskCompletionSource<string>());
        using var stop = new CancellationTokenSource();
        var other = _machine.RunAsync(new("flock", [path, "/bin/sh", "-c", "echo held; exec sleep 1000"]), collector, stop.Token);
        await collector.LineAsync("held");
        var taking = _locks.TakeAsync(path, "test", TimeSpan.FromSeconds(30), waiting.SetResult, default);
        await waiting.Task;
        Assert.False(taking.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => other);
        using var taken = (await taking).Ok();
        Assert.True(taken.Waited);
    }

    [Fact(Timeout = Limit)]
    public async Task Lock_of_ours_keeps_flock_and_python_out_and_names_us()
    {
        var path = _folder["lock"];
        var taken = (await TakeAsync(path)).Ok();
        Assert.Equal(1, await FlockCodeAsync("-x", path));
        Assert.Equal(1, await FlockCodeAsync("-s", path));
        var text = BuildLocks.ReadHolder(path);
        Assert.Contains($"process {Environment.ProcessId} on {Environment.MachineName}: building something", text);
        taken.Dispose();
        Assert.Equal(0, await FlockCodeAsync("-x", path));
        Assert.Empty(await File.ReadAllTextAsync(path));
        Assert.True(File.Exists(path));
    }

    [Fact(Timeout = Limit)]
    public async Task Busy_failure_names_the_holder_after_the_wait()
    {
        var path = _folder["lock"];
        using var taken = (await TakeAsync(path)).Ok();
        var failure = (await _locks.TakeAsync(path, "second", TimeSpan.FromMilliseconds(200), static _ => { }, default)).Fails(MachinesFailures.LockBusy);
        Assert.Contains("building something", failure.Message);
        Assert.Equal(ExitCode.Busy, failure.Code.Exit);
    }

    [Fact(Timeout = Limit)]
    public async Task Waiting_ends_when_cancelled()
    {
        var path = _folder["lock"];
        using var taken = (await TakeAsync(path)).Ok();
        using var cancel = new CancellationTokenSource();
        var waiting = new TaskCompletionSource<string>();
        var second = _locks.TakeAsync(path, "second", TimeSpan.FromMinutes(10), waiting.SetResult, cancel.Token);
        await waiting.Task;
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
    }

    [Fact(Timeout = Limit)]
    public async Task Lock_is_not_inherited_by_a_child()
    {
        var path = _folder["lock"];
        var collector = new Collector();
        using var stop = new CancellationTokenSource();
        var taken = (await TakeAsync(path)).Ok();
        var child = _machine.RunAsync(Shell("echo started; exec sleep 1000"), collector, stop.Token);
        await collector.LineAsync("started");
        taken.Dispose();
        Assert.Equal(0, await FlockCodeAsync("-x", path));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => child);
    }

    [Fact(Timeout = Limit)]
    public async Task Critical_section_is_never_entered_twice()
    {
        var path = _folder["lock"];
        var inside = 0;
        var rounds = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 10; i++)
            {
                using var taken = (await _locks.TakeAsync(path, "round", TimeSpan.FromSeconds(50), static _ => { }, default)).Ok();
                Assert.Equal(1, Interlocked.Increment(ref inside));
                await Task.Yield();
                rounds++;
                Interlocked.Decrement(ref inside);
            }
        })));
        Assert.Equal(80, rounds);
    }

    [Theory(Timeout = Limit)]
    [InlineData("LOCK_SH", true)]
    [InlineData("LOCK_EX", false)]
    public async Task Lease_shares_with_shared_locks_of_python_only(string kind, bool shares)
    {
        var path = _folder["lease"];
        var collector = new Collector();
        using var stop = new CancellationTokenSource();
        var other = _machine.RunAsync(Python(HoldInPython, path, kind), collector, stop.Token);
        await collector.LineAsync("held");
        Assert.Equal(shares, LeaseFile.TryShare(path, out var fd));
        Assert.Equal(shares, fd >= 200);
        LeaseFile.Release(fd);
        LeaseFile.TakeExclusive(path).Fails(MachinesFailures.LeaseBusy);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => other);
        LeaseFile.TakeExclusive(path).Ok().Dispose();
    }

    [Fact]
    public void Lease_marks_its_use_and_is_private()
    {
        var path = _folder["lease"];
        File.WriteAllText(path, "");
        Slipway.Machines.Files.LocalFiles.SetModificationTime(path, 1_000_000_000).Ok();
        Assert.True(LeaseFile.TryShare(path, out var fd));
        LeaseFile.Release(fd);
        Assert.True(File.GetLastWriteTimeUtc(path).Year > 2000);
        Assert.True(LeaseFile.TryShare(_folder["new"], out fd));
        LeaseFile.Release(fd);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, Slipway.Machines.Files.LocalFiles.Stat(_folder["new"]).Ok().Mode);
        Assert.False(LeaseFile.TryShare(_folder["no/folder"], out fd));
        Assert.Equal(-1, fd);
    }

    [Fact(Timeout = Limit)]
    public async Task Lease_survives_the_garbage_collector()
    {
        var path = _folder["lease"];
        var lease = (await LeaseFile.ShareAsync(path, TimeProvider.System, default)).Ok();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.Equal(1, await FlockCodeAsync("-x", path));
        lease.Dispose();
        Assert.Equal(0, await FlockCodeAsync("-x", path));
    }

    [Fact]
    public void File_system_without_locks_is_a_matter_of_configuration()
    {
        var failure = FileLocks.Unusable("/store/lock", Slipway.Machines.Posix.Errno.NoLocks);
        Assert.Equal(ExitCode.Configuration, failure.Code.Exit);
        Assert.Contains("SLIPWAY_HOME", failure.Message);
        Assert.Contains("/store/lock", failure.Message);
    }

    private Task<Result<BuildLock>> TakeAsync(string path) =>
        _locks.TakeAsync(path, "building something", TimeSpan.Zero, static _ => { }, default);

    private async Task<int> FlockCodeAsync(string kind, string path) =>
        (await _machine.RunAsync(new("flock", [kind, "-n", path, "true"]), null, default)).Ok().Code;
}
