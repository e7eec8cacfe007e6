using System.Text;
using Slipway.Machines.HandOff;
using Slipway.Machines.Locks;
using Slipway.Machines.Posix;
using Slipway.Machines.Tests.Support;
using static Slipway.Machines.Tests.Support.TestCommands;

namespace Slipway.Machines.Tests.HandOff;

/// <summary>A program started through us must not be able to tell. The shell starts it both ways and compares.</summary>
public sealed class HandOffTests : IDisposable
{
    private const int Limit = 60_000;

    /// <summary>What a program sees of itself, from the kernel.</summary>
    private const string Report =
        "import os,sys,resource\n" +
        "s=[l for l in open('/proc/self/status').read().splitlines() if l.startswith(('SigBlk','SigCgt'))]\n" +
        "print(sys.orig_argv if False else open('/proc/self/cmdline','rb').read())\n" +
        "print(sorted(open('/proc/self/environ','rb').read().split(b'\\0')))\n" +
        "print(resource.getrlimit(resource.RLIMIT_NOFILE), os.getpgid(0), os.getsid(0), os.getppid(), s)\n" +
        "print(os.getcwd(), os.umask(0o22), os.getpriority(os.PRIO_PROCESS,0), sorted(os.listdir('/proc/self/fd')))\n";

    private readonly TemporaryFolder _folder = new();
    private readonly LocalMachine _machine = new();

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = Limit)]
    public async Task Program_cannot_tell_that_it_was_handed_off()
    {
        // One shell starts both, so parent, group, limits and descriptors (also 9, opened by the shell) must agree.
        var script =
            "ulimit -Sn 512; umask 027; exec 9</dev/null; " +
            "/usr/bin/python3 -c \"$1\" 'a b' ''; echo =====; " +
            "dotnet=$2; dll=$3; \"$dotnet\" \"$dll\" hand-off /usr/bin/python3 /usr/bin/python3 -c \"$1\" 'a b' ''; true";
        var outcome = (await _machine.RunAsync(Shell(script, [Report, .. DummyArguments()]), null, default)).Ok();
        var parts = outcome.OutputText.Split("=====\n");
        Assert.True(outcome.Succeeded, outcome.ErrorText);
        Assert.Equal(parts[0], parts[1]);
        Assert.Contains("(512, ", parts[1]);
        Assert.Contains("'9'", parts[1]);
    }

    [Fact(Timeout = Limit)]
    public async Task Broken_pipe_is_fatal_again()
    {
        var outcome = (await _machine.RunAsync(Shell("\"$@\" hand-off /bin/grep grep SigIgn /proc/self/status", DummyArguments()), null, default)).Ok();
        Assert.True(outcome.Succeeded, outcome.ErrorText);
        Assert.Equal(0L, Convert.ToInt64(outcome.OutputText.Split('\t')[1].Trim(), 16) & (1L << 12));
    }

    [Fact(Timeout = Limit)]
    public async Task Bytes_that_are_not_utf8_pass_through_arguments_and_environment()
    {
        var script = "export ODD=\"$(printf 'x\\377y')\"; \"$@\" hand-off /bin/sh odd-zero -c 'printf \"%s|%s|%s\" \"$0\" \"$1\" \"$ODD\"' \"$(printf '\\200zero')\" \"$(printf '\\376one')\"";
        var outcome = (await _machine.RunAsync(Shell(script, DummyArguments()), null, default)).Ok();
        Assert.Equal("\u0080zero|\u00feone|x\u00ffy", Encoding.Latin1.GetString(outcome.StandardOutput.Span));
    }

    [Fact(Timeout = Limit)]
    public async Task Test_program_sees_its_own_arguments_byte_for_byte()
    {
        var outcome = (await _machine.RunAsync(Dummy("echo", "a\uDCFFb", "", "ü"), null, default)).Ok();
        Assert.Equal([(byte)'a', 0xFF, (byte)'b', 0, 0, 0xC3, 0xBC, 0], outcome.StandardOutput.ToArray());
    }

    [Theory(Timeout = Limit)]
    [InlineData("/no/such/program", 127)]
    [InlineData("/etc/passwd", 126)]
    [InlineData("/etc", 126)]
    public async Task Failing_hand_off_returns_the_shells_code(string path, int code)
    {
        var outcome = (await _machine.RunAsync(Dummy("hand-off", path, "name"), null, default)).Ok();
        Assert.Equal(code, outcome.Code);
        Assert.Contains(path, outcome.ErrorText);
    }

    [Theory(Timeout = Limit)]
    [InlineData("lease-hand-off")]
    [InlineData("program-hand-off")]
    public async Task Lease_lives_exactly_as_long_as_the_workload(string verb)
    {
        var lease = _folder["lease"];
        var collector = new Collector();
        using var stop = new CancellationTokenSource();

        // The hand-off's own parent is killed hard; only the workload is left to hold the lease.
        var script = "\"$@\" & echo workload $!; wait";
        string[] arguments = verb == "lease-hand-off"
            ? [.. DummyArguments(verb, lease), "/bin/sh", "sh", "-c", "echo running; exec sleep 1000"]
            : [.. DummyArguments(verb, lease), _folder.Root, "sh", "-c", "echo running; exec sleep 1000"];
        var parent = _machine.RunAsync(Shell($"sh -c '{script}' sh \"$@\" & echo parent $!; wait; exec sleep 1000", arguments), collector, stop.Token);
        var pid = int.Parse((await collector.LineAsync("parent "))["parent ".Length..]);
        var workload = int.Parse((await collector.LineAsync("workload "))["workload ".Length..]);
        await collector.LineAsync("running");
        LeaseFile.TakeExclusive(lease).Fails(MachinesFailures.LeaseBusy);
        await ShellAsync("kill -9 \"$1\"", $"{pid}");
        Assert.True(Alive.Is(workload));
        LeaseFile.TakeExclusive(lease).Fails(MachinesFailures.LeaseBusy);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => parent);
        Assert.False(Alive.Is(workload));
        LeaseFile.TakeExclusive(lease).Ok().Dispose();
    }

    [Fact(Timeout = Limit)]
    public async Task Failing_program_hand_off_reports_and_uses_the_working_directory()
    {
        var lease = _folder["lease"];
        var missing = (await _machine.RunAsync(Dummy("program-hand-off", lease, _folder["absent"], "true"), null, default)).Ok();
        Assert.Contains("MCH0103", missing.ErrorText);
        var unknown = (await _machine.RunAsync(Dummy("program-hand-off", lease, _folder.Root, "slipway-no-such"), null, default)).Ok();
        Assert.Equal(127, unknown.Code);
        var there = (await _machine.RunAsync(Dummy("program-hand-off", lease, _folder.Root, "pwd"), null, default)).Ok();
        Assert.Equal(_folder.Root + "\n", there.OutputText);
    }

    [Fact]
    public void Environment_block_keeps_what_it_does_not_change()
    {
        byte[][] entries = ["A=1"u8.ToArray(), "no equals sign"u8.ToArray(), [(byte)'B', (byte)'=', 0xFF], "PIP_X=1"u8.ToArray(), "PIP_Y=2"u8.ToArray(), "A=2"u8.ToArray()];
        var block = new EnvironmentBlock(entries);
        block.Drop(["PIP_"], ["PIP_Y"]);
        block.Prepend("B"u8, "first"u8);
        block.Prepend("C"u8, "only"u8);
        block.Set("EMPTY"u8, ""u8);
        block.Prepend("EMPTY"u8, "x"u8);
        Assert.Equal(
            ["A=1", "no equals sign", "B=first:\uDCFF", "PIP_Y=2", "A=2", "C=only", "EMPTY=x"],
            Array.ConvertAll(block.ToArray(), e => PosixText.Decode(e)));
        block.Unset("A"u8);
        Assert.Null(block.Find("A"u8));
        Assert.Equal("only", PosixText.Decode(block.Find("C"u8)));
    }

    [Theory]
    [InlineData("Max open files            1024                 524288               files\n", 1024UL)]
    [InlineData("Max processes 5 5 x\nMax open files            unlimited            unlimited            files\n", ulong.MaxValue)]
    public void Soft_limit_is_read_from_the_kernels_table(string table, ulong expected) =>
        Assert.Equal(expected, OpenFileLimit.ParseSoftLimit(Encoding.ASCII.GetBytes(table)));

    private async Task ShellAsync(string script, params string[] arguments) => (await _machine.RunAsync(Shell(script, arguments), null, default)).Ok();
}
