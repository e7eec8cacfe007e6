using System.Text;
using Slipway.Machines.Files;
using Slipway.Machines.Programs;
using Slipway.Machines.Tests.Support;

namespace Slipway.Machines.Tests.Contract;

/// <content>Programs.</content>
public abstract partial class MachineContractTests
{
    [Fact(Timeout = Limit)]
    public async Task Program_executes_file_steps_in_order()
    {
        var outcome = await Execute(
            new Step.MakeDirectory($"{Folder}/x/y", OwnerFolder),
            new Step.WriteFile($"{Folder}/x/y/new", "content"u8.ToArray(), OwnerFile),
            new Step.Move($"{Folder}/x/y/new", $"{Folder}/x/moved"),
            new Step.LinkOrCopy($"{Folder}/x/moved", $"{Folder}/x/second"),
            new Step.Touch($"{Folder}/touched"),
            new Step.SyncFileSystem(Folder));
        Assert.Equal(ProgramOutcome.Completed, outcome);
        Assert.Equal("content", Encoding.UTF8.GetString((await Machine.ReadFileAsync($"{Folder}/x/second", 100, default)).Ok()));
        Assert.Equal(FileStatus.Missing, (await Machine.StatAsync($"{Folder}/x/y/new", default)).Ok());
        var touched = (await Machine.StatAsync($"{Folder}/touched", default)).Ok();
        Assert.Equal((0L, OwnerFile), (touched.Size, touched.Mode));
    }

    [Fact(Timeout = Limit)]
    public async Task Program_joins_what_is_known_with_what_a_process_wrote()
    {
        var outcome = await Execute(
            new Step.Run("telling", Shell("printf middle; printf aside >&2"), Broken) { OutputFile = $"{Folder}/told" },
            new Step.JoinFiles($"{Folder}/whole", [FilePart.Of("from "u8.ToArray()), FilePart.From($"{Folder}/told"), FilePart.Of(" to end"u8.ToArray())], OwnerFile));
        Assert.Equal(ProgramOutcome.Completed, outcome);
        Assert.Equal("from middle to end", Encoding.UTF8.GetString((await Machine.ReadFileAsync($"{Folder}/whole", 100, default)).Ok()));
        Assert.Equal(OwnerFile, (await Machine.StatAsync($"{Folder}/whole", default)).Ok().Mode);
        Assert.False((await TryExecute(new RecordingObserver(), new Step.JoinFiles($"{Folder}/none", [FilePart.From($"{Folder}/absent")], OwnerFile))).IsOk);
    }

    [Fact(Timeout = Limit)]
    public async Task Program_stops_where_a_path_exists()
    {
        var outcome = await Execute(new Step.StopIfExists(Folder), new Step.Touch($"{Folder}/after"));
        Assert.Equal(ProgramOutcome.Stopped, outcome);
        Assert.Equal(FileStatus.Missing, (await Machine.StatAsync($"{Folder}/after", default)).Ok());
    }

    [Fact(Timeout = Limit)]
    public async Task Program_stops_where_a_file_was_modified_in_another_second()
    {
        var outcome = await Execute(new Step.Run("dating", Shell($"export TZ=UTC0; touch -d '2001-09-09 01:46:40.9' '{Folder}/dated' || touch -d '2001-09-09 01:46:40' '{Folder}/dated'"), Broken), new Step.StopIfModified($"{Folder}/dated", 1_000_000_000), new Step.Touch($"{Folder}/after"));
        Assert.Equal(ProgramOutcome.Completed, outcome);
        Assert.Equal(ProgramOutcome.Stopped, await Execute(new Step.StopIfModified($"{Folder}/dated", 999_999_999)));
        Assert.Equal(ProgramOutcome.Stopped, await Execute(new Step.StopIfModified($"{Folder}/dated", 1_000_000_001)));
        Assert.Equal(ProgramOutcome.Stopped, await Execute(new Step.StopIfModified($"{Folder}/absent", 1_000_000_000)));
    }

