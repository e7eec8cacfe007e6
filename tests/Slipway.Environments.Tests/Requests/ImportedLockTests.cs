using Slipway.Core.Locks;
using Slipway.Core.Requirements;
using Slipway.Environments.Requests;
using Slipway.Environments.Tests.Support;
using Slipway.TestKit;

namespace Slipway.Environments.Tests.Requests;

/// <summary>A pylock.toml as the source of a request: followed on its platform, bounds elsewhere, never silently.</summary>
public sealed class ImportedLockTests : IAsyncLifetime, IDisposable
{
    private readonly World _world = new();
    private LocalIndex _index = null!;

    public async Task InitializeAsync()
    {
        _index = await LocalIndex.StartAsync();
        foreach (var version in (string[])["1.0", "2.0"])
        {
            _index.Add(new WheelBuilder("lib", version).Module("lib.py", $"V = '{version}'\n"));
            _index.Add(new WheelBuilder("app", version).Module("app.py", "import lib\n").Requires("lib"));
        }
    }

    public async Task DisposeAsync() => await _index.DisposeAsync();

    public void Dispose() => _world.Dispose();

    [RequiresTheory(Capability.Python)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Lock_for_this_platform_settles_every_package(bool strict)
    {
        var document = await MadeAsync("app==1.0", "lib==1.0");
        var ready = await _world.EnsureAsync(Ask.Index(_index, "app") with { Lock = Import(document, strict) });

        Assert.Equal(["app 1.0", "lib 1.0"], Versions(ready), StringComparer.Ordinal);
        Assert.Empty(ready.Plan.Warnings);
        Assert.Equal("1.0", await _world.PythonAsync(ready, "import app; print(app.lib.V)"));
        Assert.Equal(2, (await _world.EnsureAsync(Ask.Index(_index, "app", "lib"))).Plan.Lock!.Files[0].Version.Release[0]);
    }

    [RequiresFact(Capability.Python)]
    public async Task Lock_alone_is_a_request_and_lists_only_what_its_markers_and_groups_say()
    {
        var made = await MadeAsync("app==1.0", "lib==1.0");
        var marked = made with
        {
            Packages = [.. made.Packages.Select(package => package.Name.Normalized is "app" ? package with { Marker = Marker.Parse("'dev' in dependency_groups").Value } : package)],
            DependencyGroups = ["dev"],
        };
        var plain = await _world.EnsureAsync(new EnvironmentRequest { Lock = Import(marked, strict: true) });
        var grouped = await _world.EnsureAsync(new EnvironmentRequest { Lock = Import(marked, strict: true) with { Groups = ["dev"] } });

        Assert.Equal(["lib 1.0"], Versions(plain), StringComparer.Ordinal);
        Assert.Equal(["app 1.0", "lib 1.0"], Versions(grouped), StringComparer.Ordinal);
    }

    [RequiresFact(Capability.Python)]
    public async Task Lock_for_another_platform_bounds_versions_aloud_or_is_refused()
    {
        var foreign = await MadeAsync("app==1.0", "lib==1.0") with { Environments = [Marker.Parse("sys_platform == 'win32'").Value] };

        var ready = await _world.EnsureAsync(Ask.Index(_index, "app") with { Lock = Import(foreign, strict: false) });
        var processes = _world.Machine.Processes.Count;
        var again = await _world.EnsureAsync(Ask.Index(_index, "app") with { Lock = Import(foreign, strict: false) });
        Assert.Equal((ready.Slot, Core.Decisions.DecisionReason.Published), (again.Slot, again.Plan.Decision.Reason));
        Assert.Equal(processes, _world.Machine.Processes.Count);
        Assert.Equal(Assert.Single(ready.Plan.Warnings), Assert.Single(again.Plan.Warnings));
        var failure = await _world.FailAsync(Ask.Index(_index, "app") with { Lock = Import(foreign, strict: true) }, EnvironmentFailures.ForeignLock);

        Assert.Equal(["app 1.0", "lib 1.0"], Versions(ready), StringComparer.Ordinal);
        Assert.Contains("""/project/pylock.toml was made for sys_platform == "win32",""", Assert.Single(ready.Plan.Warnings), StringComparison.Ordinal);
        Assert.EndsWith("Its versions are used as constraints.", ready.Plan.Warnings[0], StringComparison.Ordinal);
        Assert.Contains("win32", failure.Message, StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Python)]
    public async Task Lock_that_does_not_cover_the_request_bounds_the_rest_or_is_refused()
    {
        var document = await MadeAsync("lib==1.0");

        var missing = await _world.FailAsync(Ask.Index(_index, "app", "lib") with { Lock = Import(document, strict: true) }, EnvironmentFailures.StaleLock);
        var contradicted = await _world.FailAsync(Ask.Index(_index, "lib>1") with { Lock = Import(document, strict: true) }, EnvironmentFailures.StaleLock);
        var added = await _world.EnsureAsync(Ask.Index(_index, "app", "lib") with { Lock = Import(document, strict: false) });
        var moved = await _world.EnsureAsync(Ask.Index(_index, "lib>1") with { Lock = Import(document, strict: false) });

        Assert.Equal("/project/pylock.toml has no app, which is asked for.", missing.Message);
        Assert.Equal("/project/pylock.toml has lib 1.0, and lib>1 is asked for.", contradicted.Message);
        Assert.Equal(["app 2.0", "lib 1.0"], Versions(added), StringComparer.Ordinal);
        Assert.Equal(["lib 2.0"], Versions(moved), StringComparer.Ordinal);
        _ = Assert.Single(added.Plan.Warnings);
    }

    [RequiresFact(Capability.Python)]
    public async Task File_that_is_not_what_the_lock_says_is_refused()
    {
        var document = await MadeAsync("lib==1.0");
        var lying = document with
        {
            Packages =
            [
                .. document.Packages.Select(package => package with
                {
                    Wheels = [.. package.Wheels.Select(wheel => wheel with { Hashes = wheel.Hashes.SetItem("sha256", new string('0', 64)) })],
                }),
            ],
        };
        await _world.FailAsync(new EnvironmentRequest { Lock = Import(lying, strict: true) }, EnvironmentFailures.HashMismatch);
    }

    [RequiresFact(Capability.Python)]
    public async Task Hashes_that_the_declaration_demands_are_not_overruled_by_a_lock()
    {
        var document = await MadeAsync("lib==1.0");
        var own = document.Packages[0].Wheels[0].Hashes["sha256"];
        EnvironmentRequest With(string hash) => Ask.Index(_index) with
        {
            Requirements = [new RequestedPackage(Requirement.Parse("lib==1.0").Value, [$"sha256:{hash}"])],
            Lock = Import(document, strict: true),
        };

        var failure = await _world.FailAsync(With(new string('0', 64)), EnvironmentFailures.StaleLock);

        Assert.Contains("no file of lib 1.0 with a hash that is asked for", failure.Message, StringComparison.Ordinal);
        Assert.Equal(["lib 1.0"], Versions(await _world.EnsureAsync(With(own))), StringComparer.Ordinal);
    }

    [RequiresFact(Capability.Python)]
    public async Task Source_distribution_of_a_lock_is_built_with_what_the_index_has()
    {
        _index.Add(new SdistBuilder("made", "1.0").Module("made.py", "X = 1\n"));
        var ready = await _world.EnsureAsync(Ask.Index(_index, "made") with { Lock = Import(await MadeAsync("made==1.0"), strict: true) });

        Assert.Equal("1", await _world.PythonAsync(ready, "import made; print(made.X)"));
    }

    [RequiresFact(Capability.Python)]
    public async Task Lock_of_a_private_index_is_fetched_with_its_credentials()
    {
        await using var index = await LocalIndex.StartAsync();
        index.RequireBasicAuth("ann", "s3cret-lock");
        index.Add(new WheelBuilder("priv", "1.0").Module("priv.py", "V = 1\n"));
        using var world = new World(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["SLIPWAY_INDEX_CORP_USERNAME"] = "ann", ["SLIPWAY_INDEX_CORP_PASSWORD"] = "s3cret-lock", ["SLIPWAY_INDEX_MOVED_PASSWORD"] = "x", ["SLIPWAY_INDEX_MOVED_URL"] = "http://h/simple",
        });
        EnvironmentRequest Of(string name) => new()
        {
            Requirements = Ask.Packages(["priv"]),
            Sources = PackageSources.Create([new PackageIndex(index.SimpleUrl.AbsoluteUri) { Name = name }], []).Value,
        };
        var made = await world.EnsureAsync(Of("corp"));
        var locked = await world.EnsureAsync(Of("corp") with { Lock = Import(made.Plan.Lock!.Document, strict: true) }, new EnsureOptions(Refresh: true));
        var moved = await world.FailAsync(Of("moved"), EnvironmentFailures.SourceRefused);

        Assert.Equal(made.Slot, locked.Slot);
        Assert.Contains("SLIPWAY_INDEX_MOVED_URL", moved.Message, StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Python)]
    public async Task Memo_whose_lock_cannot_be_read_is_made_anew()
    {
        var ready = await _world.EnsureAsync(Ask.Index(_index, "lib"));
        var path = _world.Layout.Request(ready.Plan.RequestFields.Digest());
        await File.WriteAllTextAsync(path, (await File.ReadAllTextAsync(path)).Replace("lock-version = \\u00221.0", "lock-version = \\u00229.0", StringComparison.Ordinal).Replace("lock-version = \\\"1.0", "lock-version = \\\"9.0", StringComparison.Ordinal));

        var again = await _world.EnsureAsync(Ask.Index(_index, "lib"));

        Assert.Equal(Core.Decisions.DecisionReason.ResolutionUnreadable, again.Plan.Decision.Reason);
        Assert.Equal(ready.Slot, again.Slot);
    }

