using System.Collections.Immutable;
using Slipway.Core.Decisions;
using Slipway.Core.Requirements;
using Slipway.Environments.Locks;
using Slipway.Environments.Requests;
using Slipway.Environments.Tests.Support;
using Slipway.Store.Collection;
using Slipway.Store.Slots;
using Slipway.Store.Verification;
using Slipway.TestKit;
using Slipway.TestKit.Conda;

namespace Slipway.Environments.Tests.Conda;

/// <summary>Packages of pip in a conda environment: resolved against what conda installed, installed after it, and never in place of it.</summary>
public sealed class CondaPipTests : IAsyncLifetime, IDisposable
{
    private readonly WheelBuilder _newer = new WheelBuilder("num", "9.0").Module("num.py", "V = 9\n");
    private readonly CondaWorkshop _shop = new();
    private LocalIndex _index = null!;

    private World World => _shop.World;

    public async Task InitializeAsync()
    {
        _index = await LocalIndex.StartAsync();
        _index.Add(new WheelBuilder("app", "1.0").Module("app.py", "import num, helper\nV = (num.V, helper.V)\n").ConsoleScript("app", "app:main").Requires("num>=1", "helper").Extra("more", "num"));
        _index.Add(new WheelBuilder("helper", "1.0").Module("helper.py", "V = 'one'\n"));
        _index.Add(_newer);
        _index.Add(new WheelBuilder("greedy", "1.0").Requires("num>=3"));
        await _shop.Channel.PublishAsync(
            CondaPackageBuilder.Python(World.DefaultPython),
            Num("1.0"),
            NoPip,
            new CondaPackageBuilder("tool", "1.0").WithFile("bin/tool", "#!/bin/sh\n", isExecutable: true));
    }

    public async Task DisposeAsync() => await _index.DisposeAsync();

    public void Dispose() => _shop.Dispose();

    [RequiresFact(Capability.Python)]
    public async Task Pip_adds_to_what_conda_installed_and_the_environment_goes_the_way_of_all_others()
    {
        var request = Mixed("app");
        var plan = (await World.Service.PlanAsync(request, World.Script, new EnsureOptions(), World.Token)).Value;
        Assert.Equal(DecisionReason.NotYetResolved, plan.Decision.Reason);
        Assert.Empty(TestMicromamba.Calls(_shop.Tool));

        var ready = await World.EnsureAsync(request);

        Assert.Equal("(1, 'one')", await World.PythonAsync(ready, "import app; print(app.V)"));
        Assert.Equal(["num 1.0", $"python {World.DefaultPython.Version}", "app 1.0", "helper 1.0"], ready.Plan.Lock!.Names, StringComparer.Ordinal);
        Assert.Null(ready.Plan.Interpreter);
        Assert.Matches("^micromamba/[0-9.]+/1\\+pip/[0-9.]+/1$", ready.Plan.Key!.Provisioner);
        Assert.StartsWith($"#!{ready.Root}/bin/python", await File.ReadAllTextAsync($"{ready.Root}/bin/app"), StringComparison.Ordinal);
        Assert.NotEmpty(Directory.GetFiles($"{ready.Root}/lib", "app.*.pyc", SearchOption.AllDirectories));
        Assert.True(new SlotVerifier(World.Layout).Verify(ready.Slot, World.Token).Value.IsIntact);

        // Conda's part alone is an environment of its own, which nobody has to make again; and nothing needs it once the other is there.
        var calls = TestMicromamba.Calls(_shop.Tool).Count;
        var alone = await World.EnsureAsync(_shop.Ask(Specs) with { Sources = request.Sources });
        Assert.Equal((false, calls), (alone.Built, TestMicromamba.Calls(_shop.Tool).Count));
        Assert.NotEqual(ready.Slot, alone.Slot);
        Assert.True((await new GarbageCollector(World.Machine, World.Layout, TimeProvider.System).RemoveAsync(alone.Slot, World.Token)).IsOk);
        var again = await World.EnsureAsync(request);
        Assert.Equal((ready.Slot, DecisionReason.Published, calls), (again.Slot, again.Plan.Decision.Reason, TestMicromamba.Calls(_shop.Tool).Count));

        await RepairedAsync(ready);
    }

    [RequiresFact(Capability.Python)]
    public async Task A_lock_holds_both_halves_and_is_followed()
    {
        var ready = await World.EnsureAsync(Mixed("app[more]; python_version > '3'", "num"));
        var read = ResolvedLock.Read(ready.Plan.Lock!.ToText(), "pylock.toml").Value;
        Assert.Equal(ready.Plan.Lock.Digest, read.Digest);
        _index.Add(new WheelBuilder("helper", "2.0").Module("helper.py", "V = 'two'\n"));
        await _shop.Channel.PublishAsync(Num("2.0"));

        var locked = new ImportedLock(read.Document, "/p/pylock.toml", IsStrict: true);
        var followed = await World.EnsureAsync(Mixed("app[more]; python_version > '3'", "num") with { Lock = locked });
        var stale = await World.FailAsync(Mixed("app", "helper>=2") with { Lock = locked }, EnvironmentFailures.StaleLock);
        var loosened = await World.EnsureAsync(Mixed("app", "helper>=2") with { Lock = locked with { IsStrict = false } });
        var fresh = await World.EnsureAsync(Mixed("app"), new EnsureOptions(Refresh: true));

        Assert.Equal((ready.Slot, false), (followed.Slot, followed.Built));
        Assert.Contains("helper 1.0, and helper>=2 is asked for", stale.Message, StringComparison.Ordinal);
        Assert.Equal("(1, 'two')", await World.PythonAsync(loosened, "import app; print(app.V)"));
        Assert.Contains(loosened.Plan.Warnings, warning => warning.Contains("used as constraints", StringComparison.Ordinal));
        Assert.Equal("(2, 'two')", await World.PythonAsync(fresh, "import app; print(app.V)"));
    }

