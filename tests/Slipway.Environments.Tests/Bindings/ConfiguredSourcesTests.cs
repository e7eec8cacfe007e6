using System.Collections.Immutable;
using Slipway.Core.Contracts;
using Slipway.Core.Failures;
using Slipway.Environments.Bindings;
using Slipway.Environments.Locks;
using Slipway.Environments.Requests;
using Slipway.Machines;
using Slipway.TestKit;

namespace Slipway.Environments.Tests.Bindings;

/// <summary>What the user configured is asked in the place of pip's default index, and never for a name that has an index of its own.</summary>
public sealed class ConfiguredSourcesTests
{
    private const string Own = "https://own/simple";
    private const string Corp = "https://corp/simple";
    private static readonly PackageIndex Limited = new(Corp) { Name = "corp", Packages = ["demo", "other"] };

    [Fact]
    public void Nothing_of_its_own_takes_what_is_configured_as_it_is()
    {
        var configured = Sources([Limited, new PackageIndex("https://rest/simple")], "/wheels", "https://page/links") with { ExcludeNewer = DateTimeOffset.UnixEpoch };
        Assert.Same(configured, Of([Needs("demo")], configured).Value);
        Assert.Same(PackageSources.Default, Of([Needs("demo")], PackageSources.Default).Value);
    }

    [Fact]
    public void Name_with_an_index_of_its_own_is_never_asked_of_a_configured_one()
    {
        var configured = Sources([Limited, new PackageIndex("https://rest/simple")], "/wheels") with { ExcludeNewer = DateTimeOffset.UnixEpoch };
        var sources = Of([Needs("Demo", Own), Needs("more") with { ExtraIndexUrls = ["https://extra/simple"] }], configured).Value;
        Assert.Equal(
            ["https://own/simple: demo;", "https://extra/simple: more;", "file:///wheels: ;demo", "https://corp/simple: other;", "https://rest/simple: ;demo"], sources.Indexes.Select(Line), StringComparer.Ordinal);
        Assert.Equal((DateTimeOffset.UnixEpoch, false, true), (sources.ExcludeNewer, sources.AsksDefaultIndex, sources.FindLinks.IsEmpty));

        // An index without a name left is not asked at all: without a list it would serve every name.
        Assert.Equal(["https://own/simple: demo,other;"], Of([Needs("demo", Own), Needs("other", Own)], Sources([Limited])).Value.Indexes.Select(Line), StringComparer.Ordinal);
    }

    [Fact]
    public void Configured_index_that_is_named_too_is_asked_once_for_each_name_and_keeps_its_name()
    {
        var both = Of([Needs("demo", Corp)], Sources([new PackageIndex(Corp) { Name = "corp" }])).Value;
        Assert.Equal(["https://corp/simple: demo;", "https://corp/simple: ;demo"], both.Indexes.Select(Line), StringComparer.Ordinal);
        Assert.Equal([null, "corp"], both.Indexes.Select(static index => index.Name), StringComparer.Ordinal);

        var alone = Of([Needs("demo", Corp), Needs("other", Corp)], Sources([Limited])).Value;
        Assert.Equal("corp", Assert.Single(alone.Indexes).Name);
        var patch = BindingWorld.Patch("b1", new OverrideFields { IndexUrl = Corp });
        var general = Of([Needs("demo")], Sources([Limited, new PackageIndex("https://rest/simple")]), patch: patch).Value;
        Assert.Equal(["https://corp/simple: ;"], general.Indexes.Select(Line), StringComparer.Ordinal);
        Assert.Equal("corp", general.Indexes[0].Name);
    }

