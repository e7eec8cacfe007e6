using System.Collections.Immutable;
using Slipway.Core.Identity;
using Slipway.Machines.Files;
using Slipway.Store.Collection;
using Slipway.Store.Roots;
using Slipway.Store.Tests.Support;
using Slipway.TestKit;

namespace Slipway.Store.Tests.Collection;

/// <summary>Collection by size, and what hard links mean for what is freed.</summary>
public sealed class SizeCollectionTests : IDisposable
{
    private const int Limit = 60_000;
    private readonly StoreFixture _store = new();

    public void Dispose() => _store.Dispose();

    [Fact(Timeout = Limit)]
    public async Task Least_recently_used_go_until_the_rest_fits()
    {
        var slots = await PublishAsync(4, new string('x', 100_000));
        var report = await CollectAsync(Size() - 150_000);
        Assert.Equal($"{slots[0]} {slots[1]}", Removed(report));
        Assert.Equal(200_000, report.FreedBytes);
        Assert.True(report.RemainingBytes <= Size() + 10_000, $"{report.RemainingBytes} is not about {Size()}");
        Assert.True(_store.IsPublished(slots[2]) && _store.IsPublished(slots[3]));
    }

    [Fact(Timeout = Limit)]
    public async Task Store_that_fits_keeps_everything()
    {
        await PublishAsync(2, "small");
        var report = await CollectAsync(10_000_000);
        Assert.Empty(Removed(report));
        Assert.Equal(Size(), report.RemainingBytes);
    }

    [Fact(Timeout = Limit)]
    public async Task Size_never_takes_what_was_used_within_the_hour()
    {
        var slot = await _store.PublishAsync(1);
        var report = await CollectAsync(0);
        Assert.Equal("used within the last hour", Assert.Single(report.Entries).KeptBecause);
        Assert.True(_store.IsPublished(slot));
        Assert.True(report.RemainingBytes > 0);
    }

    [Fact(Timeout = Limit)]
    public async Task Dry_run_by_size_names_what_the_run_removes()
    {
        await PublishAsync(4, new string('x', 100_000));
        var limit = Size() - 150_000;
        var dry = await CollectAsync(limit, dryRun: true);
        var wet = await CollectAsync(limit);
        Assert.Equal(dry.Entries.AsEnumerable(), wet.Entries.AsEnumerable());
        Assert.Equal((dry.FreedBytes, dry.RemainingBytes), (wet.FreedBytes, wet.RemainingBytes));
    }

    [Fact(Timeout = Limit)]
    public async Task Linked_environment_goes_only_when_asked()
    {
        var slot = (await PublishAsync(1, "content"))[0];
        var link = $"{_store.Outside}/link";
        File.CreateSymbolicLink(link, _store.Layout.Root(slot));
        new ProjectLinks(_store.Layout).Add(link).Ok();
        Assert.StartsWith("linked from", Assert.Single((await CollectAsync(0)).Entries).KeptBecause, StringComparison.Ordinal);
        Assert.Equal(slot.ToString(), Removed(await CollectAsync(0, includeLinked: true)));
        Assert.True(LocalFiles.Exists(link), "a project's own link is not the store's to remove");
    }

    [Theory(Timeout = Limit)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task File_with_names_in_three_environments_is_freed_once_by_the_last(bool dryRun)
    {
        var slots = await PublishAsync(3, new string('x', 1000));
        for (var i = 1; i < slots.Length; i++)
        {
            LinkFile(slots[0], slots[i]);
        }

        var report = await CollectAsync(0, dryRun);
        Assert.Equal([0L, 0L, 1000L], report.Entries.Select(static entry => entry.Bytes));
        Assert.Equal(1000, report.FreedBytes);
        Assert.Equal(1000, report.Entries[0].SharedBytes);
    }

    [Fact(Timeout = Limit)]
    public async Task File_with_a_name_outside_is_not_freed_and_said_to_be_shared()
    {
        var slot = (await PublishAsync(1, "content"))[0];
        LocalFiles.LinkOrCopy($"{_store.Layout.Root(slot)}/file", $"{_store.Outside}/second").Ok();
        var entry = Assert.Single((await CollectAsync(0)).Entries);
        Assert.Equal((true, 0L, 7L), (entry.Removed, entry.Bytes, entry.SharedBytes));
        Assert.Equal("content", await File.ReadAllTextAsync($"{_store.Outside}/second"));
    }

    [Theory(Timeout = Limit)]
    [InlineData("ln -s \"$OUTSIDE\" root/link; ln -s \"$OUTSIDE/precious\" root/file2")]
    [InlineData("rm -rf root; ln -s \"$OUTSIDE\" root")]
    [InlineData("cd ..; mv \"$SLOT\" \"$OUTSIDE/moved\"; ln -s \"$OUTSIDE/moved\" \"$SLOT\"")]
    [InlineData("mkdir -p ../../trash; ln -s \"$OUTSIDE\" ../../trash/link; ln -s \"$OUTSIDE\" ../../logs")]
    [InlineData("mkdir -p ../../wheels ../../cache/pip; ln -s \"$OUTSIDE\" ../../wheels/link; ln -s \"$OUTSIDE\" ../../cache/pip/link; ln -s \"$OUTSIDE\" ../../cache/resolving-link")]
    public async Task Links_planted_in_a_store_do_not_lead_a_collection_out_of_it(string planting)
    {
        var slot = (await PublishAsync(1, "content"))[0];
        var outside = Directory.CreateDirectory($"{_store.Outside}/outside").FullName;
        await File.WriteAllTextAsync($"{outside}/precious", "keep");
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["OUTSIDE"] = outside, ["SLOT"] = slot.ToString() };
        var planted = await CommandRunner.RunAsync("/bin/sh", ["-ec", $"chmod u+w root; {planting}"], new CommandOptions { WorkingFolder = _store.Layout.Slot(slot), Environment = environment });
        Assert.True(planted.ExitCode == 0, planted.Stderr);
        _store.Time.Advance(TimeSpan.FromDays(60));
        var mode = File.GetUnixFileMode(outside);
        Assert.Contains(await _store.CollectAsync(), entry => entry.Removed && string.Equals(entry.Name, slot.ToString(), StringComparison.Ordinal));
        Assert.Equal("keep", await File.ReadAllTextAsync($"{outside}/precious"));
        Assert.Equal(mode, File.GetUnixFileMode(outside));
        Assert.False(LocalFiles.Exists(_store.Layout.Slot(slot)));
    }