    [RequiresFact(Capability.Python)]
    public async Task Paths_in_a_lock_are_relative_to_it_and_its_files_fit_or_it_says_so()
    {
        using var folder = new FindLinksFolder();
        folder.Add(new WheelBuilder("near", "1.0").Module("near.py", "V = 1\n"));
        folder.Add(new WheelBuilder("far", "1.0").Tag("cp311-cp311-win_amd64"));
        var ready = await _world.EnsureAsync(new EnvironmentRequest { Lock = Beside(folder, "near", "near-1.0-py3-none-any.whl") });
        await _world.FailAsync(new EnvironmentRequest { Lock = Beside(folder, "far", "far-1.0-cp311-cp311-win_amd64.whl") }, EnvironmentFailures.ForeignLock);

        Assert.Equal("1", await _world.PythonAsync(ready, "import near; print(near.V)"));
    }

    private static ImportedLock Beside(FindLinksFolder folder, string name, string file)
    {
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(Path.Combine(folder.FullPath, file))));
        var text = $"""
            lock-version = "1.0"
            created-by = "test"
            [[packages]]
            name = "{name}"
            version = "1.0"
            [[packages.wheels]]
            path = "./{file}"
            hashes = {"{"} sha256 = "{hash}" {"}"}
            """;
        return new ImportedLock(PylockReader.Read(text, "t").Value, Path.Combine(folder.FullPath, "pylock.toml"), IsStrict: true);
    }

    private async Task<Pylock> MadeAsync(params IReadOnlyList<string> requirements) =>
        (await _world.EnsureAsync(Ask.Index(_index, requirements))).Plan.Lock!.Document;

    private static ImportedLock Import(Pylock document, bool strict) => new(document, "/project/pylock.toml", strict);

    private static IEnumerable<string> Versions(ReadyEnvironment ready) => ready.Plan.Lock!.Files.Select(file => $"{file.Name} {file.Version}");
}