    [Fact]
    public void What_cannot_be_kept_from_a_name_or_lies_elsewhere_is_refused()
    {
        var page = Of([Needs("demo", Own)], Sources([], "https://page/links")).Failure;
        Assert.Equal(EnvironmentFailures.SourceRefused, page.Code);
        Assert.Contains("https://page/links", page.Message, StringComparison.Ordinal);
        Assert.NotNull(page.Hint);
        var distant = Of([Needs("demo")], Sources([], "/wheels"), "box").Failure;
        Assert.Equal(EnvironmentFailures.SourceRefused, distant.Code);
        Assert.Contains("/wheels lies on this machine, and box installs", distant.Message, StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Python)]
    public async Task Configured_index_serves_what_has_none_and_the_lock_remembers_the_exclusion()
    {
        await using var bench = await BindingWorld.StartAsync();
        await using var corp = await LocalIndex.StartAsync();
        corp.Add(new WheelBuilder("demo", "9.0").Module("demo.py", "V = 9\n"));
        corp.Add(new WheelBuilder("mine", "1.0").Module("mine.py", "V = 5\n").Requires("demo"));
        var needs = BindingWorld.Needs(BindingWorld.Binding("b1", bench.Package("demo"), new DependencyRequirement { Name = "mine" }));
        var ready = await bench.AskAsync(bench.Environments.EnsureAsync, new BindingQuestion(needs) { Sources = Sources([new PackageIndex(corp.SimpleUrl.AbsoluteUri)]) });

        Assert.True(ready.Status.State is DependencyState.Ready, ready.Status.Message);
        Assert.Equal("2 5", await bench.World.PythonAsync(ready.Environment!, "import demo, mine; print(demo.V, mine.V)"));
        Assert.Equal((0, true), (corp.CountOf("/simple/demo"), corp.CountOf("/simple/mine") > 0));
        Assert.Equal(0, bench.Index.CountOf("/simple/mine"));
        var kept = LockDocument.SourcesOf(ready.Environment!.Plan.Lock!.Document).Indexes;
        Assert.Equal(["demo;", ";demo"], kept.Select(static index => $"{string.Join(',', index.Packages)};{string.Join(',', index.Never)}"), StringComparer.Ordinal);
    }

    [RequiresFact(Capability.Python)]
    public async Task Configured_directory_serves_what_has_no_index_of_its_own()
    {
        await using var bench = await BindingWorld.StartAsync();
        using var wheels = new FindLinksFolder(Path.Combine(bench.World.Store.Root, "wheels"));
        wheels.Add(new WheelBuilder("demo", "9.0").Module("demo.py", "V = 9\n"));
        wheels.Add(new WheelBuilder("mine", "1.0").Module("mine.py", "V = 5\n"));
        var needs = BindingWorld.Needs(BindingWorld.Binding("b1", bench.Package("demo"), new DependencyRequirement { Name = "mine" }));
        var ready = await bench.AskAsync(bench.Environments.ResolveAsync, new BindingQuestion(needs) { Sources = Sources([], wheels.FullPath) });

        Assert.True(ready.Status.State is DependencyState.Missing, ready.Status.Message);
        Assert.Contains("demo==2.0", Shown(ready), StringComparison.Ordinal);
        Assert.Contains("mine==1.0", Shown(ready), StringComparison.Ordinal);
    }

    private static string Shown(BindingAnswer answer) => string.Join(' ', answer.Status.Bindings.SelectMany(static binding => binding.Requirements).Select(static one => $"{one.Name}=={one.Version}"));

    private static DependencyRequirement Needs(string name, string? index = null) => new() { Name = name, IndexUrl = index };

    private static string Line(PackageIndex index) => $"{index.Url}: {string.Join(',', index.Packages)};{string.Join(',', index.Never)}";

    private static PackageSources Sources(ImmutableArray<PackageIndex> indexes, params ImmutableArray<string> links) => PackageSources.Create(indexes, links).Value;

    private static Result<PackageSources> Of(DependencyRequirement[] requirements, PackageSources configured, string machine = LocalMachine.LocalName, DependencyOverridePatch? patch = null)
    {
        var view = DependencyView.Of(BindingWorld.Needs(BindingWorld.Binding("b1", requirements)), patch is null ? [] : [patch]);
        return BindingSources.Of(view, view.Effective.Bindings, configured, machine);
    }
}