    [Fact(Timeout = Limit)]
    public async Task Program_stops_where_a_file_holds_something_else()
    {
        const string Text = "two\nlines 'quoted' \\n %s $x";
        await Execute(new Step.WriteFile($"{Folder}/held", Encoding.UTF8.GetBytes(Text), OwnerFile));
        Assert.Equal(ProgramOutcome.Completed, await Execute(new Step.StopUnlessContent($"{Folder}/held", Text)));
        Assert.Equal(ProgramOutcome.Stopped, await Execute(new Step.StopUnlessContent($"{Folder}/held", Text + "x"), new Step.Touch($"{Folder}/after")));
        Assert.Equal(ProgramOutcome.Stopped, await Execute(new Step.StopUnlessContent($"{Folder}/absent", Text)));
        Assert.Equal(FileStatus.Missing, (await Machine.StatAsync($"{Folder}/after", default)).Ok());
    }

    [Fact(Timeout = Limit)]
    public async Task Mode_is_set_exactly_and_never_through_a_link()
    {
        var outcome = await Execute(
            new Step.WriteFile($"{Folder}/file", "x"u8.ToArray(), OwnerFile),
            new Step.MakeDirectory($"{Folder}/folder", OwnerFolder),
            new Step.SetMode($"{Folder}/file", UnixFileMode.None),
            new Step.SetMode($"{Folder}/folder", UnixFileMode.UserRead | UnixFileMode.UserExecute),
            new Step.Run("linking", Shell($"ln -s file '{Folder}/link'"), Broken));
        Assert.Equal(ProgramOutcome.Completed, outcome);
        Assert.Equal(UnixFileMode.None, (await Machine.StatAsync($"{Folder}/file", default)).Ok().Mode);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserExecute, (await Machine.StatAsync($"{Folder}/folder", default)).Ok().Mode);
        Assert.False((await TryExecute(new RecordingObserver(), new Step.SetMode($"{Folder}/link", OwnerFile))).IsOk);
        Assert.Equal(UnixFileMode.None, (await Machine.StatAsync($"{Folder}/file", default)).Ok().Mode);
        Assert.Equal(ProgramOutcome.Completed, await Execute(new Step.SetMode($"{Folder}/file", OwnerFile), new Step.SetMode($"{Folder}/folder", OwnerFolder)));
        Assert.Equal(OwnerFile, (await Machine.StatAsync($"{Folder}/file", default)).Ok().Mode);
    }

    [Fact(Timeout = Limit)]
    public async Task Program_ends_as_missing_where_a_path_does_not_exist()
    {
        var outcome = await Execute(new Step.RequireExists(Folder), new Step.RequireExists($"{Folder}/absent"), new Step.Touch($"{Folder}/after"));
        Assert.Equal(ProgramOutcome.Missing, outcome);
        Assert.Equal(FileStatus.Missing, (await Machine.StatAsync($"{Folder}/after", default)).Ok());
    }

    [Fact(Timeout = Limit)]
    public async Task Failing_run_fails_the_program_with_its_code_and_the_last_lines()
    {
        var observer = new RecordingObserver();
        var result = await TryExecute(
            observer,
            new Step.Run("Counting", Shell("i=0; while [ $i -lt 100 ]; do i=$((i+1)); echo line $i; done; echo the end >&2; exit 3"), Broken),
            new Step.Touch($"{Folder}/after"));
        var failure = result.Fails(Broken);
        Assert.Equal("Counting failed (exit code 3)", failure.Message);
        Assert.EndsWith("line 100\nthe end", failure.Detail);
        Assert.DoesNotContain("line 50\n", failure.Detail);
        Assert.Equal(["Counting"], observer.Labels);
        Assert.StartsWith("line 1\nline 2\n", observer.Output);
        Assert.Equal(FileStatus.Missing, (await Machine.StatAsync($"{Folder}/after", default)).Ok());
    }

    [Fact(Timeout = Limit)]
    public async Task Sealed_tree_has_no_write_bits_and_can_still_be_removed()
    {
        await Run(Shell("mkdir -p \"$1/t/d\"; echo x >\"$1/t/d/f\"; echo y >\"$1/outside\"; ln -s ../outside \"$1/t/l\"; chmod 755 \"$1/t/d/f\"", Folder));
        await Execute(new Step.SealTree($"{Folder}/t"));
        Assert.Equal(Convert.ToInt32("555", 8), (int)(await Machine.StatAsync($"{Folder}/t/d/f", default)).Ok().Mode);
        Assert.Equal(0, (int)(await Machine.StatAsync($"{Folder}/t/d", default)).Ok().Mode & 0x92);
        Assert.Equal(0, (int)(await Machine.StatAsync($"{Folder}/t", default)).Ok().Mode & 0x92);
        Assert.NotEqual(0, (int)(await Machine.StatAsync($"{Folder}/outside", default)).Ok().Mode & 0x80);
        await Execute(new Step.RemoveTree($"{Folder}/t"), new Step.RemoveTree($"{Folder}/t"));
        Assert.Equal(FileStatus.Missing, (await Machine.StatAsync($"{Folder}/t", default)).Ok());
        Assert.True((await Machine.StatAsync($"{Folder}/outside", default)).Ok().Exists);
    }

    [Fact(Timeout = Limit)]
    public async Task Inventory_lists_what_is_below_the_root()
    {
        await Run(Shell("mkdir \"$1/t\"; printf abc >\"$1/t/b>c\"; mkdir \"$1/t/a\"; ln -s 'x -> y' \"$1/t/l\"; chmod 640 \"$1/t/b>c\"; chmod 755 \"$1/t/a\"", Folder));
        await Execute(new Step.TakeInventory($"{Folder}/t", $"{Folder}/inventory"));
        var text = Encoding.UTF8.GetString((await Machine.ReadFileAsync($"{Folder}/inventory", 10_000, default)).Ok());
        var expected = string.Join(
            '\n',
            "slipway-inventory/1 files=1 bytes=3",
            "d 755 a",
            "f 640 3 ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad b\\>c",
            "l l -> x -\\> y",
            "sha256 ");
        Assert.StartsWith(expected, text);
        Assert.Equal(3, TreeInventory.Parse(Encoding.UTF8.GetBytes(text)).Ok().Entries.Length);
    }

    [Fact(Timeout = Limit)]
    public async Task Build_lock_keeps_a_second_program_out_and_names_the_holder()
    {
        using var cancel = new CancellationTokenSource();
        var (first, second) = (new RecordingObserver(), new RecordingObserver());
        var holding = Machine.ExecuteAsync(Program(Guarded(Seconds(1), null, Sleep())), first, cancel.Token);
        await first.Started;
        var failure = (await TryExecute(second, Guarded(TimeSpan.FromMilliseconds(400), null, new Step.Touch($"{Folder}/after")))).Fails(MachinesFailures.LockBusy);
        Assert.Contains("testing locks", await second.WaitingFor);
        Assert.Contains("testing locks", failure.Message);
        Assert.Equal(FileStatus.Missing, (await Machine.StatAsync($"{Folder}/after", default)).Ok());
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => holding);
        await Execute(Guarded(Seconds(10), null, new Step.Touch($"{Folder}/after")));
    }

    [Fact(Timeout = Limit)]
    public async Task Waiter_adopts_a_failure_recorded_while_it_waited()
    {
        var record = $"{Folder}/failed";
        var fifo = $"{Folder}/go";
        await Run(Shell("mkfifo \"$1\"", fifo));
        var (first, second) = (new RecordingObserver(), new RecordingObserver());
        var failing = TryExecute(first, Guarded(Seconds(5), record, new Step.Run("Building", Shell("read go <\"$1\"; echo no space for it; exit 1", fifo), Broken)));
        await first.Started;
        var waiting = TryExecute(second, Guarded(Seconds(20), record, new Step.Run("Building", Shell("touch \"$1/again\"", Folder), Broken)));
        await second.WaitingFor;
        await Run(Shell("echo go >\"$1\"", fifo));
        var original = (await failing).Fails(Broken);
        var adopted = (await waiting).Fails(Broken);
        Assert.Equal(("Building failed (exit code 1)", "no space for it"), (adopted.Message, adopted.Detail));
        Assert.Equal(original.Message, adopted.Message);
        Assert.Empty(second.Labels);
    }

    [Fact(Timeout = Limit)]
    public async Task Recorded_failure_is_not_adopted_by_who_did_not_wait_and_success_removes_it()
    {
        var record = $"{Folder}/failed";
        (await TryExecute(new RecordingObserver(), Guarded(Seconds(5), record, new Step.Run("Building", Shell("exit 1"), Broken)))).Fails(Broken);
        Assert.StartsWith("TST0001\nBuilding\nBuilding failed (exit code 1)", Encoding.UTF8.GetString((await Machine.ReadFileAsync(record, 1000, default)).Ok()));
        await Execute(Guarded(Seconds(5), record, new Step.Run("Building", Shell("true"), Broken)));
        Assert.Equal(FileStatus.Missing, (await Machine.StatAsync(record, default)).Ok());
    }

    [Fact(Timeout = Limit)]
    public async Task Old_failure_is_not_adopted_by_who_waited()
    {
        var record = $"{Folder}/failed";
        var fifo = $"{Folder}/go";
        await Run(Shell("mkfifo \"$1\"", fifo));
        (await TryExecute(new RecordingObserver(), Guarded(Seconds(5), record, new Step.Run("Old", Shell("exit 1"), Broken)))).Fails(Broken);
        var (first, second) = (new RecordingObserver(), new RecordingObserver());
        var holding = TryExecute(first, Guarded(Seconds(5), null, new Step.Run("Holding", Shell("read go <\"$1\"", fifo), Broken)));
        await first.Started;
        var waiting = TryExecute(second, Guarded(Seconds(20), record, new Step.Touch($"{Folder}/done")));
        await second.WaitingFor;
        await Run(Shell("echo go >\"$1\"", fifo));
        (await holding).Ok();
        Assert.Equal(ProgramOutcome.Completed, (await waiting).Ok());
    }

    [Fact(Timeout = Limit)]
    public async Task Lease_lasts_for_the_program_and_is_inherited_by_its_processes()
    {
        using var cancel = new CancellationTokenSource();
        var observer = new RecordingObserver();
        var lease = $"{Folder}/lease";
        var holding = Machine.ExecuteAsync(Program(new Step.Lease(lease), Sleep()), observer, cancel.Token);
        await observer.Started;
        (await TryExecute(new RecordingObserver(), Guarded(Seconds(5), null, new Step.ExclusiveLease(lease)))).Fails(MachinesFailures.LeaseBusy);
        await Execute(new Step.Lease(lease), new Step.Run("Looking", Shell("n=0; for f in /proc/self/fd/*; do [ \"$(readlink \"$f\")\" = \"$1\" ] && n=$((n+1)); done; [ $n = 1 ]", lease), Broken));
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => holding);
        await Execute(Guarded(Seconds(5), null, new Step.ExclusiveLease(lease)));
    }

    [Fact(Timeout = Limit)]
    public async Task Misplaced_guard_is_refused_before_anything_happens()
    {
        var touch = new Step.Touch($"{Folder}/touched");
        await Assert.ThrowsAsync<ArgumentException>(() => TryExecute(new RecordingObserver(), touch, new Step.ExclusiveLease($"{Folder}/lease")));
        await Assert.ThrowsAsync<ArgumentException>(() => TryExecute(new RecordingObserver(), touch, new Step.HandOff(Shell("true")), touch));
        Assert.Equal(FileStatus.Missing, (await Machine.StatAsync(touch.Path, default)).Ok());
    }

    private static TimeSpan Seconds(int seconds) => TimeSpan.FromSeconds(seconds);

    private static MachineProgram Program(params Step[] steps) => new("test", [.. steps]);

    private static Step.Run Sleep() => new("Sleeping", Shell("exec sleep 100"), Broken);

    private Step.WithBuildLock Guarded(TimeSpan wait, string? record, params Step[] body) =>
        new($"{Folder}/lock", "testing locks", wait, record, [.. body]);
}
