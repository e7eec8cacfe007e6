using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Machines.Files;
using Slipway.Machines.Processes;
using Slipway.Machines.Programs;
using Slipway.Store.Collection;
using Slipway.Store.Roots;
using Slipway.Store.Tests.Support;
using Slipway.TestKit;

namespace Slipway.Store.Tests.Collection;

/// <summary>What goes and what stays, by a clock that the test moves against real file times and real processes.</summary>
public sealed class GarbageCollectorTests : IDisposable
{
    private const int Limit = 60_000;
    private static readonly TimeSpan Month = TimeSpan.FromDays(30);
    private static readonly TimeSpan OverAMonth = TimeSpan.FromDays(31);
    private readonly StoreFixture _store = new();

    public void Dispose() => _store.Dispose();

    [Fact(Timeout = Limit)]
    public async Task Empty_store_has_nothing_to_collect() => Assert.Empty(await _store.CollectAsync());

    [Fact(Timeout = Limit)]
    public async Task Environment_goes_when_it_was_not_used_for_the_given_age()
    {
        var (old, young) = (await _store.PublishAsync(1, "12345"), await _store.PublishAsync(2));
        foreach (var slot in (SlotName[])[old, young])
        {
            Directory.CreateDirectory(_store.Layout.States);
            await File.WriteAllTextAsync(_store.Layout.State(slot), "{}");
        }

        _store.Age(_store.Layout.LeaseFile(old), Month);
        _store.Age(_store.Layout.LeaseFile(young), Month - TimeSpan.FromMinutes(1));
        var entries = await _store.CollectAsync();
        var gone = Assert.Single(entries, static entry => entry.Removed);
        Assert.Equal((old.ToString(), "bytes", 5L, _store.Layout.Slot(old)), (gone.Name, gone.Title, gone.Bytes, gone.Path));
        Assert.Equal("used 29 days ago", Assert.Single(entries, static entry => !entry.Removed).KeptBecause);
        Assert.False(Directory.Exists(_store.Layout.Slot(old)));
        Assert.True(_store.IsPublished(young));
        Assert.Equal([_store.Layout.State(young)], Directory.GetFiles(_store.Layout.States, "*.json"), StringComparer.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_store.Layout.Trash));
        Assert.True(File.Exists(_store.Layout.LeaseFile(old)), "lease files are never removed");
    }

    [Fact(Timeout = Limit)]
    public async Task Environment_that_is_private_to_a_project_goes_with_it()
    {
        using var project = new TempFolder();
        var (slot, other) = (StoreFixture.Slot(1), StoreFixture.Slot(2));
        await _store.PublishAsync(1, meta: StoreFixture.Meta(slot) with { Project = project.FullPath });
        await _store.PublishAsync(2, meta: StoreFixture.Meta(other) with { Project = $"{project.FullPath}/gone" });
        Assert.DoesNotContain(await _store.CollectAsync(), static entry => entry.Removed);
        _store.Time.Advance(TimeSpan.FromMinutes(61));
        Assert.Equal(other.ToString(), Assert.Single(await _store.CollectAsync(), static entry => entry.Removed).Name);
        Assert.True(_store.IsPublished(slot));
    }

    [Fact(Timeout = Limit)]
    public async Task What_was_used_within_the_hour_stays_whatever_the_policy_says()
    {
        var slot = await _store.PublishAsync(1);
        _store.Time.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal("used within the last hour", Assert.Single(await _store.CollectAsync(olderThanDays: 0)).KeptBecause);
        _store.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.True(Assert.Single(await _store.CollectAsync(olderThanDays: 0)).Removed);
        Assert.False(_store.IsPublished(slot));
    }

    [Fact(Timeout = Limit)]
    public async Task Clock_that_was_set_back_keeps_everything_and_changes_no_times()
    {
        var slot = await _store.PublishAsync(1);
        var before = StoreFixture.StatusOf(_store.Layout.LeaseFile(slot)).ModifiedUnixNanoseconds;
        _store.Time.SetUtcNow(DateTimeOffset.UnixEpoch);
        var kept = Assert.Single(await _store.CollectAsync(olderThanDays: 0));
        Assert.Contains("clock", kept.KeptBecause, StringComparison.Ordinal);
        Assert.Equal(before, StoreFixture.StatusOf(_store.Layout.LeaseFile(slot)).ModifiedUnixNanoseconds);
    }

    [Fact(Timeout = Limit)]
    public async Task Clock_that_jumped_ahead_still_spares_what_is_in_use()
    {
        var (leased, linked, unused) = (await _store.PublishAsync(1), await _store.PublishAsync(2), await _store.PublishAsync(3));
        Link(linked);
        await using var workload = await LeaseAsync(leased);
        _store.Time.SetUtcNow(_store.Time.GetUtcNow().AddYears(50));
        var removed = (await _store.CollectAsync()).Where(static entry => entry.Removed);
        Assert.Equal(unused.ToString(), Assert.Single(removed).Name);
    }

    [Fact(Timeout = Limit)]
    public async Task Leased_environment_stays_until_the_workload_ends()
    {
        var slot = await _store.PublishAsync(1);
        await using (await LeaseAsync(slot))
        {
            _store.Time.Advance(OverAMonth);
            Assert.Equal("used by a running workload", Assert.Single(await _store.CollectAsync()).KeptBecause);
        }

        Assert.True(Assert.Single(await _store.CollectAsync()).Removed);
    }

    [Fact(Timeout = Limit)]
    public async Task Environment_that_is_being_built_stays()
    {
        var slot = await _store.PublishAsync(1);
        await using var builder = CommandRunner.Start("flock", ["-x", _store.Layout.BuildLock(slot), "/bin/sh", "-c", "echo held; exec sleep 1000"]);
        await builder.WaitForLineAsync(static line => line == "held");
        _store.Time.Advance(OverAMonth);
        Assert.Equal("being built or collected", Assert.Single(await _store.CollectAsync()).KeptBecause);
    }

    [Fact(Timeout = Limit)]
    public async Task Environment_that_a_process_has_mapped_stays()
    {
        var slot = await PublishProgramAsync(1);
        var program = $"{_store.Layout.Root(slot)}/program";

        // Without the path in its command line: the kernel's list of mappings is all that tells.
        await using var mapped = CommandRunner.Start("python3", ["-c", $"import os; os.chdir('{_store.Layout.Root(slot)}'); os.execv('./program', ['harmless', '1000'])"]);
        await AwaitAsync(() => File.ReadAllText($"/proc/{mapped.Id}/cmdline").StartsWith("harmless", StringComparison.Ordinal));
        _store.Time.Advance(OverAMonth);
        Assert.Equal($"used by process {mapped.Id}", Assert.Single(await _store.CollectAsync()).KeptBecause);
        Assert.True(File.Exists(program));
    }

    [Fact(Timeout = Limit)]
    public async Task Environment_in_the_command_line_of_a_process_stays()
    {
        var slot = await _store.PublishAsync(1);
        await using var process = CommandRunner.Start("/bin/sh", ["-c", "echo started; read line", _store.Layout.Root(slot) + "/bin/tool"], new() { KeepInputOpen = true });
        await process.WaitForLineAsync(static line => line == "started");
        _store.Time.Advance(OverAMonth);
        Assert.Equal($"used by process {process.Id}", Assert.Single(await _store.CollectAsync()).KeptBecause);
        (await _store.Collector.RemoveAsync(slot, default)).Fails(StoreFailures.InUse);
    }

    [Fact(Timeout = Limit)]
    public async Task Linked_environment_stays_until_the_link_points_elsewhere()
    {
        var slot = await _store.PublishAsync(1);
        var link = Link(slot);
        _store.Time.Advance(OverAMonth);
        Assert.Equal($"linked from {link}", Assert.Single(await _store.CollectAsync()).KeptBecause);
        File.Delete(link);
        Assert.True(Assert.Single(await _store.CollectAsync()).Removed);
    }

    [Fact(Timeout = Limit)]
    public async Task Half_built_slot_goes_after_an_hour_and_not_before()
    {
        var slot = StoreFixture.Slot(1);
        (await _store.TryPublishAsync(slot, [.. _store.OneFile(slot), StoreFixture.Shell("exit 1")])).Fails(StoreFailures.Damaged);
        var kept = Assert.Single(await _store.CollectAsync(), static entry => entry.Title == "half-built");
        Assert.Equal("used within the last hour", kept.KeptBecause);
        _store.Time.Advance(TimeSpan.FromHours(1.1));
        var gone = Assert.Single(await _store.CollectAsync(), static entry => entry.Title == "half-built");
        Assert.Equal((7L, true), (gone.Bytes, gone.Removed));
        Assert.False(Directory.Exists(_store.Layout.Slot(slot)));
    }

    [Fact(Timeout = Limit)]
    public async Task Record_of_another_version_is_no_half_built_slot()
    {
        var slot = await _store.PublishAsync(1);
        await File.WriteAllTextAsync(_store.Layout.Meta(slot), "{\"schema\":\"slipway.environment/2\"}");
        _store.Time.Advance(TimeSpan.FromDays(2));
        Assert.False(Assert.Single(await _store.CollectAsync()).Removed);
        _store.Time.Advance(OverAMonth);
        Assert.True(Assert.Single(await _store.CollectAsync()).Removed);
    }

    [Fact(Timeout = Limit)]
    public async Task Environment_that_is_used_after_the_decision_stays()
    {
        var slot = await _store.PublishAsync(1);
        _store.Age(_store.Layout.LeaseFile(slot), OverAMonth);

        // The decision rests on the old time; the workload comes and goes before the lock is taken.
        var machine = new InterveningMachine(_store.Machine, () => LocalFiles.Touch(_store.Layout.LeaseFile(slot)).Ok());
        var collector = new GarbageCollector(machine, _store.Layout, _store.Time);
        var entry = Assert.Single((await collector.CollectAsync(new CollectionPolicy(Month, DryRun: false), default)).Ok().Entries);
        Assert.Equal("used just now", entry.KeptBecause);
        Assert.True(_store.IsPublished(slot));
    }

    [Fact(Timeout = Limit)]
    public async Task Half_built_slot_that_is_published_after_the_decision_stays()
    {
        var slot = StoreFixture.Slot(1);
        (await _store.TryPublishAsync(slot, [StoreFixture.Shell("exit 1")])).Fails(StoreFailures.Damaged);
        _store.Time.Advance(TimeSpan.FromHours(2));
        var machine = new InterveningMachine(_store.Machine, () => _store.TryPublishAsync(slot, _store.OneFile(slot)).GetAwaiter().GetResult().Ok());
        var collector = new GarbageCollector(machine, _store.Layout, _store.Time);
        var entries = (await collector.CollectAsync(new CollectionPolicy(Month, DryRun: false), default)).Ok().Entries;
        Assert.Equal("used just now", Assert.Single(entries, static entry => entry.Title == "half-built").KeptBecause);
        Assert.True(_store.IsPublished(slot));
    }

    [Fact(Timeout = Limit)]
    public async Task Slot_that_another_collector_removed_first_is_not_counted()
    {
        await _store.PublishAsync(1);
        _store.Time.Advance(OverAMonth);
        var machine = new InterveningMachine(_store.Machine, () => Assert.True(Assert.Single(_store.CollectAsync().GetAwaiter().GetResult()).Removed));
        var collector = new GarbageCollector(machine, _store.Layout, _store.Time);
        Assert.Empty((await collector.CollectAsync(new CollectionPolicy(Month, DryRun: false), default)).Ok().Entries);
    }

    [Fact(Timeout = Limit)]
    public async Task Two_collectors_at_once_share_the_work_and_do_not_fight()
    {
        for (var number = 0; number < 12; number++)
        {
            await _store.PublishAsync(number);
        }

        _store.Time.Advance(OverAMonth);
        var both = await Task.WhenAll(_store.CollectAsync(), _store.CollectAsync());
        Assert.All(both.SelectMany(static entries => entries), static entry => Assert.True(entry.Removed || entry.KeptBecause == "being built or collected", entry.ToString()));
        Assert.Empty(_store.Store.Slots());
        await _store.CollectAsync();
        Assert.Empty(Directory.EnumerateFileSystemEntries(_store.Layout.Trash));
    }

    [Fact(Timeout = Limit)]
    public async Task Dry_run_changes_nothing_and_names_the_same_bytes()
    {
        var (old, leased, linked) = (await _store.PublishAsync(1, "12345"), await _store.PublishAsync(2), await _store.PublishAsync(3));
        await _store.PublishAsync(4);
        (await _store.TryPublishAsync(StoreFixture.Slot(5), [StoreFixture.Shell("exit 1")])).Fails(StoreFailures.Damaged);
        Directory.CreateDirectory(_store.Layout.Root(StoreFixture.Slot(6)));
        Link(linked);
        await using var workload = await LeaseAsync(leased);
        _store.Time.Advance(OverAMonth);
        _store.Age(_store.Layout.LeaseFile(StoreFixture.Slot(4)), TimeSpan.FromDays(1));
        Leftovers.Plant(_store);
        var locks = Directory.EnumerateFiles(_store.Layout.BuildLocks).ToDictionary(static path => path, File.GetLastWriteTimeUtc, StringComparer.Ordinal);

        Restore(locks);

        var before = _store.Picture();
        var dry = await _store.CollectAsync(dryRun: true);

        // Whether a lock is free is asked by taking it, which may set the time of its file and nothing else.
        Restore(locks);

        Assert.Equal(before, _store.Picture());
        var wet = await _store.CollectAsync();
        Assert.Equal(dry.AsEnumerable(), wet.AsEnumerable());
        Assert.Contains(wet, entry => entry.Name == old.ToString() && entry is { Removed: true, Bytes: 5 });
        Assert.Equal(3, wet.Count(static entry => !entry.Removed && entry.Title == "bytes"));
    }

    [Fact(Timeout = Limit)]
    public async Task Removing_by_name_asks_for_no_age()
    {
        var slot = await _store.PublishAsync(1, "12345");
        var removed = (await _store.Collector.RemoveAsync(slot, default)).Ok();
        Assert.Equal((true, 5L), (removed.Removed, removed.Bytes));
        Assert.False(Directory.Exists(_store.Layout.Slot(slot)));
        (await _store.Collector.RemoveAsync(slot, default)).Fails(StoreFailures.NoSuchEnvironment);
    }

    [Fact(Timeout = Limit)]
    public async Task Removing_what_is_in_use_is_busy_and_what_is_linked_is_refused()
    {
        var (leased, linked) = (await _store.PublishAsync(1), await _store.PublishAsync(2));
        await using var workload = await LeaseAsync(leased);
        var link = Link(linked);
        var busy = (await _store.Collector.RemoveAsync(leased, default)).Fails(StoreFailures.InUse);
        var refused = (await _store.Collector.RemoveAsync(linked, default)).Fails(StoreFailures.Linked);
        Assert.Equal((ExitCode.Busy, ExitCode.Refused), (busy.Code.Exit, refused.Code.Exit));
        Assert.Contains(link, refused.Message, StringComparison.Ordinal);
        Assert.True(_store.IsPublished(leased) && _store.IsPublished(linked));
    }

    [Fact(Timeout = Limit)]
    public async Task Damaged_environment_can_be_removed()
    {
        var slot = await _store.PublishAsync(1);
        await File.WriteAllTextAsync(_store.Layout.Meta(slot), "{ torn");
        Assert.True((await _store.Collector.RemoveAsync(slot, default)).Ok().Removed);
        Assert.False(Directory.Exists(_store.Layout.Slot(slot)));
    }

    [Fact(Timeout = Limit)]
    public async Task Cancelled_collection_stops_between_slots()
    {
        await _store.PublishAsync(1);
        _store.Time.Advance(OverAMonth);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _store.Collector.CollectAsync(new CollectionPolicy(Month, false), cancelled.Token));
        Assert.True(_store.IsPublished(StoreFixture.Slot(1)));
    }

    private static void Restore(Dictionary<string, DateTime> times)
    {
        foreach (var (path, time) in times)
        {
            File.SetLastWriteTimeUtc(path, time);
        }
    }

    private string Link(SlotName slot)
    {
        var link = $"{_store.Outside}/link-{slot}";
        File.CreateSymbolicLink(link, _store.Layout.Root(slot));
        new ProjectLinks(_store.Layout).Add(link).Ok();
        return link;
    }

    private async Task<RunningCommand> LeaseAsync(SlotName slot)
    {
        var workload = CommandRunner.Start("flock", ["-s", _store.Layout.LeaseFile(slot), "/bin/sh", "-c", "echo held; exec sleep 1000"]);
        await workload.WaitForLineAsync(static line => line == "held");
        return workload;
    }

    private async Task<SlotName> PublishProgramAsync(int number)
    {
        var slot = StoreFixture.Slot(number);
        (await _store.TryPublishAsync(slot, [new Step.Run("copy", ProcessCommand.Create("cp", "/bin/sleep", $"{_store.Layout.Root(slot)}/program"), StoreFailures.Damaged)])).Ok();
        return slot;
    }

    private static async Task AwaitAsync(Func<bool> condition)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!condition())
        {
            await timer.WaitForNextTickAsync();
        }
    }
}
