using System.Text;
using Slipway.Core.Failures;
using Slipway.Machines;
using Slipway.Machines.Files;
using Slipway.Machines.Programs;
using Slipway.Store.Slots;
using Slipway.Store.Tests.Support;
using Slipway.Store.Verification;
using Slipway.TestKit;

namespace Slipway.Store.Tests.Slots;

/// <summary>The protocol, on this machine, with trees of random bytes.</summary>
public sealed class PublishProgramTests : IDisposable
{
    private const int Limit = 60_000;

    private readonly StoreFixture _store = new();

    public void Dispose() => _store.Dispose();

    [Fact(Timeout = Limit)]
    public async Task Trees_of_any_bytes_are_published_whole_sealed_and_inventoried()
    {
        for (var seed = 1; seed <= 15; seed++)
        {
            var slot = StoreFixture.Slot(seed);
            var (steps, files, bytes) = ByteTree.Generate(new Gen(seed), _store.Layout.Root(slot));
            var published = await _store.TryPublishAsync(slot, steps);
            Assert.True(published is { IsOk: true, Value: ProgramOutcome.Completed }, $"seed {seed}: {published}");

            var stored = _store.Store.Read(slot).Ok();
            Assert.Equal((seed, files, bytes), (seed, stored.Files, stored.Bytes));
            Assert.True(new SlotVerifier(_store.Layout).Verify(slot, default).Ok().IsIntact, $"seed {seed}");
            await AssertSealedAsync(_store.Layout.Root(slot));
        }
    }

