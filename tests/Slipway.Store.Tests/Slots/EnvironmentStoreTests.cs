using System.Text;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Machines.Files;
using Slipway.Store.Slots;
using Slipway.Store.Tests.Support;

namespace Slipway.Store.Tests.Slots;

/// <summary>Reading the store.</summary>
public sealed class EnvironmentStoreTests : IDisposable
{
    private const int Limit = 60_000;
    private readonly StoreFixture _store = new();

    public void Dispose() => _store.Dispose();

    [Fact]
    public void Empty_store_lists_nothing()
    {
        Assert.Empty(_store.Store.List());
        _store.Store.Find("0123").Fails(StoreFailures.NoSuchEnvironment);
    }

    [Fact(Timeout = Limit)]
    public async Task List_has_the_last_used_first_with_sizes_from_the_inventory()
    {
        var old = await _store.PublishAsync(1, "12345");
        var young = await _store.PublishAsync(2, "1234567");
        _store.Age(_store.Layout.LeaseFile(old), TimeSpan.FromDays(2));
        _store.Age(_store.Layout.LeaseFile(young), TimeSpan.FromDays(1));
        var listed = _store.Store.List();
        Assert.Equal([young, old], listed.Select(environment => environment.Slot));
        Assert.Equal([(1L, 7L), (1L, 5L)], listed.Select(environment => (environment.Files, environment.Bytes)));
        Assert.Equal(_store.Time.GetUtcNow() - TimeSpan.FromDays(1), listed[0].LastUse);

        // The size is what the first line says; nobody walks the tree for a list.
        await File.WriteAllTextAsync(_store.Layout.Inventory(young), "slipway-inventory/1 files=3 bytes=99\n");
        Assert.Equal((3L, 99L), (_store.Store.Read(young).Ok().Files, _store.Store.Read(young).Ok().Bytes));
    }

    [Fact(Timeout = Limit)]
    public async Task Environment_that_was_never_leased_counts_from_its_creation()
    {
        var slot = await _store.PublishAsync(1);
        File.Delete(_store.Layout.LeaseFile(slot));
        Assert.Equal(StoreFixture.Meta(slot).CreatedAt, _store.Store.Read(slot).Ok().LastUse);
    }

    [Fact(Timeout = Limit)]
    public async Task Record_that_cannot_be_read_is_reported_and_hides_no_other()
    {
        var broken = await _store.PublishAsync(1);
        var other = await _store.PublishAsync(2);
        var copied = await _store.PublishAsync(3);
        await File.WriteAllTextAsync(_store.Layout.Meta(broken), "{ torn");
        File.Copy(_store.Layout.Meta(other), _store.Layout.Meta(copied), overwrite: true);
        var reported = new List<(SlotName, Failure)>();
        var listed = _store.Store.List((slot, failure) => reported.Add((slot, failure)));
        Assert.Equal([other], listed.Select(environment => environment.Slot));
        Assert.Equal(
            new[] { broken, copied }.OrderBy(slot => slot.ToString(), StringComparer.Ordinal),
            reported.Select(item => item.Item1).OrderBy(slot => slot.ToString(), StringComparer.Ordinal));
        Assert.All(reported, item => Assert.Equal(StoreFailures.UnreadableRecord.Id, item.Item2.Code.Id));
        Assert.Contains(reported, item => item.Item2.Message.Contains($"record of {other}", StringComparison.Ordinal));
    }

    [Fact(Timeout = Limit)]
    public async Task Environment_is_found_by_its_name_and_by_its_first_digits()
    {
        var slot = await _store.PublishAsync(1);
        await _store.PublishAsync(2);
        var name = slot.ToString();
        Assert.Equal(slot, _store.Store.Find(name).Ok());
        Assert.Equal(slot, _store.Store.Find(name[..6]).Ok());
        Assert.Contains("at least 4", _store.Store.Find(name[..3]).Fails(StoreFailures.NoSuchEnvironment).Message, StringComparison.Ordinal);
        _store.Store.Find(string.Empty).Fails(StoreFailures.NoSuchEnvironment);
        Assert.Equal(ExitCode.NotFound, _store.Store.Find(name + "0").Fails(StoreFailures.NoSuchEnvironment).Code.Exit);
        _store.Store.Find("../../etc").Fails(StoreFailures.NoSuchEnvironment);
    }

    [Fact(Timeout = Limit)]
    public async Task Digits_that_fit_several_are_ambiguous_unless_only_one_is_published()
    {
        var first = SlotName.Parse("0123456789abcdef0123456789abcdef01234567-00000001").Ok();
        var second = SlotName.Parse("0123456789abcdef0123456789abcdef01234567-00000002").Ok();
        (await _store.TryPublishAsync(first, _store.OneFile(first))).Ok();
        Directory.CreateDirectory(_store.Layout.Root(second));
        Assert.Equal(first, _store.Store.Find("01234").Ok());
        (await _store.TryPublishAsync(second, _store.OneFile(second))).Ok();
        var failure = _store.Store.Find("01234").Fails(StoreFailures.AmbiguousName);
        Assert.Equal(ExitCode.Usage, failure.Code.Exit);
        Assert.Contains(first.ToString(), failure.Message, StringComparison.Ordinal);
        Assert.Contains(second.ToString(), failure.Message, StringComparison.Ordinal);
        Assert.Equal(second, _store.Store.Find(second.ToString()).Ok());
    }

    [Fact(Timeout = Limit)]
    public async Task Strangers_among_the_environments_are_no_slots()
    {
        var slot = await _store.PublishAsync(1);
        Directory.CreateDirectory($"{_store.Layout.Environments}/not-a-slot");
        await File.WriteAllTextAsync($"{_store.Layout.Environments}/file", "x");
        Assert.Equal([slot], _store.Store.Slots());
    }

    [Fact(Timeout = Limit)]
    public async Task Record_larger_than_allowed_is_unreadable_and_not_read()
    {
        var slot = await _store.PublishAsync(1);
        await using (var meta = new FileStream(_store.Layout.Meta(slot), FileMode.Open))
        {
            meta.SetLength(65L * 1024 * 1024);
        }

        _store.Store.Read(slot).Fails(StoreFailures.UnreadableRecord);
    }
}
