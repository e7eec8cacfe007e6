using System.Text;
using Slipway.Machines.Processes;
using Slipway.Machines.Programs;
using Slipway.Machines.Tests.Support;

namespace Slipway.Machines.Tests.Contract;

/// <content>Commands under guards, and processes that are spoken to.</content>
public abstract partial class MachineContractTests
{
    [Fact(Timeout = Limit)]
    public async Task Guarded_command_runs_under_its_lease_and_gives_its_own_code()
    {
        var lease = $"{Folder}/lease";
        await Execute(new Step.Touch($"{Folder}/meta"));
        var collector = new Collector();
        using var cancel = new CancellationTokenSource();
        var holding = Machine.RunGuardedAsync(Guards(new Step.Lease(lease), new Step.RequireExists($"{Folder}/meta")), Shell("echo up; exec sleep 100"), collector, cancel.Token);
        await collector.LineAsync("up");
        (await TryExecute(new RecordingObserver(), Guarded(Seconds(5), null, new Step.ExclusiveLease(lease)))).Fails(MachinesFailures.LeaseBusy);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => holding);
        await Execute(Guarded(Seconds(5), null, new Step.ExclusiveLease(lease)));
        var ended = (await Machine.RunGuardedAsync(Guards(new Step.Lease(lease)), Shell("echo out; echo err >&2; exit 255"), null, default)).Ok();
        Assert.Equal((ProgramOutcome.Completed, 255, "out\n", "err\n"), (ended.Guards, ended.Process!.Code, ended.Process.OutputText, ended.Process.ErrorText));
    }

    [Fact(Timeout = Limit)]
    public async Task Journal_is_told_of_the_start_and_the_end_and_changes_nothing_else()
    {
        const string Script = "printf '%s' \"$1 ${1:+$2} ${3:-none} $4|\" >>\"$5\"; echo noise; cat; exit 9\n";
        var journal = new CommandJournal(Script, ["a 'b'", $"{Folder}/journal"]);
        var ended = (await Machine.RunGuardedAsync(Guards(), Shell("until [ -s \"$1\" ]; do sleep 0.01; done; echo $$ $sw_journal; cat; kill -KILL $$", $"{Folder}/journal") with { Journal = journal }, null, default)).Ok();
        var written = Encoding.UTF8.GetString((await Machine.ReadFileAsync($"{Folder}/journal", 1000, default)).Ok()).Split('|');
        var pid = ended.Process!.OutputText.Trim();
        Assert.Matches($"^begin {pid} [0-9]+ a 'b'$", written[0]);
        Assert.Equal(["end 137 none a 'b'", string.Empty], written[1..]);
        Assert.Equal(137, ended.Process.ShellCode);

        await Execute(new Step.RemoveTree($"{Folder}/journal"));
        (await Machine.RunGuardedAsync(Guards(new Step.RequireExists($"{Folder}/absent")), Shell("true") with { Journal = journal }, null, default)).Ok();
        await Execute(new Step.Touch($"{Folder}/journal"));
        Assert.DoesNotContain("begin", Encoding.UTF8.GetString((await Machine.ReadFileAsync($"{Folder}/journal", 1000, default)).Ok()), StringComparison.Ordinal);
        using var cancel = new CancellationTokenSource();
        var collector = new Collector();
        var running = Machine.RunAsync(Shell("echo up; exec sleep 100") with { Journal = journal }, collector, cancel.Token);
        await collector.LineAsync("up");
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.EndsWith("end 143 1 a 'b'|", Encoding.UTF8.GetString((await Machine.ReadFileAsync($"{Folder}/journal", 1000, default)).Ok()), StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Guarded_command_does_not_run_where_a_guard_finds_nothing()
    {
        var ended = (await Machine.RunGuardedAsync(Guards(new Step.RequireExists($"{Folder}/absent")), Shell("touch \"$1/ran\"", Folder), null, default)).Ok();
        Assert.Equal(new GuardedOutcome(ProgramOutcome.Missing, null), ended);
        Assert.Equal(FileStatus.Missing, (await Machine.StatAsync($"{Folder}/ran", default)).Ok());
        (await Machine.RunGuardedAsync(Guards(), ProcessCommand.Create("slipway-no-such-program"), null, default)).Fails(MachinesFailures.ProgramNotFound);
        (await Machine.RunGuardedAsync(Guards(new Step.MakeDirectory($"{Folder}/file/below", OwnerFolder)), Shell("true"), null, default)).Ok();
        await Assert.ThrowsAsync<ArgumentException>(() => Machine.RunGuardedAsync(Guards(new Step.HandOff(Shell("true"))), Shell("true"), null, default));
    }

    [Fact(Timeout = Limit)]
    public async Task Process_is_spoken_to_and_ends_with_its_input()
    {
        var feed = new InputFeed();
        var collector = new Collector();
        var running = Machine.RunAsync(Shell("while read -r line; do echo \"heard $line\"; done; echo over; exit 4") with { Feed = feed }, collector, default);
        Assert.True(await feed.WriteAsync("one\n"u8.ToArray()));
        await collector.LineAsync("heard one");
        Assert.True(await feed.WriteAsync("two\nthree\n"u8.ToArray()));
        await collector.LineAsync("heard three");
        feed.Complete();
        var outcome = (await running).Ok();
        Assert.Equal((ProcessEnd.Exited, 4), (outcome.End, outcome.Code));
        Assert.EndsWith("over\n", outcome.OutputText);
    }

    [Fact(Timeout = Limit)]
    public async Task Process_may_go_on_after_the_end_of_its_input()
    {
        var feed = new InputFeed();
        _ = feed.WriteAsync("all of it\n"u8.ToArray());
        feed.Complete();

        // Longer than its grace, which is for processes that are ended.
        var outcome = (await Machine.RunAsync(Shell("read -r line; cat; sleep 2; echo \"$line\"; exit 5") with { Feed = feed, Grace = TimeSpan.Zero }, null, default)).Ok();

        Assert.Equal((ProcessEnd.Exited, 5, "all of it\n"), (outcome.End, outcome.Code, outcome.OutputText));
    }

    [Fact(Timeout = Limit)]
    public async Task Process_that_goes_on_after_the_end_of_its_input_can_be_ended()
    {
        using var cancel = new CancellationTokenSource();
        var feed = new InputFeed();
        feed.Complete();
        var collector = new Collector();
        var running = Machine.RunAsync(Shell("cat; echo pid $$; exec sleep 1000") with { Feed = feed, Grace = TimeSpan.Zero }, collector, cancel.Token);
        var id = (await collector.LineAsync("pid "))["pid ".Length..];
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (Directory.Exists($"/proc/{id}"))
        {
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }

    [Fact(Timeout = Limit)]
    public async Task Fed_bytes_arrive_exactly_both_ways()
    {
        var bytes = new byte[3 * 1024 * 1024];
        new Random(7).NextBytes(bytes);
        var feed = new InputFeed();
        var running = Machine.RunAsync(Shell("exec cat") with { Feed = feed }, null, default);
        for (var i = 0; i < bytes.Length; i += 100_000)
        {
            Assert.True(await feed.WriteAsync(bytes.AsMemory(i, Math.Min(100_000, bytes.Length - i))));
        }

        feed.Complete();
        Assert.Equal(bytes, (await running).Ok().StandardOutput.ToArray());
    }

    private static MachineProgram Guards(params Step[] steps) => new("guards", [.. steps]);
}