    [RequiresFact(Capability.Python)]
    public async Task A_conda_lock_says_which_files_pip_installs_and_its_Python_needs_no_pip()
    {
        var helper = (await World.EnsureAsync(Mixed("helper"))).Plan.Lock!.Files.Single();
        _index.Add(new WheelBuilder("helper", "2.0").Module("helper.py", "V = 'two'\n"));
        var pinned = new RequestedPackage(Requirement.Parse($"helper @ {helper.Url.Split('#')[0]}#sha256={helper.Hash}").Value, []);
        var request = Mixed("helper");
        var conda = request.Conda! with
        {
            Lock = _shop.AskLocked("linux-64", _shop.Locked(CondaPackageBuilder.Python(World.DefaultPython)), _shop.Locked(Num("1.0")), _shop.Locked(NoPip)).Conda!.Lock! with
            {
                Pip = ImmutableSortedDictionary.Create<string, ImmutableArray<RequestedPackage>>(StringComparer.Ordinal).Add("linux-64", [pinned]).Add("osx-arm64", []),
            },
        };

        var ready = await World.EnsureAsync(request with { Conda = conda });

        Assert.Equal("one", await World.PythonAsync(ready, "import helper; print(helper.V)"));
        Assert.NotEqual(
            (request with { Conda = conda }).ToFields(World.Host.Facts.PlatformKey).Digest(),
            (request with { Conda = conda with { Lock = conda.Lock! with { Pip = ImportedCondaLock.NoPip } } }).ToFields(World.Host.Facts.PlatformKey).Digest());
    }

    [RequiresFact(Capability.Python)]
    public async Task Pip_never_replaces_what_conda_installed()
    {
        var asked = await World.FailAsync(Mixed("num>=3"), EnvironmentFailures.CondaPackageKept);
        var needed = await World.FailAsync(Mixed("greedy"), EnvironmentFailures.CondaPackageKept);
        var named = await World.FailAsync(Mixed($"num @ {_index.UrlOf(_newer)}"), EnvironmentFailures.CondaPackageKept);

        Assert.Equal("num>=3 is asked of pip, and conda installed num 1.0.", asked.Message);
        Assert.Contains("greedy 1.0 depends on num>=3; conda installed num 1.0", needed.Message, StringComparison.Ordinal);
        Assert.Contains("conda installed num 1.0", named.Message, StringComparison.Ordinal);
        await World.FailAsync(Mixed("absent"), EnvironmentFailures.Unsatisfiable);
        var without = await World.FailAsync(_shop.Ask("tool") with { Requirements = Ask.Packages(["app"]) }, EnvironmentFailures.CondaWithoutPython);
        Assert.Contains("app is asked of pip", without.Message, StringComparison.Ordinal);
        await World.FailAsync(Mixed("app") with { RequiresPython = Core.Versions.VersionSpecifierSet.Parse(">=3.99").Value }, EnvironmentFailures.InterpreterOutOfRange);
    }

    // What a Python without pip and ensurepip looks like to who asks it.
    private static CondaPackageBuilder NoPip => new CondaPackageBuilder("nopip", "1.0").AsPythonModule().WithFile("site-packages/sitecustomize.py", "import sys\nsys.modules['ensurepip'] = None\n");

    private static string[] Specs => [$"python={World.DefaultPython.Version.Major}.{World.DefaultPython.Version.Minor}", "num"];

    private static CondaPackageBuilder Num(string version) => new CondaPackageBuilder("num", version).AsPythonModule()
        .WithFile("site-packages/num.py", $"V = {version[0]}\n")
        .WithFile($"site-packages/num-{version}.dist-info/METADATA", $"Metadata-Version: 2.1\nName: num\nVersion: {version}\n")
        .WithFile($"site-packages/num-{version}.dist-info/INSTALLER", "conda\n");

    private EnvironmentRequest Mixed(params IReadOnlyList<string> requirements) => _shop.Ask(Specs) with
    {
        Requirements = Ask.Packages(requirements),
        Sources = Ask.Index(_index).Sources,
    };

    private async Task RepairedAsync(ReadyEnvironment ready)
    {
        var file = Directory.GetFiles($"{ready.Root}/lib", "helper.py", SearchOption.AllDirectories).Single();
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await File.WriteAllTextAsync(file, "V = 'damaged'\n");
        Assert.False(new SlotVerifier(World.Layout).Verify(ready.Slot, World.Token).Value.IsIntact);
        var repaired = await World.Service.RepairAsync(World.Stored(ready), new EnsureOptions(Offline: true), World.Progress, World.Token);
        Assert.True(repaired.IsOk, repaired.ToString());
        Assert.True(new SlotVerifier(World.Layout).Verify(ready.Slot, World.Token).Value.IsIntact);
        Assert.Equal("(1, 'one')", await World.PythonAsync(ready, "import app; print(app.V)"));
    }
}
