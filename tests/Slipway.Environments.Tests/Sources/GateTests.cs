using Slipway.Core.Failures;
using Slipway.Environments.Locks;
using Slipway.Environments.Requests;
using Slipway.Environments.Tests.Support;
using Slipway.TestKit;

namespace Slipway.Environments.Tests.Sources;

/// <summary>Several sources: each name comes from the first that has it, and the later ones are asked nothing.</summary>
public sealed class GateTests : IAsyncLifetime, IDisposable
{
    private readonly World _world = new();
    private LocalIndex _first = null!;
    private LocalIndex _second = null!;

    public static TheoryData<string> Interpreters()
    {
        var found = new TheoryData<string>();
        foreach (var minor in (int[])[9, 11, 13])
        {
            if (Pythons.TryFind(3, minor) is { } python)
            {
                found.Add(python.FullPath);
            }
        }

        return found;
    }

    public async Task InitializeAsync()
    {
        _first = await LocalIndex.StartAsync();
        _second = await LocalIndex.StartAsync();
        _first.Add(Wheel("mine", "1.0").Requires("other"));
        _second.Add(Wheel("mine", "9.0")).Add(Wheel("other", "2.0"));
    }

    public async Task DisposeAsync()
    {
        await _first.DisposeAsync();
        await _second.DisposeAsync();
    }

    public void Dispose() => _world.Dispose();

    [RequiresTheory(Capability.Python)]
    [MemberData(nameof(Interpreters))]
    public async Task Name_comes_from_the_first_source_that_has_it_and_the_lock_holds_origin_addresses(string python)
    {
        var ready = await _world.EnsureAsync(Both("mine").On(python));

        Assert.Equal("mine 1.0, other 2.0", Names(ready));
        Assert.Equal(0, _second.CountOf("/simple/mine"));
        var (mine, other) = (ready.Plan.Lock!.Files[0], ready.Plan.Lock.Files[1]);
        Assert.Equal((_first.SimpleUrl.AbsoluteUri, _first.UrlOf(Wheel("mine", "1.0")).AbsoluteUri), (mine.Index, mine.Url));
        Assert.Equal((_second.SimpleUrl.AbsoluteUri, _second.UrlOf(Wheel("other", "2.0")).AbsoluteUri), (other.Index, other.Url));

        // No file that stays holds an address of ours: every address in it is one of the two indexes.
        Assert.All(Addresses(_world.Stored(ready).Meta.Lock), address => Assert.Contains(address, new[] { _first.BaseUrl.Port, _second.BaseUrl.Port }));
    }

    [RequiresFact(Capability.Python)]
    public async Task Find_links_come_before_indexes()
    {
        using var folder = new FindLinksFolder();
        folder.Add(Wheel("mine", "0.5"));
        folder.Add(new SdistBuilder("mine-too", "3.0").Module("mine_too.py", string.Empty));

        var ready = await _world.EnsureAsync(Ask.Of([_second.Source()], [folder.FullPath], "mine", "mine-too", "other"));

        Assert.Equal("mine 0.5, mine-too 3.0, other 2.0", Names(ready));
        Assert.Equal(0, _second.CountOf("/simple/mine/"));
        Assert.Null(ready.Plan.Lock!.Document.Packages.Single(package => package.Name.Normalized == "mine").Index);
        Assert.StartsWith("file://", ready.Plan.Lock.Files[0].Url, StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Python)]
    public async Task Page_of_find_links_is_no_index_in_the_lock()
    {
        var ready = await _world.EnsureAsync(Ask.Of([_second.Source()], [new Uri(_first.SimpleUrl, "mine/").AbsoluteUri], "mine"));

        Assert.Equal("mine 1.0, other 2.0", Names(ready));
        Assert.Equal([null, _second.SimpleUrl.AbsoluteUri], ready.Plan.Lock!.Files.Select(file => file.Index), StringComparer.Ordinal);
        Assert.Equal([null, _second.SimpleUrl.AbsoluteUri], ready.Plan.Lock.Document.Packages.Select(package => package.Index), StringComparer.Ordinal);
    }

