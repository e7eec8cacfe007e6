using System.Text;
using Slipway.Machines.HandOff;
using Slipway.Machines.Processes;
using Slipway.Machines.Tests.Support;
using static Slipway.Machines.Tests.Support.TestCommands;

namespace Slipway.Machines.Tests.Processes;

public sealed class ProcessRunnerTests
{
    private const int Limit = 60_000;
    private const int Megabyte = 1024 * 1024;

    private static readonly ProcessRunner Runner = new(StartupEnvironment.Read(), TimeProvider.System);

    [Theory(Timeout = Limit)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Fifty_megabytes_on_both_streams_arrive_whole(bool usePidFd)
    {
        var counter = new CountingSink();
        var runner = new ProcessRunner(StartupEnvironment.Read(), TimeProvider.System) { UsePidFd = usePidFd };
        var command = Dummy("flood", $"{50 * Megabyte}") with { CaptureLimit = Megabyte };
        var outcome = (await runner.RunAsync(command, counter, [], default)).Ok();
        Assert.True(outcome.Succeeded, outcome.ErrorText);
        Assert.Equal((50L * Megabyte, 50L * Megabyte), (counter.Output, counter.Error));
        Assert.Equal((Megabyte, Megabyte, true), (outcome.StandardOutput.Length, outcome.StandardError.Length, outcome.Truncated));
    }

    [Fact(Timeout = Limit)]
    public async Task Large_input_comes_back_unchanged()
    {
        var input = new byte[5 * Megabyte];
        new Random(17).NextBytes(input);
        var outcome = await RunAsync(Dummy("stdin-copy") with { StandardInput = input });
        Assert.Equal(input, outcome.StandardOutput.ToArray());
    }

    [Fact(Timeout = Limit)]
    public async Task Input_that_nobody_reads_does_not_hang()
    {
        var outcome = await RunAsync(Dummy("exit", "3") with { StandardInput = new byte[Megabyte] });
        Assert.Equal((ProcessEnd.Exited, 3), (outcome.End, outcome.Code));
    }

    [Fact(Timeout = Limit)]
    public async Task Argument_zero_can_be_chosen()
    {
        var outcome = await RunAsync(Shell("") with { Executable = "/bin/sh", ArgumentZero = "another name", Arguments = ["-c", "tr '\\0' ' ' </proc/$$/cmdline"] });
        Assert.StartsWith("another name -c", outcome.OutputText);
    }

    [Fact(Timeout = Limit)]
    public async Task Signal_that_is_not_ours_is_reported()
    {
        var outcome = await RunAsync(Dummy("kill-self", "KILL"));
        Assert.Equal((ProcessEnd.Signalled, 9), (outcome.End, outcome.Code));
    }

    [Theory(Timeout = Limit)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cancelled_process_is_gone_when_the_call_returns(bool usePidFd)
    {
        var runner = new ProcessRunner(StartupEnvironment.Read(), TimeProvider.System) { UsePidFd = usePidFd };
        var pid = await CancelAsync(runner, Shell("echo pid $$; exec sleep 1000"), "pid ");
        Assert.False(Alive.Is(pid));
        Assert.Empty(SessionProcesses.Living(pid));
        Assert.Equal(0, Alive.Zombies());
    }

    [Fact(Timeout = Limit)]
    public async Task Grandchild_that_ignores_term_is_killed_with_the_group()
    {
        var command = Dummy("spawn-grandchild") with { Grace = TimeSpan.FromMilliseconds(300) };
        Assert.False(Alive.Is(await CancelAsync(Runner, command, "grandchild ")));
    }

    [Fact(Timeout = Limit)]
    public async Task Grandchild_in_a_group_of_its_own_is_killed_with_the_session()
    {
        // Job control puts the background job into its own group.
        var command = Shell("set -m; sleep 1000 & echo job $!; wait") with { Grace = TimeSpan.FromMilliseconds(300) };
        Assert.False(Alive.Is(await CancelAsync(Runner, command, "job ")));
    }

    [Fact(Timeout = Limit)]
    public async Task Process_that_ignores_term_is_killed_after_its_grace()
    {
        var collector = new Collector();
        using var cancel = new CancellationTokenSource();
        var time = new ManualTime();
        var runner = new ProcessRunner(StartupEnvironment.Read(), time);
        var run = runner.RunAsync(Dummy("ignore-term") with { Grace = TimeSpan.FromMinutes(10) }, collector, [], cancel.Token);
        await collector.LineAsync("ready");
        await cancel.CancelAsync();
        await time.TimerAsync(TimeSpan.FromMinutes(10));
        Assert.False(run.IsCompleted);
        time.Advance(TimeSpan.FromMinutes(10));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    [Fact(Timeout = Limit)]
    public async Task Process_that_cleans_up_on_term_is_given_its_grace()
    {
        var folder = Directory.CreateTempSubdirectory("slipway-").FullName;
        await CancelAsync(Runner, Shell("trap 'echo done >\"$1/cleaned\"; exit 0' TERM; echo pid $$; while :; do sleep 0.05; done", folder), "pid ");
        Assert.True(File.Exists($"{folder}/cleaned"));
        Slipway.Machines.Files.LocalFiles.RemoveTree(folder).Ok();
    }

    [Fact(Timeout = Limit)]
    public async Task Pipe_held_by_a_grandchild_does_not_hold_the_call()
    {
        var started = TimeProvider.System.GetTimestamp();
        var outcome = await RunAsync(Dummy("hold-pipe"));
        var holder = int.Parse(outcome.OutputText.Split(' ')[1]);
        Assert.True(outcome.Succeeded);
        Assert.True(Alive.Is(holder));
        Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(20));
        await RunAsync(Shell("kill -9 \"$1\"", $"{holder}"));
    }

    [Fact(Timeout = Limit)]
    public async Task Time_limit_ends_the_whole_session()
    {
        var outcome = await RunAsync(Shell("sleep 1000 & echo $!; wait") with { Timeout = TimeSpan.FromMilliseconds(400) });
        Assert.Equal(ProcessEnd.TimedOut, outcome.End);
        Assert.False(Alive.Is(int.Parse(outcome.OutputText)));
    }

    [Fact(Timeout = Limit)]
    public async Task Child_has_default_signals_an_empty_mask_and_a_session_of_its_own()
    {
        var outcome = await RunAsync(Python(
            "import os,signal\n" +
            "print(os.getsid(0)==os.getpid()==os.getpgid(0))\n" +
            "s=dict(l.split(':\\t') for l in open('/proc/self/status').read().splitlines() if l.startswith('Sig'))\n" +
            "print(int(s['SigBlk'],16))\n" +
            "print(sorted(os.listdir('/proc/self/fd'))[:3], len(os.listdir('/proc/self/fd')))\n"));
        Assert.Equal("True\n0\n['0', '1', '2'] 4\n", outcome.OutputText);

        // Python ignores SIGPIPE itself, so another program is asked. glibc ignores its own signals 32 and 33 in every child.
        var ignored = await RunAsync(ProcessCommand.Create("grep", "SigIgn", "/proc/self/status"));
        Assert.Equal(0L, Convert.ToInt64(ignored.OutputText.Split('\t')[1].Trim(), 16) & ~0x180000000L);
    }

    [Fact(Timeout = Limit)]
    public async Task Descriptor_without_close_on_exec_is_not_inherited()
    {
        using var file = File.OpenHandle("/dev/zero");
        var fd = (int)file.DangerousGetHandle();
        Slipway.Machines.Posix.Descriptor.SetInheritable(fd, true);
        var outcome = await RunAsync(Shell("ls -l /proc/$$/fd | grep -c /dev/zero"));
        Slipway.Machines.Posix.Descriptor.SetInheritable(fd, false);
        Assert.Equal("0\n", outcome.OutputText);
    }

    [Fact(Timeout = Limit)]
    public async Task Child_has_the_limit_of_open_files_that_our_parent_has()
    {
        // The trailing command keeps the shell, whose limit counts, from becoming the program.
        var outcome = await RunAsync(Shell("ulimit -Sn 777; \"$@\" run /bin/sh -c 'ulimit -Sn'; true", DummyArguments()));
        Assert.Equal("777\n", outcome.OutputText);
    }

    [Fact(Timeout = Limit)]
    public async Task Nul_in_an_argument_is_refused()
    {
        var result = await Runner.RunAsync(ProcessCommand.Create("true", "a\0b"), null, [], default);
        Assert.Contains("argument 1", result.Fails(MachinesFailures.CommandInvalid).Message);
    }

    [Fact(Timeout = Limit)]
    public async Task Arguments_that_are_too_long_are_refused()
    {
        var result = await Runner.RunAsync(ProcessCommand.Create("true", new string('x', 200_000)), null, [], default);
        result.Fails(MachinesFailures.CommandInvalid);
    }

    [Fact(Timeout = Limit)]
    public async Task Script_with_a_missing_interpreter_is_not_executable()
    {
        using var folder = new TemporaryFolder();
        Slipway.Machines.Files.LocalFiles.Write(folder["script"], "#!/no/such/interpreter\n"u8.ToArray(), (UnixFileMode)0x1C0).Ok();
        var result = await Runner.RunAsync(ProcessCommand.Create(folder["script"]), null, [], default);
        Assert.Contains("interpreter", result.Fails(MachinesFailures.ProgramNotExecutable).Message);
    }

    [Fact(Timeout = Limit)]
    public async Task Exception_of_the_sink_ends_the_process_and_reaches_the_caller()
    {
        var sink = new ThrowingSink();
        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => Runner.RunAsync(Shell("echo pid $$; exec sleep 1000"), sink, [], default));
        Assert.IsType<NotSupportedException>(thrown.InnerException);
        Assert.False(Alive.Is(sink.Pid));
    }

    [Fact(Timeout = Limit)]
    public async Task Many_processes_at_once_leave_no_zombie_and_no_descriptor()
    {
        await RunAsync(Shell("true"));
        var before = Directory.GetFiles("/proc/self/fd").Length;
        var runs = Enumerable.Range(0, 40).Select(i => RunAsync(Shell($"echo {i}; exit {i}"))).ToList();
        var outcomes = await Task.WhenAll(runs);
        Assert.Equal(Enumerable.Range(0, 40), outcomes.Select(o => o.Code));
        Assert.All(outcomes, o => Assert.Equal($"{o.Code}\n", o.OutputText));
        Assert.Equal(0, Alive.Zombies());
        Assert.InRange(Directory.GetFiles("/proc/self/fd").Length, 0, before + 20);
    }

    private static async Task<ProcessOutcome> RunAsync(ProcessCommand command) => (await Runner.RunAsync(command, null, [], default)).Ok();

    /// <summary>Starts, waits for a line with a process id, cancels, and returns that id.</summary>
    private static async Task<int> CancelAsync(ProcessRunner runner, ProcessCommand command, string label)
    {
        var collector = new Collector();
        using var cancel = new CancellationTokenSource();
        var run = runner.RunAsync(command, collector, [], cancel.Token);
        var pid = int.Parse((await collector.LineAsync(label))[label.Length..]);
        Assert.True(Alive.Is(pid));
        await cancel.CancelAsync();
        var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.Equal(cancel.Token, thrown.CancellationToken);
        return pid;
    }

    private sealed class CountingSink : IOutputSink
    {
        public long Output { get; private set; }

        public long Error { get; private set; }

        public void Write(OutputStream stream, ReadOnlySpan<byte> chunk)
        {
            Output += stream is OutputStream.Output ? chunk.Length : 0;
            Error += stream is OutputStream.Error ? chunk.Length : 0;
        }
    }

    private sealed class ThrowingSink : IOutputSink
    {
        public int Pid { get; private set; }

        public void Write(OutputStream stream, ReadOnlySpan<byte> chunk)
        {
            Pid = int.Parse(Encoding.ASCII.GetString(chunk).Split(' ')[1]);
            throw new NotSupportedException("no");
        }
    }
}
