using Slipway.Core.Identity;
using Slipway.Store.Slots;
using Slipway.Store.Tests.Support;
using Slipway.TestKit;

namespace Slipway.Store.Tests.Collection;

/// <summary>What lies beside the environments, and what killed processes leave.</summary>
public sealed class LeftoverSweepTests : IDisposable
{
    private const int Limit = 60_000;
    private readonly StoreFixture _store = new();

    public void Dispose() => _store.Dispose();

    [Fact(Timeout = Limit)]
    public async Task Old_leftovers_go_and_their_bytes_are_counted()
    {
        var planted = Leftovers.Plant(_store);
        var entries = await _store.CollectAsync();
        Assert.All(entries, static entry => Assert.True(entry.Removed, entry.ToString()));
        Assert.All(planted, static item => Assert.False(Path.Exists(item.Path), item.Path));
        Assert.Equal(planted.Sum(static item => item.Bytes), entries.Sum(static entry => entry.Bytes));
        Assert.Equal("2 downloads", Assert.Single(entries, static entry => entry.Name == "cache/pip").Title);
    }

    [Fact(Timeout = Limit)]
    public async Task Young_leftovers_stay_but_for_the_trash()
    {
        var planted = Leftovers.Plant(_store);
        foreach (var (path, _) in planted)
        {
            _store.Age(path, TimeSpan.FromMinutes(10));
        }

        var entries = await _store.CollectAsync(olderThanDays: 0);
        Assert.Equal("left-by-a-crash", Assert.Single(entries, static entry => entry.Removed).Name);
        Assert.All(planted, item => Assert.Equal(!item.Path.Contains("/trash/", StringComparison.Ordinal), Path.Exists(item.Path)));
    }

    [Fact(Timeout = Limit)]
    public async Task Everything_else_in_the_store_stays_however_old()
    {
        string[] kept =
        [
            $"{_store.Layout.Requests}/{Leftovers.Digest}.json",
            $"{_store.Layout.Subjects}/{Leftovers.Digest}.json",
            $"{_store.Layout.Launches}/record",
            $"{_store.Layout.Tools}/pip/24.0/pip/__init__.py",
            $"{_store.Layout.Cache}/interpreters/x.json",
            $"{_store.Layout.Roots}/link",
            $"{_store.Layout.Home}/config",
        ];
        foreach (var path in kept)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(path, "x");
            _store.Age(path, TimeSpan.FromDays(4000));
        }

        Assert.Empty(await _store.CollectAsync());
        Assert.All(kept, static path => Assert.True(File.Exists(path), path));
    }

    [Fact(Timeout = Limit)]
    public async Task Resolution_under_way_keeps_its_folder()
    {
        Leftovers.Plant(_store);
        Directory.CreateDirectory(_store.Layout.BuildLocks);
        var locked = $"{_store.Layout.BuildLocks}/request-{Leftovers.Digest}";
        var work = $"{_store.Layout.Cache}/resolving-{Leftovers.Digest[..40]}";
        await using (var resolver = CommandRunner.Start("flock", ["-x", locked, "/bin/sh", "-c", "echo held; exec sleep 1000"]))
        {
            await resolver.WaitForLineAsync(static line => line == "held");
            await _store.CollectAsync();
            Assert.True(Directory.Exists(work));
        }

        await _store.CollectAsync();
        Assert.False(Directory.Exists(work));
    }

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Tree_that_a_rebuild_moved_away_stays_until_the_hour_is_over(bool isPublishedAgain)
    {
        var (slot, trash) = await FailedRebuildAsync();
        if (isPublishedAgain)
        {
            (await _store.TryPublishAsync(slot, _store.OneFile(slot))).Ok();
        }

        await _store.CollectAsync();
        Assert.Equal(!isPublishedAgain, Directory.Exists(trash));
        _store.Time.Advance(TimeSpan.FromMinutes(61));
        await _store.CollectAsync();
        Assert.False(Directory.Exists(trash));
    }

    [Fact(Timeout = Limit)]
    public async Task Tree_that_a_rebuild_moved_away_stays_for_as_long_as_the_rebuild_takes()
    {
        var (slot, trash) = await FailedRebuildAsync();
        _store.Age(trash, TimeSpan.FromDays(40));
        await using (var builder = CommandRunner.Start("flock", ["-x", _store.Layout.BuildLock(slot), "/bin/sh", "-c", "echo held; exec sleep 1000"]))
        {
            await builder.WaitForLineAsync(static line => line == "held");
            await _store.CollectAsync();
            Assert.True(Directory.Exists(trash));
        }

        await _store.CollectAsync();
        Assert.False(Directory.Exists(trash));
    }

    [Fact(Timeout = Limit)]
    public async Task Conda_packages_stay_while_an_environment_is_made_from_them()
    {
        var planted = Leftovers.Plant(_store).Where(static item => item.Path.Contains("/pkgs/", StringComparison.Ordinal)).ToList();
        Directory.CreateDirectory(_store.Layout.BuildLocks);
        await File.WriteAllTextAsync(_store.Layout.CondaLock, string.Empty);
        await using (var builder = CommandRunner.Start("flock", ["-x", _store.Layout.CondaLock, "/bin/sh", "-c", "echo held; exec sleep 1000"]))
        {
            await builder.WaitForLineAsync(static line => line == "held");
            var entry = Assert.Single(await _store.CollectAsync(), static entry => entry.Name == "cache/micromamba");
            Assert.False(entry.Removed);
            Assert.All(planted, static item => Assert.True(Path.Exists(item.Path)));
        }

        Assert.Equal(planted.Sum(static item => item.Bytes), Assert.Single(await _store.CollectAsync(), static entry => entry.Name == "cache/micromamba").Bytes);
        Assert.All(planted, static item => Assert.False(Path.Exists(item.Path)));
    }

    // A month after its publication, so that only the move itself is young.
    private async Task<(SlotName Slot, string Trash)> FailedRebuildAsync()
    {
        var slot = await _store.PublishAsync(1);
        _store.Age(_store.Layout.Slot(slot), TimeSpan.FromDays(30));
        Assert.False((await _store.TryPublishAsync(slot, [StoreFixture.Shell("exit 1")], PublishMode.Replace)).IsOk);
        return (slot, Assert.Single(Directory.EnumerateDirectories(_store.Layout.Trash)));
    }

    [Fact(Timeout = Limit)]
    public async Task Sealed_tree_and_a_link_in_the_trash_go_and_the_links_target_stays()
    {
        var outside = Directory.CreateDirectory($"{_store.Outside}/precious").FullName;
        await File.WriteAllTextAsync($"{outside}/file", "x");
        var tree = Directory.CreateDirectory($"{_store.Layout.Trash}/tree/root").FullName;
        File.CreateSymbolicLink($"{tree}/link", outside);
        File.CreateSymbolicLink($"{_store.Layout.Trash}/link", outside);
        File.SetUnixFileMode(tree, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Assert.All(await _store.CollectAsync(), static entry => Assert.True(entry.Removed, entry.ToString()));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_store.Layout.Trash));
        Assert.True(File.Exists($"{outside}/file"));
    }
}
