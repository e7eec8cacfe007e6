using Slipway.Core.Identity;
using Slipway.Environments.Locks;
using Slipway.Environments.Requests;
using Slipway.Environments.Tests.Support;
using Slipway.Store;
using Slipway.TestKit;

namespace Slipway.Environments.Tests.Uv;

/// <summary>uv as a provisioner: the same locks as pip's, the same layout, and nothing that escapes the index gate.</summary>
public sealed class UvTests : IAsyncLifetime, IDisposable
{
    private readonly World _world;
    private readonly TempStore _store = new();
    private LocalIndex _index = null!;

    public UvTests()
    {
        StandIn.Uv(Path.Combine(_store.Home, ".local", "bin"));
        _world = new World(new Dictionary<string, string>(StringComparer.Ordinal) { ["UV_EXTRA_INDEX_URL"] = "http://127.0.0.1:9/simple/", ["HOME"] = _store.Home }, store: _store);
    }

    public async Task InitializeAsync() => _index = await LocalIndex.StartAsync();

    public async Task DisposeAsync() => await _index.DisposeAsync();

    public void Dispose()
    {
        _world.Dispose();
        _store.Dispose();
    }

    [RequiresFact(Capability.Python)]
    public async Task Resolves_to_the_lock_of_pip_and_builds_the_layout_of_the_store()
    {
        // More than one file of a version, a source distribution alone, something withdrawn, something for another Python.
        _index.Add(new WheelBuilder("app", "1.0").Requires("part[fast]>=1", "made").Module("app.py", "import part, made\nprint(part.V, made.V)").ConsoleScript("app", "app:main"))
            .Add(new WheelBuilder("part", "1.1").Extra("fast", "quick").Module("part.py", "V = 'wheel'"))
            .Add(new SdistBuilder("part", "1.1").Module("part.py", "V = 'sdist'"))
            .Add(new WheelBuilder("part", "2.0").RequiresPython(">=3.99"))
            .Add(new WheelBuilder("quick", "0.1"))
            .Add(new SdistBuilder("made", "3.0").Module("made.py", "V = 'made'"))
            .Add(new WheelBuilder("pulled", "1.0"), new LocalIndexFile { Yanked = true, YankedReason = "broken" });
        var request = Ask.Index(_index, "app", "pulled==1.0");

        var byPip = await _world.EnsureAsync(request);
        var byUv = await _world.EnsureAsync(request with { Provisioner = "uv" });

        Assert.Equal(byPip.Plan.Lock!.Digest, byUv.Plan.Lock!.Digest);
        Assert.Equal(byPip.Plan.Lock.ToText(), byUv.Plan.Lock.ToText());
        Assert.Equal(byPip.Plan.Warnings, byUv.Plan.Warnings, StringComparer.Ordinal);
        Assert.Contains("pulled 1.0 was withdrawn (yanked) by its publisher: broken", byUv.Plan.Warnings, StringComparer.Ordinal);
        Assert.NotEqual(byPip.Slot, byUv.Slot);
        Assert.Matches(@"^uv/\d+\.\d+\.\d+/1$", byUv.Plan.Key!.Provisioner);
        Assert.Equal("wheel made", await _world.PythonAsync(byUv, "import app"));
        Assert.Contains("immutable", await File.ReadAllTextAsync($"{byUv.Root}/bin/pip"), StringComparison.Ordinal);
        Assert.False(File.Exists($"{byUv.Root}/.lock"));
        Assert.StartsWith($"#!{byUv.Root}/bin/python", await File.ReadAllTextAsync($"{byUv.Root}/bin/app"), StringComparison.Ordinal);
        Assert.NotEmpty(Directory.GetFiles($"{byUv.Root}/lib", "app.*.pyc", SearchOption.AllDirectories));
        Assert.DoesNotContain(Directory.GetDirectories(_world.Layout.Cache), folder => Path.GetFileName(folder).StartsWith("resol", StringComparison.Ordinal));

        Assert.True((await _world.Service.RepairAsync(_world.Stored(byUv), new EnsureOptions(), _world.Progress, _world.Token)).IsOk);
        Assert.Equal(byUv.Slot, (await _world.EnsureAsync(request with { Provisioner = "uv" })).Slot);
    }

