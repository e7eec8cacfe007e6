using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Slipway.Machines.Posix;
using Slipway.Machines.Processes;
using Slipway.Machines.Programs;
using Slipway.Machines.Ssh;
using Slipway.Machines.Tests.Support;
using Slipway.TestKit;

namespace Slipway.Machines.Tests.Ssh;

/// <summary>What goes wrong while a command runs is told as what it is, and leaves nothing there.</summary>
public sealed class SessionFaultTests(SessionFaultTests.Host host) : IClassFixture<SessionFaultTests.Host>, IDisposable
{
    private const int Stop = 19;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);
    private readonly TemporaryFolder _folder = new();
    private readonly string _mark = $"slipway-mark-{Guid.NewGuid():N}";

    public void Dispose() => _folder.Dispose();

    [RequiresFact(Capability.Sshd)]
    public async Task Codes_above_those_of_ssh_are_the_commands_own()
    {
        foreach (var code in (int[])[255, 254, 143, 127, 126, 64])
        {
            var outcome = (await host.Machine.RunAsync(TestCommands.Shell($"exit {code}"), output: null, default)).Ok();
            Assert.Equal((ProcessEnd.Exited, code), (outcome.End, outcome.Code));
        }

        var killed = (await host.Machine.RunAsync(TestCommands.Shell("kill -KILL $$"), output: null, default)).Ok();
        Assert.Equal(137, killed.Code);
    }

    [RequiresFact(Capability.Sshd)]
    public async Task Killed_master_ends_the_command_and_the_next_call_connects_anew()
    {
        var machine = host.Machine;
        await EndedBy(machine, async () =>
        {
            foreach (var master in ConnectionFaultTests.Masters(host.Server.ControlFolder))
            {
                Libc.Kill(master, Signals.Kill);
                await LiveProcesses.WaitForEndAsync(master, Soon);
            }
        });
        await EndedBy(machine, async () =>
        {
            foreach (var session in await host.Server.SessionsAsync())
            {
                Libc.Kill(session, Signals.Kill);
            }
        });
        Assert.Equal("again\n", (await machine.RunAsync(ProcessCommand.Create("echo", "again"), output: null, default)).Ok().OutputText);
    }

    [RequiresFact(Capability.Sshd)]
    public async Task Cancelled_and_timed_out_commands_leave_nothing_there()
    {
        using var cancel = new CancellationTokenSource();
        var collector = new Collector();
        var running = host.Machine.RunAsync(Family(), collector, cancel.Token);
        await collector.LineAsync("up").WaitAsync(Soon);
        Assert.NotEmpty(Marked());
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Empty(Marked());

        var late = (await host.Machine.RunAsync(Family() with { Timeout = TimeSpan.FromSeconds(1) }, output: null, default)).Ok();
        Assert.Equal(ProcessEnd.TimedOut, late.End);
        Assert.Empty(Marked());
    }

    [RequiresFact(Capability.Sshd)]
    public async Task Killed_supervisor_is_no_success_and_its_command_is_ended()
    {
        // The command's parent is the supervisor.
        var lost = await host.Machine.RunAsync(TestCommands.Shell("kill -KILL $PPID"), output: null, default);
        lost.Fails(MachinesFailures.ConnectionLost);

        var family = Marked(TestCommands.Shell("kill -KILL $PPID; sleep 1000 & exec sleep 1000")) with { Grace = TimeSpan.FromSeconds(1) };
        (await host.Machine.RunAsync(family, output: null, default).WaitAsync(Soon)).Fails(MachinesFailures.ConnectionLost);
        await NothingMarkedAsync();
    }

    [RequiresFact(Capability.Sshd)]
    public async Task Frozen_connection_is_bounded_by_timeout_and_by_cancelling()
    {
        await using var server = await SshServer.StartAsync();
        using var machine = SshHost.Machine(server);
        (await machine.RunAsync(ProcessCommand.Create("true"), output: null, default)).Ok();
        using var cancel = new CancellationTokenSource();
        var collector = new Collector();
        var sleeping = TestCommands.Shell("echo up; exec sleep 1000") with { Grace = TimeSpan.Zero };
        var cancelled = machine.RunAsync(sleeping, collector, cancel.Token);
        await collector.LineAsync("up").WaitAsync(Soon);
        server.Freeze();
        var sessions = await server.SessionsAsync();
        foreach (var session in sessions)
        {
            Libc.Kill(session, Stop);
        }

        var watch = Stopwatch.StartNew();
        var late = machine.RunAsync(sleeping with { Timeout = TimeSpan.FromSeconds(1) }, output: null, default);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.WaitAsync(Soon));
        Assert.Equal(ProcessEnd.TimedOut, (await late.WaitAsync(Soon)).Ok().End);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(15), $"{watch.Elapsed}");
    }

    [RequiresFact(Capability.Sshd)]
    public async Task Twelve_commands_at_once_get_their_own_answers_and_no_words_of_ssh()
    {
        using var second = SshHost.Machine(host.Server);
        var running = Enumerable.Range(0, 12).Select(i => (i % 2 == 0 ? host.Machine : second)
            .RunAsync(TestCommands.Shell("echo \"$1\"; sleep 0.5; exit \"$1\"", i.ToString(CultureInfo.InvariantCulture)), output: null, default)).ToList();
        var outcomes = await Task.WhenAll(running);
        Assert.Equal(Enumerable.Range(0, 12).Select(static i => (i, $"{i}\n", string.Empty)), outcomes.Select(static ended => ended.Ok()).Select(static ended => (ended.Code, ended.OutputText, ended.ErrorText)));
    }

    [RequiresFact(Capability.Sshd)]
    public async Task Fifty_megabytes_on_both_streams_at_once_are_exact()
    {
        const int Rounds = 10;
        var bytes = new byte[5 * 1024 * 1024];
        new Random(3).NextBytes(bytes);
        await File.WriteAllBytesAsync(_folder["block"], bytes);
        using var expected = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var i = 0; i < Rounds; i++)
        {
            expected.AppendData(bytes);
        }

        using var sink = new HashingSink();
        var script = $"(for i in {string.Join(' ', Enumerable.Range(0, Rounds))}; do cat \"$1\"; done) & for i in {string.Join(' ', Enumerable.Range(0, Rounds))}; do cat \"$1\" >&2; done; wait";
        var outcome = (await host.Machine.RunAsync(TestCommands.Shell(script, _folder["block"]) with { CaptureLimit = 1024 }, sink, default)).Ok();
        var digest = Convert.ToHexString(expected.GetHashAndReset());
        Assert.Equal((true, digest, digest), (outcome.Succeeded, sink.Output, sink.Error));
        Assert.True(outcome.Truncated);
        Assert.Equal(1024, outcome.StandardOutput.Length);
    }

    [RequiresFact(Capability.Sshd)]
    public async Task Binary_input_arrives_exactly()
    {
        var bytes = new byte[3_000_017];
        new Random(5).NextBytes(bytes);
        var outcome = (await host.Machine.RunAsync(ProcessCommand.Create("cat") with { StandardInput = bytes }, output: null, default)).Ok();
        Assert.True(outcome.StandardOutput.Span.SequenceEqual(bytes), "Standard input was changed on the way.");
    }

    [RequiresFact(Capability.Sshd)]
    public async Task Missing_tools_are_named()
    {
        await using var bare = await SshServer.StartAsync(new SshServerOptions { Missing = ["setsid", "flock"] });
        using var machine = SshHost.Machine(bare);
        var missing = (await machine.RunAsync(ProcessCommand.Create("true"), output: null, default)).Fails(MachinesFailures.RemoteToolMissing);
        Assert.Contains("setsid", missing.Message, StringComparison.Ordinal);

        await using var unlocked = await SshServer.StartAsync(new SshServerOptions { Missing = ["flock"] });
        using var other = SshHost.Machine(unlocked);
        (await other.RunAsync(ProcessCommand.Create("true"), output: null, default)).Ok();
        var program = new MachineProgram("lock", [new Step.WithBuildLock(_folder["lock"], "test", TimeSpan.FromSeconds(1), FailureRecord: null, [])]);
        var locked = (await other.ExecuteAsync(program, SilentObserver.Instance, default)).Fails(MachinesFailures.RemoteToolMissing);
        Assert.Contains("flock", locked.Message, StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Sshd)]
    public async Task Account_without_a_shell_is_told_and_one_that_only_talks_is_given_up()
    {
        await using var closed = await SshServer.StartAsync(new SshServerOptions { Configuration = ["ForceCommand echo This account has no shell."] });
        using var machine = SshHost.Machine(closed);
        var refused = (await machine.RunAsync(ProcessCommand.Create("true"), output: null, default)).Fails(MachinesFailures.NoRemoteShell);
        Assert.Contains("This account has no shell.", refused.Detail, StringComparison.Ordinal);

        // Gives back what it is sent, our own marks too, and never ends.
        await using var echoing = await SshServer.StartAsync(new SshServerOptions { Configuration = ["ForceCommand cat"] });
        using var echo = new SshMachine(SshHost.Settings(echoing), new HurriedTime());
        var talks = (await echo.RunAsync(Marked(ProcessCommand.Create("true")) with { Grace = TimeSpan.Zero }, output: null, default).WaitAsync(Soon)).Fails(MachinesFailures.NoRemoteShell);
        Assert.DoesNotContain(_mark, $"{talks} {talks.Detail}", StringComparison.Ordinal);
    }

    private async Task EndedBy(SshMachine machine, Func<Task> fault)
    {
        var collector = new Collector();
        var running = machine.RunAsync(Family() with { Feed = new InputFeed() }, collector, default);
        await collector.LineAsync("up").WaitAsync(Soon);
        var pipe = Assert.Single(Marked().Select(static process => File.ResolveLinkTarget($"/proc/{process}/fd/0", returnFinalTarget: false)!.FullName).Distinct(StringComparer.Ordinal), static path => path.EndsWith("/input", StringComparison.Ordinal));
        await fault();
        (await running.WaitAsync(Soon)).Fails(MachinesFailures.ConnectionLost);
        await NothingMarkedAsync();

        // The supervisor there has nobody to tell the end to, and cleans up all the same.
        using var limit = new CancellationTokenSource(Soon);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (Directory.Exists(Path.GetDirectoryName(pipe)))
        {
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }

    // One that ignores TERM is part of it.
    private ProcessCommand Family() => Marked(TestCommands.Shell("(trap '' TERM; sleep 1000 & wait) & sleep 1000 & echo up; wait")) with { Grace = TimeSpan.FromSeconds(1) };

    private ProcessCommand Marked(ProcessCommand command) => command with { Environment = EnvironmentChanges.None with { Set = EnvironmentChanges.None.Set.Add("SLIPWAY_TEST_MARK", _mark) } };

    private async Task NothingMarkedAsync()
    {
        foreach (var process in Marked())
        {
            await LiveProcesses.WaitForEndAsync(process, Soon);
        }

        Assert.Empty(Marked());
    }

    private int[] Marked() => [.. Directory.GetDirectories("/proc").Where(static path => char.IsAsciiDigit(path[^1])).Where(path => Holds(path, _mark)).Select(static path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture)).Where(Alive.Is)];

    private static bool Holds(string process, string text)
    {
        try
        {
            return File.ReadAllText($"{process}/environ").Contains(text, StringComparison.Ordinal);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    public sealed class Host() : SshServerFixture(new SshServerOptions());

    private sealed class HashingSink : IOutputSink, IDisposable
    {
        private readonly IncrementalHash _output = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private readonly IncrementalHash _error = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        public string Output => Convert.ToHexString(_output.GetCurrentHash());

        public string Error => Convert.ToHexString(_error.GetCurrentHash());

        public void Write(OutputStream stream, ReadOnlySpan<byte> chunk) => (stream is OutputStream.Output ? _output : _error).AppendData(chunk);

        public void Dispose()
        {
            _output.Dispose();
            _error.Dispose();
        }
    }

    /// <summary>A clock whose waits take a tenth of their time.</summary>
    private sealed class HurriedTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? dueTime / 10 : dueTime, period);
    }
}
