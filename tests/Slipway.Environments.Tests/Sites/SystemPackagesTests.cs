using Slipway.Core.Decisions;
using Slipway.Core.Identity;
using Slipway.Environments.Requests;
using Slipway.Environments.Sites;
using Slipway.Environments.Tests.Support;
using Slipway.TestKit;

namespace Slipway.Environments.Tests.Sites;

/// <summary>Packages that an interpreter already has are used as they stand, and are part of the identity.</summary>
public sealed class SystemPackagesTests : IAsyncLifetime, IDisposable
{
    private static readonly WheelBuilder Old = new WheelBuilder("big", "1.0").Module("big.py", "V = 1\n").Requires("helper>=1; python_version>='3'");
    private static readonly WheelBuilder New = new WheelBuilder("big", "1.1").Module("big.py", "V = 11\n");
    private readonly PrivatePython _python = new(World.DefaultPython);
    private readonly World _world = new();
    private LocalIndex _index = null!;

    public async Task InitializeAsync()
    {
        _python.Install(Old);
        _python.Install(new WheelBuilder("Help_er", "3").Module("unused.py", string.Empty));
        _python.Install(new WheelBuilder("helper", "2.0").Module("helper.py", "V = 2\n"));
        _index = await LocalIndex.StartAsync();
        _index.Add(new WheelBuilder("big", "9.0").Module("big.py", "V = 9\n"));
        _index.Add(new WheelBuilder("app", "1.0").Module("app.py", "import big; V = big.V\n").Requires("big>=1"));
    }

    public async Task DisposeAsync() => await _index.DisposeAsync();

    public void Dispose()
    {
        _world.Dispose();
        _python.Dispose();
    }

    [RequiresFact(Capability.Python)]
    public async Task Interpreter_is_used_as_it_stands()
    {
        var ready = await _world.EnsureAsync(Installed("big", "HELPER"));

        Assert.Equal(_python.FullPath, ready.Python);
        Assert.Equal("1 2", await _world.PythonAsync(ready, "import big, helper; print(big.V, helper.V)"));
        Assert.Equal(["big", "helper"], ready.Plan.Lock!.Installed.Select(package => package.Name.Normalized), StringComparer.Ordinal);
        Assert.True(ready.Plan.Reference.Mutable);
        Assert.Equal(("python", _python.FullPath), (ready.Plan.Reference.EnvironmentKind, ready.Plan.Reference.PythonExecutable));
        var stored = _world.Stored(ready);
        Assert.True(stored.Meta.Mutable);
        Assert.Equal("big 1.0, helper 2.0", stored.Meta.Title);
        Assert.Empty(Directory.GetFileSystemEntries(ready.Root));
        Assert.Equal("1", ready.Activation.Set["PYTHONNOUSERSITE"]);
    }

    [RequiresFact(Capability.Python)]
    public async Task What_the_interpreter_lacks_is_named_one_by_one_and_nothing_is_left()
    {
        var failure = await _world.FailAsync(
            Installed("absent", "big>=2", "helper[x]>1", "never; python_version<'3'", "helper @ https://h/helper-1-py3-none-any.whl"), EnvironmentFailures.NotInstalled);

        Assert.Contains("absent is not installed; big 1.0 is installed, and big>=2 is wanted; helper is asked for by its address", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("never", failure.Message, StringComparison.Ordinal);
        _world.AssertNothingHalfMade();
    }

    [RequiresFact(Capability.Python)]
    public async Task Lock_settles_versions_also_where_nothing_is_installed()
    {
        var made = await _world.EnsureAsync(Ask.Index(_index, "big==9.0"));
        var fitting = made.Plan.Lock!.Document with { Packages = [made.Plan.Lock.Document.Packages[0] with { Version = Core.Versions.PepVersion.Parse("1.0").Value }], Environments = [] };
        var failure = await _world.FailAsync(
            Installed("big") with { Lock = new ImportedLock(made.Plan.Lock.Document with { Environments = [] }, "/p/pylock.toml", IsStrict: true) }, EnvironmentFailures.NotInstalled);
        var ready = await _world.EnsureAsync(Installed("big") with { Lock = new ImportedLock(fitting, "/p/pylock.toml", IsStrict: true) });

        Assert.Contains("big 1.0 is installed, and big==9 is wanted", failure.Message, StringComparison.Ordinal);
        Assert.Equal("1.0", Assert.Single(ready.Plan.Lock!.Installed, package => package.Name.Normalized is "big").Version);
    }

    [RequiresFact(Capability.Python)]
    public async Task Package_in_a_directory_that_a_pth_file_adds_is_watched()
    {
        var vendor = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(_python.SitePackages)!, "vendor")).FullName;
        await File.WriteAllTextAsync(Path.Combine(_python.SitePackages, "vendor.pth"), vendor + "\n");
        Directory.CreateDirectory(Path.Combine(vendor, "far-1.0.dist-info"));
        await File.WriteAllTextAsync(Path.Combine(vendor, "far-1.0.dist-info", "METADATA"), "Metadata-Version: 2.1\nName: far\nVersion: 1.0\n");
        var before = await _world.EnsureAsync(Installed("far"));
        Directory.Move(Path.Combine(vendor, "far-1.0.dist-info"), Path.Combine(vendor, "far-2.0.dist-info"));
        await File.WriteAllTextAsync(Path.Combine(vendor, "far-2.0.dist-info", "METADATA"), "Metadata-Version: 2.1\nName: far\nVersion: 2.0\n");
        var after = await _world.EnsureAsync(Installed("far"));