    [Fact(Timeout = Limit)]
    public async Task Published_slot_holds_the_record_the_inventory_and_the_tree_and_no_more()
    {
        var slot = await _store.PublishAsync(1);
        Assert.Equal(
            ["inventory", "meta.json", "root"],
            Directory.EnumerateFileSystemEntries(_store.Layout.Slot(slot)).Select(static path => Path.GetFileName(path)).Order(StringComparer.Ordinal),
            StringComparer.Ordinal);
        Assert.Equal(Convert.ToInt32("755", 8), (int)StoreFixture.StatusOf(_store.Layout.Slot(slot)).Mode);
        Assert.Equal(Convert.ToInt32("555", 8), (int)StoreFixture.StatusOf(_store.Layout.Root(slot)).Mode);
        Assert.Equal(Convert.ToInt32("700", 8), (int)StoreFixture.StatusOf(_store.Layout.Environments).Mode);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_store.Layout.Trash));
    }

    [Fact(Timeout = Limit)]
    public async Task Second_build_takes_what_the_first_published()
    {
        var slot = await _store.PublishAsync(1, "first");
        Assert.Equal(ProgramOutcome.Stopped, (await _store.TryPublishAsync(slot, _store.OneFile(slot, "second"))).Ok());
        Assert.Equal("first", await File.ReadAllTextAsync($"{_store.Layout.Root(slot)}/file"));
    }

    [Fact(Timeout = Limit)]
    public async Task Half_built_slot_is_cleared_and_built_anew()
    {
        var slot = StoreFixture.Slot(1);
        var left = Directory.CreateDirectory($"{_store.Layout.Root(slot)}/sub").FullName;
        await File.WriteAllTextAsync($"{left}/stray", "from a build that was killed");
        await File.WriteAllTextAsync($"{_store.Layout.Slot(slot)}/meta.json.new", "{}");
        LocalFiles.SealTree(_store.Layout.Root(slot)).Ok();
        await _store.PublishAsync(1);
        Assert.False(Directory.Exists(left));
        Assert.True(new SlotVerifier(_store.Layout).Verify(slot, default).Ok().IsIntact);
    }

    [Fact(Timeout = Limit)]
    public async Task Failing_build_publishes_nothing_and_the_next_one_heals()
    {
        var slot = StoreFixture.Slot(1);
        var failed = await _store.TryPublishAsync(slot, [.. _store.OneFile(slot), StoreFixture.Shell("echo no luck; exit 3")]);
        Assert.Contains("no luck", failed.Fails(StoreFailures.Damaged).Detail, StringComparison.Ordinal);
        Assert.False(_store.IsPublished(slot));
        Assert.Empty(_store.Store.List());
        Assert.True(File.Exists(_store.Layout.FailureRecord(slot)));
        _store.Store.Read(slot).Fails(StoreFailures.NoSuchEnvironment);

        await _store.PublishAsync(1);
        Assert.False(File.Exists(_store.Layout.FailureRecord(slot)));
    }

    [Fact(Timeout = Limit)]
    public async Task Replacing_builds_the_tree_anew_and_empties_the_trash()
    {
        var slot = await _store.PublishAsync(1, "old");
        File.SetUnixFileMode($"{_store.Layout.Root(slot)}", (UnixFileMode)Convert.ToInt32("755", 8));
        await File.WriteAllTextAsync($"{_store.Layout.Root(slot)}/stray", "stray");
        Assert.Equal(ProgramOutcome.Completed, (await _store.TryPublishAsync(slot, _store.OneFile(slot, "new"), PublishMode.Replace)).Ok());
        Assert.Equal("new", await File.ReadAllTextAsync($"{_store.Layout.Root(slot)}/file"));
        Assert.True(new SlotVerifier(_store.Layout).Verify(slot, default).Ok().IsIntact);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_store.Layout.Trash));
    }

    [Fact(Timeout = Limit)]
    public async Task Replacing_what_is_not_there_just_builds()
    {
        var slot = StoreFixture.Slot(1);
        Assert.Equal(ProgramOutcome.Completed, (await _store.TryPublishAsync(slot, _store.OneFile(slot), PublishMode.Replace)).Ok());
        Assert.True(_store.IsPublished(slot));
    }

    [Fact(Timeout = Limit)]
    public async Task Replacing_a_leased_tree_is_refused_as_busy_and_changes_nothing()
    {
        var slot = await _store.PublishAsync(1, "old");
        await using var workload = CommandRunner.Start("flock", ["-s", _store.Layout.LeaseFile(slot), "/bin/sh", "-c", "echo held; exec sleep 1000"]);
        await workload.WaitForLineAsync(static line => line == "held");
        var failure = (await _store.TryPublishAsync(slot, _store.OneFile(slot, "new"), PublishMode.Replace)).Fails(MachinesFailures.LeaseBusy);
        Assert.Equal(ExitCode.Busy, failure.Code.Exit);
        Assert.Equal("old", await File.ReadAllTextAsync($"{_store.Layout.Root(slot)}/file"));
        Assert.True(new SlotVerifier(_store.Layout).Verify(slot, default).Ok().IsIntact);
    }

    [Fact(Timeout = Limit)]
    public async Task Build_waits_for_another_builder_no_longer_than_it_was_told()
    {
        var slot = StoreFixture.Slot(1);
        Directory.CreateDirectory(_store.Layout.BuildLocks);
        await using var builder = CommandRunner.Start("flock", ["-x", _store.Layout.BuildLock(slot), "/bin/sh", "-c", "echo held; exec sleep 1000"]);
        await builder.WaitForLineAsync(static line => line == "held");
        var result = await _store.TryPublishAsync(slot, _store.OneFile(slot), wait: TimeSpan.FromMilliseconds(100));
        Assert.Equal(ExitCode.Busy, result.Fails(MachinesFailures.LockBusy).Code.Exit);
        Assert.False(Directory.Exists(_store.Layout.Slot(slot)));
    }

    [Fact(Timeout = Limit)]
    public async Task Scratch_space_of_a_build_is_not_published()
    {
        var slot = StoreFixture.Slot(1);
        var work = _store.Layout.Work(slot);
        (await _store.TryPublishAsync(slot, [new Step.WriteFile($"{work}/secret", Encoding.UTF8.GetBytes("x"), UnixFileMode.UserRead), .. _store.OneFile(slot)])).Ok();
        Assert.False(Directory.Exists(work));
    }

    private static async Task AssertSealedAsync(string root)
    {
        var writable = await CommandRunner.RunAsync("find", [root, "!", "-type", "l", "-perm", "/222"]);
        Assert.Equal(string.Empty, writable.OrThrow().Stdout);
    }
}