    [RequiresFact(Capability.Python)]
    public async Task Restricted_index_is_asked_only_for_its_packages()
    {
        var ready = await _world.EnsureAsync(Ask.Of([_second.Source("second", "Other"), _first.Source()], [], "mine"));

        Assert.Equal("mine 1.0, other 2.0", Names(ready));
        Assert.Equal(0, _second.CountOf("/simple/mine"));
    }

    [RequiresFact(Capability.Python)]
    public async Task First_source_that_lacks_the_version_is_named_with_those_that_were_not_asked()
    {
        var failure = await _world.FailAsync(Ask.Of([_first.Source("company"), _second.Source()], [], "mine>=9"), EnvironmentFailures.Unsatisfiable);
        Assert.Contains(
            $"nothing satisfies mine>=9: the source has 1.0; the index company ({_first.SimpleUrl}) has mine and so answers for it alone; the index {_second.SimpleUrl} was not asked.",
            failure.Message, StringComparison.Ordinal);
        Assert.StartsWith($"Pin a version that the index company ({_first.SimpleUrl}) has, or put the index {_second.SimpleUrl} before it, with packages = [\"mine\"]", failure.Hint, StringComparison.Ordinal);

        using var folder = new FindLinksFolder();
        folder.Add(Wheel("other", "1.0"));
        failure = await _world.FailAsync(Ask.Of([_second.Source()], [folder.FullPath], "other==2"), EnvironmentFailures.Unsatisfiable);
        Assert.Contains($"find-links {folder.FullPath} has other and so answers for it alone; the index {_second.SimpleUrl} was not asked", failure.Message, StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Python)]
    public async Task Package_of_an_index_that_is_mistyped_is_said()
    {
        var request = Ask.Of([_first.Source("company", "otehr"), _second.Source()], [], "other");

        var ready = await _world.EnsureAsync(request);
        var failure = await _world.FailAsync(request with { Requirements = Ask.Packages(["other>2"]) }, EnvironmentFailures.Unsatisfiable);

        var said = $"the index company ({_first.SimpleUrl}) lists otehr in its packages, which nothing asks for, and was not asked for other";
        Assert.Equal(said, Assert.Single(ready.Plan.Warnings));
        Assert.Contains(said, failure.Message, StringComparison.Ordinal);
        Assert.StartsWith("If other is meant, correct the packages of the index company", failure.Hint, StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Python)]
    public async Task Source_that_fails_matters_only_for_a_name_that_needs_it()
    {
        _first.Add(Wheel("alone", "1.0"));
        _second.Break();
        await _world.EnsureAsync(Both("alone"));

        var failure = await _world.FailAsync(Both("mine"), EnvironmentFailures.IndexUnavailable);
        Assert.Contains($"the index {_second.SimpleUrl} answers 500 for other", failure.Message, StringComparison.Ordinal);

        // An older version that does not need the name would do, and nobody has asked for it.
        _first.Add(Wheel("mine", "0.1"));
        await _world.FailAsync(Both("mine"), EnvironmentFailures.IndexUnavailable);

        _second.Heal();
        _second.ServeErrorPage("/simple/");
        failure = await _world.FailAsync(Both("mine"), EnvironmentFailures.IndexUnavailable);
        Assert.Contains("answers for other with a web page that lists no files", failure.Message, StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Python)]
    public async Task Nobody_listens_names_the_source_and_the_package()
    {
        var failure = await _world.FailAsync(
            Ask.Of([new PackageIndex("http://127.0.0.1:1/simple/") { Name = "corp" }, _first.Source()], [], "mine"), EnvironmentFailures.IndexUnavailable);

        Assert.Contains("the index corp (http://127.0.0.1:1/simple/) does not answer for mine: Connection refused", failure.Message, StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Python)]
    public async Task Name_that_no_source_has_is_said_as_such()
    {
        var failure = await _world.FailAsync(Both("nowhere"), EnvironmentFailures.Unsatisfiable);

        Assert.Contains("nothing satisfies nowhere", failure.Message, StringComparison.Ordinal);
        Assert.Equal(1, _first.CountOf("/simple/nowhere/"));
        Assert.Equal(1, _second.CountOf("/simple/nowhere/"));
    }