        Assert.Contains(vendor, before.Plan.Site!.Directories, StringComparer.Ordinal);
        Assert.Equal(("1.0", "2.0"), (before.Plan.Lock!.Installed[0].Version, after.Plan.Lock!.Installed[0].Version));
    }

    [RequiresFact(Capability.Python)]
    public async Task Upgrade_of_a_system_package_is_another_environment_and_says_why()
    {
        var before = await _world.EnsureAsync(Installed("big"));
        var again = await _world.EnsureAsync(Installed("big"));
        _python.Remove(Old);
        _python.Install(New);
        var after = await _world.EnsureAsync(Installed("big"));

        Assert.Equal((before.Slot, DecisionReason.Published), (again.Slot, again.Plan.Decision.Reason));
        Assert.NotEqual(before.Slot, after.Slot);
        Assert.Equal(DecisionReason.SystemPackagesChanged, after.Plan.Decision.Reason);
        Assert.Equal("1.1", Assert.Single(after.Plan.Lock!.Installed).Version);
    }

    [RequiresFact(Capability.Python)]
    public async Task Edit_in_place_is_seen_only_by_a_fresh_look()
    {
        var ready = await _world.EnsureAsync(Installed("big"));
        var record = Path.Combine(_python.SitePackages, Old.DistInfo, "RECORD");
        File.AppendAllText(record, "extra.py,,\n");

        Assert.Equal(ready.Slot, (await _world.EnsureAsync(Installed("big"))).Slot);
        var check = await _world.Service.CheckSiteAsync(_world.Stored(ready), _world.Token);
        Assert.Contains("big", Assert.IsType<string>(check.Value.Difference), StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Python)]
    public async Task Pip_installs_only_what_the_system_lacks()
    {
        var request = Ask.Index(_index, "app").On(_python.FullPath) with { SysPathMode = SysPathMode.SystemSitePackages };
        var ready = await _world.EnsureAsync(request);
        var isolated = await _world.EnsureAsync(Ask.Index(_index, "app").On(_python.FullPath));

        Assert.Equal("1", await _world.PythonAsync(ready, "import app; print(app.V)"));
        Assert.Equal("9", await _world.PythonAsync(isolated, "import app; print(app.V)"));
        Assert.Equal("app", Assert.Single(ready.Plan.Lock!.Files).Name.Normalized);
        Assert.NotNull(ready.Plan.Key!.SiteFingerprint);
        Assert.Null(isolated.Plan.Key!.SiteFingerprint);
        Assert.False(ready.Plan.Reference.Mutable);
        Assert.NotEqual(ready.Slot, isolated.Slot);
    }

    [RequiresFact(Capability.Python)]
    public async Task System_package_that_contradicts_a_requirement_is_a_conflict_and_never_hidden()
    {
        var request = Ask.Index(_index, "big>=2").On(_python.FullPath) with { SysPathMode = SysPathMode.SystemSitePackages };
        var failure = await _world.FailAsync(request, EnvironmentFailures.Conflict);

        Assert.Contains("big", failure.ToString() + failure.Detail, StringComparison.Ordinal);
        Assert.Contains("system", failure.ToString() + failure.Hint, StringComparison.OrdinalIgnoreCase);
        _world.AssertNothingHalfMade();
    }

    [RequiresFact(Capability.Python)]
    public async Task Environment_that_sees_the_system_is_repaired_only_while_the_system_is_the_same()
    {
        var request = Ask.Index(_index, "app").On(_python.FullPath) with { SysPathMode = SysPathMode.SystemSitePackages };
        var ready = await _world.EnsureAsync(request);
        var same = await _world.Service.RepairAsync(_world.Stored(ready), new EnsureOptions(), _world.Progress, _world.Token);
        _python.Remove(Old);
        _python.Install(New);
        var changed = await _world.Service.RepairAsync(_world.Stored(ready), new EnsureOptions(), _world.Progress, _world.Token);

        Assert.True(same.IsOk, same.IsOk ? string.Empty : same.Failure.ToString());
        Assert.Contains("packages of the system", changed.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fingerprint_depends_on_names_versions_and_pins_alone()
    {
        var one = new SiteDistribution("a", "1", "record-sha256:00", []);
        var facts = new SiteFacts(["/x"], [one]);
        Assert.Equal(facts.Fingerprint(), (facts with { Directories = ["/y"] }).Fingerprint());
        Assert.All(
            new[] { one with { Name = "b" }, one with { Version = "2" }, one with { Pin = "record-sha256:01" } },
            other => Assert.NotEqual(facts.Fingerprint(), (facts with { Distributions = [other] }).Fingerprint()));
    }

    private EnvironmentRequest Installed(params IReadOnlyList<string> requirements) =>
        new EnvironmentRequest { Requirements = Ask.Packages(requirements), Provisioner = "system" }.On(_python.FullPath);
}
