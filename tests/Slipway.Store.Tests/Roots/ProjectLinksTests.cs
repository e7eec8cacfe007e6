using Slipway.Machines.Files;
using Slipway.Store.Roots;
using Slipway.Store.Tests.Support;

namespace Slipway.Store.Tests.Roots;

/// <summary>Links of projects, asked of the file system each time.</summary>
public sealed class ProjectLinksTests : IDisposable
{
    private const int Limit = 60_000;
    private readonly StoreFixture _store = new();
    private readonly ProjectLinks _links;

    public ProjectLinksTests() => _links = new ProjectLinks(_store.Layout);

    public void Dispose() => _store.Dispose();

    [Fact]
    public void Store_without_roots_has_no_live_links() => Assert.Empty(_links.Live());

    [Fact(Timeout = Limit)]
    public async Task Link_is_live_while_it_resolves_to_a_slot()
    {
        var first = await _store.PublishAsync(1);
        var second = await _store.PublishAsync(2);
        var link = Link("a", _store.Layout.Root(first));
        Assert.Equal(link, Assert.Single(_links.Live()[first.ToString()]));

        File.Delete(link);
        File.CreateSymbolicLink(link, _store.Layout.Root(second));
        Assert.Equal(second.ToString(), Assert.Single(_links.Live()).Key);

        File.Delete(link);
        Assert.Empty(_links.Live());
    }

    [Fact(Timeout = Limit)]
    public async Task Several_links_to_one_slot_are_all_named()
    {
        var slot = await _store.PublishAsync(1);
        var (one, two) = (Link("a", _store.Layout.Root(slot)), Link("b", _store.Layout.Slot(slot)));
        _links.Add(one).Ok();
        Assert.Equal(new[] { one, two }.Order(StringComparer.Ordinal), _links.Live()[slot.ToString()].Order(StringComparer.Ordinal));
    }

    [Fact(Timeout = Limit)]
    public async Task Link_through_another_link_is_live()
    {
        var slot = await _store.PublishAsync(1);
        File.CreateSymbolicLink($"{_store.Outside}/middle", _store.Layout.Root(slot));
        Link("a", "middle");
        Assert.Equal(slot.ToString(), Assert.Single(_links.Live()).Key);
    }

    [Fact]
    public void Link_to_elsewhere_or_a_real_folder_or_a_torn_record_keeps_nothing()
    {
        Link("outside", "/etc");
        Link("envs", _store.Layout.Environments);
        Link("lookalike", _store.Layout.Environments + "-other/" + StoreFixture.Slot(1));
        Directory.CreateDirectory($"{_store.Outside}/real");
        _links.Add($"{_store.Outside}/real").Ok();
        File.WriteAllText($"{_store.Layout.Roots}/torn", string.Empty);
        File.WriteAllBytes($"{_store.Layout.Roots}/binary", [0xFF, 0xFE, 0]);
        File.CreateSymbolicLink($"{_store.Outside}/loop", "loop");
        _links.Add($"{_store.Outside}/loop").Ok();
        Assert.Empty(_links.Live());
    }

    private string Link(string name, string target)
    {
        var path = $"{_store.Outside}/{name}";
        File.CreateSymbolicLink(path, target);
        _links.Add(path).Ok();
        return path;
    }
}