    [Fact(Timeout = Limit)]
    public async Task Wheels_go_only_when_environments_were_not_enough()
    {
        await PublishAsync(1, new string('x', 100_000));
        var wheels = $"{_store.Layout.Wheels}/{new string('a', 64)}";
        Directory.CreateDirectory(wheels);
        await File.WriteAllTextAsync($"{wheels}/a.whl", new string('w', 50_000));
        _store.Age(wheels, TimeSpan.FromHours(3));
        var report = await CollectAsync(Size() - 60_000, dryRun: true);
        Assert.Equal("bytes", Titles(report));
        report = await CollectAsync(0);
        Assert.Equal("bytes wheels", Titles(report));
    }

    [Fact(Timeout = Limit)]
    public async Task Packed_sources_make_room_before_environments_and_only_as_many_as_needed()
    {
        await PublishAsync(1, new string('x', 100_000));
        var (older, newer) = (Packed('a', TimeSpan.FromHours(4)), Packed('b', TimeSpan.FromHours(3)));
        var report = await CollectAsync(Size() - 40_000);
        Assert.Equal("copy of local sources", Titles(report));
        Assert.Equal((false, true), (Directory.Exists(older), Directory.Exists(newer)));
        _store.Age(newer, TimeSpan.FromMinutes(50));
        Assert.Equal("bytes", Titles(await CollectAsync(0)));
    }

    private string Packed(char digit, TimeSpan age)
    {
        var folder = Directory.CreateDirectory($"{_store.Layout.Cache}/sources/{new string(digit, 64)}").FullName;
        File.WriteAllText($"{folder}/demo.tar", new string('p', 50_000));
        _store.Age(folder, age);
        return folder;
    }

    [Theory(Timeout = Limit)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Launch_records_and_histories_go_with_their_environment(bool dryRun)
    {
        var slots = await PublishAsync(2, "content");
        var (gone, kept) = (slots[0], slots[1]);
        var records = new[] { Record(_store.Layout.Launches, gone), Record(_store.Layout.Launches, kept), Record(_store.Layout.Subjects, gone), Record(_store.Layout.Subjects, kept) };
        _store.Age(_store.Layout.LeaseFile(gone), TimeSpan.FromDays(31));
        var entries = await _store.CollectAsync(dryRun: dryRun);
        Assert.Equal(
            "1 launch records of environments that are gone; 1 histories of environments that are gone",
            string.Join("; ", entries.Where(static entry => entry.Title.Contains("gone", StringComparison.Ordinal)).Select(static entry => entry.Title)));
        Assert.Equal([dryRun, true, dryRun, true], records.Select(File.Exists));
    }

    private string Record(string folder, SlotName slot)
    {
        var path = $"{folder}/{slot}.json";
        LocalFiles.Write(path, System.Text.Encoding.UTF8.GetBytes($"meta\t{_store.Layout.Meta(slot)}\n"), UnixFileMode.UserRead | UnixFileMode.UserWrite).Ok();
        _store.Age(path, TimeSpan.FromDays(31));
        return path;
    }

    private async Task<ImmutableArray<SlotName>> PublishAsync(int count, string content)
    {
        var slots = ImmutableArray.CreateBuilder<SlotName>();
        for (var number = 0; number < count; number++)
        {
            slots.Add(await _store.PublishAsync(number, content));
            _store.Age(_store.Layout.LeaseFile(slots[number]), TimeSpan.FromHours(10 - number));
        }

        return slots.ToImmutable();
    }

    private void LinkFile(SlotName from, SlotName to)
    {
        var root = _store.Layout.Root(to);
        LocalFiles.SetMode(root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).Ok();
        LocalFiles.LinkOrCopy($"{_store.Layout.Root(from)}/file", $"{root}/file").Ok();
    }

    private long Size() => TreeUsage.Measure(_store.Layout.Home, default).Bytes;

    private static string Removed(CollectionReport report) => string.Join(' ', report.Entries.Where(static entry => entry.Removed).Select(static entry => entry.Name));

    private static string Titles(CollectionReport report) => string.Join(' ', report.Entries.Where(static entry => entry.Removed).Select(static entry => entry.Title));

    private async Task<CollectionReport> CollectAsync(long maxBytes, bool dryRun = false, bool includeLinked = false) =>
        (await _store.Collector.CollectAsync(
            new CollectionPolicy(TimeSpan.MaxValue, dryRun) { MaxBytes = maxBytes, IncludeLinked = includeLinked }, CancellationToken.None)).Ok();
}