    [RequiresFact(Capability.Python)]
    public async Task Sources_are_those_of_every_backend()
    {
        await using var second = await LocalIndex.StartAsync();
        var old = new WheelBuilder("mine", "1.0").Requires("other");
        _index.Add(old, new LocalIndexFile { UploadTime = DateTimeOffset.Parse("2020-01-01Z") })
            .Add(new WheelBuilder("mine", "2.0"), new LocalIndexFile { UploadTime = DateTimeOffset.Parse("2022-01-01Z") });
        second.Add(new WheelBuilder("mine", "9.0"), new LocalIndexFile { UploadTime = DateTimeOffset.Parse("2020-01-01Z") })
            .Add(new WheelBuilder("other", "2.0"), new LocalIndexFile { UploadTime = DateTimeOffset.Parse("2020-01-01Z") });
        second.SetStatus("other", "archived", "moved on");
        second.RequireBasicAuth("someone", "secret");
        await File.WriteAllTextAsync(Path.Combine(_store.Home, ".netrc"), "machine 127.0.0.1 login someone password secret\n");
        File.SetUnixFileMode(Path.Combine(_store.Home, ".netrc"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var request = Ask.Of([_index.Source(), second.Source()], [], "mine") with { Provisioner = "uv" };
        request = request with { Sources = request.Sources with { ExcludeNewer = DateTimeOffset.Parse("2021-01-01Z") } };

        var ready = await _world.EnsureAsync(request);

        Assert.Equal("mine 1.0, other 2.0", string.Join(", ", ready.Plan.Lock!.Files.Select(file => $"{file.Name} {file.Version}")));
        Assert.Equal([_index.SimpleUrl.AbsoluteUri, second.SimpleUrl.AbsoluteUri], ready.Plan.Lock.Files.Select(file => file.Index!), StringComparer.Ordinal);
        Assert.Equal(_index.UrlOf(old).AbsoluteUri, ready.Plan.Lock.Files[0].Url);
        Assert.Equal(0, second.CountOf("/simple/mine"));
        Assert.Equal("other is marked as archived by its publisher: moved on", Assert.Single(ready.Plan.Warnings));

        var failure = await _world.FailAsync(request with { Requirements = Ask.Packages(["mine==2.0"]) }, EnvironmentFailures.Unsatisfiable);
        Assert.Contains("exclude-newer 2021-01-01T00:00:00Z leaves out", failure.Message, StringComparison.Ordinal);
        Assert.Contains(second.SimpleUrl.AbsoluteUri, failure.Message, StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Python)]
    public async Task Failures_have_the_codes_that_they_have_with_pip()
    {
        _index.Add(new WheelBuilder("left", "1.0").Requires("shared<2")).Add(new WheelBuilder("right", "1.0").Requires("shared>=2"))
            .Add(new WheelBuilder("shared", "1.0")).Add(new WheelBuilder("shared", "2.0")).Add(new SdistBuilder("broken", "1.0").MetadataFails("the build says no"));
        EnvironmentRequest Uv(params string[] packages) => Ask.Index(_index, packages) with { Provisioner = "uv" };

        var absent = await _world.FailAsync(Uv("nowhere"), EnvironmentFailures.Unsatisfiable);
        var conflict = await _world.FailAsync(Uv("left", "right"), EnvironmentFailures.Conflict);
        var broken = await _world.FailAsync(Uv("broken"), EnvironmentFailures.BuildFailed);
        _index.Break("/simple/shared");
        var down = await _world.FailAsync(Uv("left"), EnvironmentFailures.IndexUnavailable);

        Assert.Contains("nowhere was not found", absent.Message, StringComparison.Ordinal);
        Assert.Contains("shared", conflict.Message, StringComparison.Ordinal);
        Assert.Contains("the build says no", broken.Message + broken.Detail, StringComparison.Ordinal);
        Assert.Contains($"the index {_index.SimpleUrl} answers 500 for shared", down.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("slipway-note", $"{absent.Detail}{conflict.Detail}{broken.Detail}{down.Detail}", StringComparison.Ordinal);
        _world.AssertNothingHalfMade();
    }

    [RequiresFact(Capability.Python)]
    public async Task Files_directories_and_repositories_are_what_they_are_with_pip()
    {
        using var folder = new TempFolder();
        using var links = new FindLinksFolder();
        var tree = ProjectTree.Write(folder.CreateFolder("tree"), new SdistBuilder("planted", "1.5").Module("planted.py", "V = 1"));
        var repository = ProjectTree.Write(folder.CreateFolder("git"), new SdistBuilder("in-git", "2.5").Module("in_git.py", "V = 2"));
        await ProjectTree.GitAsync(repository, "init", "-q");
        await ProjectTree.GitAsync(repository, "add", ".");
        await ProjectTree.GitAsync(repository, "commit", "-qm", "one");
        var file = links.Add(new WheelBuilder("filed", "3.0"));
        links.Add(new WheelBuilder("linked", "4.0"));
        var request = Ask.Folder(links.FullPath, "linked", $"planted @ file://{tree}", $"in-git @ git+file://{repository}", $"filed @ file://{file}");

        var byPip = await _world.EnsureAsync(request, new EnsureOptions(Offline: false));
        var byUv = await _world.EnsureAsync(request with { Provisioner = "uv" });

        Assert.Equal(byPip.Plan.Lock!.Digest, byUv.Plan.Lock!.Digest);
        Assert.Equal(["filed", "in-git", "linked", "planted"], byUv.Plan.Lock.Files.Select(package => package.Name.Normalized), StringComparer.Ordinal);
        Assert.Equal(tree, byUv.Plan.Lock.Files[^1].Tree);
        Assert.Equal("1 2", await _world.PythonAsync(byUv, "import planted, in_git; print(planted.V, in_git.V)"));
    }

    [RequiresFact(Capability.Python)]
    public async Task What_is_settled_is_followed_and_what_uv_cannot_do_is_refused()
    {
        var (wheel, other) = (new WheelBuilder("exact", "1.0"), new WheelBuilder("exact", "2.0"));
        _index.Add(wheel).Add(other);
        var hash = Sha256Digest.Of(wheel.Build()).Hex;
        var hashed = Ask.Index(_index) with { Requirements = [Ask.Packages(["exact==1.0"])[0] with { Hashes = [$"sha256:{hash}"] }], Provisioner = "uv" };

        var ready = await _world.EnsureAsync(hashed);
        var wrong = await _world.FailAsync(hashed with { Requirements = [hashed.Requirements[0] with { Hashes = [$"sha256:{new string('0', 64)}"] }] }, EnvironmentFailures.HashMismatch);
        var site = await _world.FailAsync(Ask.Index(_index, "exact") with { Provisioner = "uv", SysPathMode = SysPathMode.SystemSitePackages }, EnvironmentFailures.UnsupportedRequest);

        Assert.Equal(hash, Assert.Single(ready.Plan.Lock!.Files).Hash.Hex);
        Assert.Contains("exact", wrong.Message, StringComparison.Ordinal);
        Assert.Equal("Use --backend pip with --system-site-packages.", site.Hint);
    }

    [RequiresFact(Capability.Python)]
    public async Task Missing_or_old_uv_is_named_with_its_remedy_and_the_one_that_resolved_is_found_again()
    {
        _index.Add(new WheelBuilder("some", "1.0"));
        var request = Ask.Index(_index, "some") with { Provisioner = "uv" };
        using var world = new World();
        var bin = Path.Combine(world.Store.Home, ".local", "bin");

        var absent = await world.FailAsync(request, EnvironmentFailures.ToolMissing);
        var path = StandIn.Uv(bin, "0.6.9");
        var old = await world.FailAsync(request, EnvironmentFailures.ToolMissing);
        StandIn.Uv(Path.Combine(world.Layout.Tools, "uv", "0.9.30"), "0.9.30");
        StandIn.Uv(bin, "0.12.1");
        var first = await world.EnsureAsync(request);
        StandIn.Uv(Path.Combine(world.Layout.Tools, "uv", "0.11.2"), "0.11.2");
        TempFolder.DeleteTree(world.Layout.Environments);
        var again = await world.EnsureAsync(request);

        Assert.Equal("There is no uv here.", absent.Message);
        Assert.Contains("slipway host bootstrap uv", absent.Remedy, StringComparison.Ordinal);
        Assert.Equal($"{path} is uv 0.6.9, and 0.7 or newer is needed.", old.Message);
        Assert.Equal(["uv/0.9.30/1", "uv/0.9.30/1"], [first.Plan.Key!.Provisioner, again.Plan.Key!.Provisioner], StringComparer.Ordinal);
        Assert.Equal(first.Slot, again.Slot);
    }
}