    [RequiresFact(Capability.Python)]
    public async Task Files_uploaded_at_or_after_the_limit_do_not_exist()
    {
        var limit = new DateTimeOffset(2024, 6, 1, 0, 0, 0, TimeSpan.Zero);
        _first.Add(Wheel("timed", "1.0"), new LocalIndexFile { UploadTime = limit.AddDays(-1) });
        _first.Add(Wheel("timed", "2.0"), new LocalIndexFile { UploadTime = limit });
        var request = Ask.Index(_first, "timed");
        var limited = request with { Sources = request.Sources with { ExcludeNewer = limit } };

        Assert.Equal("timed 2.0", Names(await _world.EnsureAsync(request)));
        Assert.Equal("timed 1.0", Names(await _world.EnsureAsync(limited)));

        var earlier = limited with { Sources = limited.Sources with { ExcludeNewer = limit.AddDays(-2) } };
        var failure = await _world.FailAsync(earlier, EnvironmentFailures.Unsatisfiable);
        Assert.Contains($"nothing satisfies timed: exclude-newer 2024-05-30T00:00:00Z leaves out all that the index {_first.SimpleUrl} has: the oldest, 1.0, was uploaded at 2024-05-31T00:00:00", failure.Message, StringComparison.Ordinal);
        failure = await _world.FailAsync(limited with { Requirements = Ask.Packages(["timed>1"]) }, EnvironmentFailures.Unsatisfiable);
        Assert.Contains("the source has 1.0; exclude-newer 2024-06-01T00:00:00Z leaves out every version that would do: the oldest, 2.0, was uploaded at 2024-06-01T00:00:00", failure.Message, StringComparison.Ordinal);
        Assert.StartsWith("Set exclude-newer to a later time", failure.Hint, StringComparison.Ordinal);

        _first.OffersJson = false;
        failure = await _world.FailAsync(limited, EnvironmentFailures.UploadTimesMissing, new EnsureOptions(Refresh: true));
        Assert.Contains("does not say when the files of timed were uploaded", failure.Message, StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Python)]
    public async Task Html_index_with_redirects_gives_hashes_python_ranges_and_yanked_files_as_they_are()
    {
        _first.OffersJson = false;
        _first.Add(Wheel("plain", "1.0")).Add(Wheel("plain", "2.0").RequiresPython(">=3.99")).Add(Wheel("gone", "1.0"), new LocalIndexFile { Yanked = true, YankedReason = "broken" });
        _first.Redirect("/elsewhere/simple/", _first.SimpleUrl);
        _first.Redirect("/elsewhere/simple/plain/", new Uri(_first.SimpleUrl, "plain/"));
        _first.Redirect("/elsewhere/simple/gone/", new Uri(_first.SimpleUrl, "gone/"));

        var ready = await _world.EnsureAsync(Ask.Of([new PackageIndex($"{_first.BaseUrl}elsewhere/simple"), _second.Source()], [], "plain", "gone==1.0"));

        Assert.Equal("gone 1.0, plain 1.0", Names(ready));
        Assert.Equal("gone 1.0 was withdrawn (yanked) by its publisher: broken", Assert.Single(ready.Plan.Warnings));
    }

    [RequiresFact(Capability.Python)]
    public async Task Quarantined_project_is_not_offered_and_an_archived_one_is_said()
    {
        _first.Add(Wheel("bad", "1.0")).Add(Wheel("old", "1.0"));
        _second.Add(Wheel("bad", "1.0"));
        _first.SetStatus("bad", "quarantined");
        _first.SetStatus("old", "archived", "use new");

        var failure = await _world.FailAsync(Both("bad"), EnvironmentFailures.Unsatisfiable);
        Assert.Contains($"nothing satisfies bad: bad is quarantined by the index {_first.SimpleUrl}, which offers nothing of it.", failure.Message, StringComparison.Ordinal);
        Assert.Equal(0, _second.CountOf("/simple/bad/"));

        // One plain index is no less guarded.
        failure = await _world.FailAsync(Ask.Index(_first, "bad"), EnvironmentFailures.Unsatisfiable);
        Assert.Contains("is quarantined by", failure.Message, StringComparison.Ordinal);
        var ready = await _world.EnsureAsync(Ask.Index(_first, "old"));
        Assert.Equal("old is marked as archived by its publisher: use new", Assert.Single(ready.Plan.Warnings));
        Assert.Equal(ready.Plan.Warnings, _world.Stored(ready).Meta.Warnings, StringComparer.Ordinal);
    }

    [RequiresFact(Capability.Python)]
    public async Task Lying_hash_is_refused_and_names_the_file_of_its_source()
    {
        _second.StateWrongHash("other-2.0-py3-none-any.whl");

        var failure = await _world.FailAsync(Both("other"), EnvironmentFailures.HashMismatch);

        Assert.Contains("has the SHA-256", failure.Message, StringComparison.Ordinal);
        Assert.Contains(_second.UrlOf(Wheel("other", "2.0")).AbsoluteUri, failure.Detail + failure.Message + File.ReadAllText(LogOf(failure)), StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Python)]
    public async Task Lock_holds_all_files_of_a_version_and_its_digest_is_that_of_the_one_taken()
    {
        _first.Add(Wheel("many", "1.0")).Add(Wheel("many", "1.0").Tag("cp311-cp311-win_amd64")).Add(new SdistBuilder("many", "1.0")).Add(Wheel("many", "0.9"));
        using var single = new World();

        var gated = await _world.EnsureAsync(Both("many"));
        var alone = await single.EnsureAsync(Ask.Index(_first, "many"));

        var package = Assert.Single(gated.Plan.Lock!.Document.Packages);
        Assert.Equal(["many-1.0-cp311-cp311-win_amd64.whl", "many-1.0-py3-none-any.whl"], package.Wheels.Select(wheel => wheel.Name).Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal("many-1.0.tar.gz", package.Sdist!.Name);
        Assert.Equal(alone.Plan.Lock!.Digest, gated.Plan.Lock.Digest);
        Assert.Equal(alone.Slot.ToString(), gated.Slot.ToString());
        var read = ResolvedLock.Read(gated.Plan.Lock.ToText(), "test").Value;
        Assert.Equal((gated.Plan.Lock.Files[0].FileName, gated.Plan.Lock.Digest), (read.Files[0].FileName, read.Digest));
        Assert.Equal(gated.Plan.Lock.ToText(), read.ToText());
    }

    [RequiresFact(Capability.Python)]
    public async Task Environment_of_several_sources_can_be_built_again_from_its_record()
    {
        var ready = await _world.EnsureAsync(Both("mine") with { Sources = Both("mine").Sources with { ExcludeNewer = new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero) } });

        var sources = LockDocument.SourcesOf(ready.Plan.Lock!.Document);
        Assert.Equal([_first.SimpleUrl.AbsoluteUri, _second.SimpleUrl.AbsoluteUri], sources.Indexes.Select(index => index.Url), StringComparer.Ordinal);
        Assert.Equal(2030, sources.ExcludeNewer!.Value.Year);
        Assert.True((await _world.Service.RepairAsync(_world.Stored(ready), new EnsureOptions(), _world.Progress, _world.Token)).IsOk);
    }

    private EnvironmentRequest Both(params string[] requirements) => Ask.Of([_first.Source(), _second.Source()], [], requirements);

    private static WheelBuilder Wheel(string name, string version) => new WheelBuilder(name, version).Module($"{name}.py", $"V = '{version}'\n");

    private static string Names(ReadyEnvironment ready) => string.Join(", ", ready.Plan.Lock!.Files.Select(file => $"{file.Name} {file.Version}"));

    private static IEnumerable<int> Addresses(string text) =>
        text.Split('"').Where(part => part.StartsWith("http://", StringComparison.Ordinal)).Select(part => new Uri(part).Port);

    private static string LogOf(Failure failure) => failure.Hint![(failure.Hint!.IndexOf("The whole log: ", StringComparison.Ordinal) + "The whole log: ".Length)..];
}
