using System.Collections.Immutable;
using Slipway.Core.Decisions;
using Slipway.Environments.Inspection;
using Slipway.Environments.Locks;
using Slipway.Environments.Requests;
using Slipway.Environments.Tests.Support;
using Slipway.Store.Collection;
using Slipway.Store.Verification;
using Slipway.TestKit;
using Slipway.TestKit.Conda;

namespace Slipway.Environments.Tests.Conda;

/// <summary>Conda environments go the way of all others: resolved once, built once, reused, verified, repaired and removed.</summary>
public sealed class CondaEnvironmentTests
{
    private const string P = CondaPackageBuilder.Placeholder;

    [RequiresFact(Capability.Python)]
    public async Task An_environment_is_resolved_built_reused_verified_repaired_and_removed()
    {
        var python = World.DefaultPython;
        using var shop = new CondaWorkshop(new Dictionary<string, string>(StringComparer.Ordinal) { ["CONDA_PREFIX"] = "/elsewhere", ["MAMBA_ROOT_PREFIX"] = "/elsewhere" });
        var world = shop.World;
        await shop.Channel.PublishAsync(
            CondaPackageBuilder.Python(python),
            new CondaPackageBuilder("num", "1.0").AsPythonModule().WithFile("site-packages/num.py", "V = 1\n"),
            new CondaPackageBuilder("num", "2.0").AsPythonModule().AsConda().WithFile("site-packages/num.py", "V = 2\n"),
            new CondaPackageBuilder("native", "1.1").DependsOn("num >=2").WithFile("bin/native", $"#!/bin/sh\necho {P}\n", isExecutable: true)
                .WithFile("etc/conda/activate.d/native.sh", "export NATIVE_HOME=\"$CONDA_PREFIX/native\"\nexport NATIVE_PATH=\"$CONDA_PREFIX/x:$NATIVE_PATH\"\nexport PATH=\"$CONDA_PREFIX/extra:$PATH\"\nexport CONDA_BACKUP_Q=1\necho said\n")
                .WithFile("etc/conda/env_vars.d/native.json", "{\"NATIVE_MODE\": \"fast\"}"));
        var request = shop.Ask("native", $"python={python.Version.Major}.{python.Version.Minor}");
        request = request with { Conda = request.Conda! with { Variables = request.Conda.Variables.Add("GREETING", "a b") } };

        var ready = await world.EnsureAsync(request);

        Assert.True(ready.Built);
        Assert.Equal("2", await world.PythonAsync(ready, "import num; print(num.V)"));
        Assert.Equal(ready.Root, (await CommandRunner.RunAsync($"{ready.Root}/bin/native", [])).Stdout.Trim());
        Assert.Equal(python.Version.ToString(), ready.Plan.Python?.FullVersion);
        Assert.Null(ready.Plan.Interpreter);
        Assert.Equal(("conda", $"{ready.Root}/bin/python"), (ready.Plan.Reference.EnvironmentKind, ready.Plan.Reference.PythonExecutable));
        AssertActivation(ready);
        AssertIsolated(shop);

        // Not resolved again, not built again, and no tool is asked.
        var calls = TestMicromamba.Calls(shop.Tool).Count;
        var again = await world.EnsureAsync(request);
        Assert.Equal((false, ready.Slot, DecisionReason.Published), (again.Built, again.Slot, again.Plan.Decision.Reason));
        Assert.Equal(calls, TestMicromamba.Calls(shop.Tool).Count);

        // All compiled: nothing is written into a published environment.
        Assert.NotEmpty(Directory.GetFiles($"{ready.Root}/lib", "num.*.pyc", SearchOption.AllDirectories));
        Assert.True(new SlotVerifier(world.Layout).Verify(ready.Slot, world.Token).Value.IsIntact);
        Assert.True((await new EnvironmentInspector(world.Host, world.Finder).InspectAsync(world.Stored(ready), world.Token)).IsOk);

        await DamageAndRepairAsync(world, ready);
        Assert.True((await new GarbageCollector(world.Machine, world.Layout, TimeProvider.System).RemoveAsync(ready.Slot, world.Token)).IsOk);
        Assert.False(Directory.Exists(ready.Root));
    }

    [RequiresFact(Capability.Python)]
    public async Task A_lock_settles_everything_and_its_digest_is_that_of_the_resolution()
    {
        using var shop = new CondaWorkshop();
        var tool = new CondaPackageBuilder("tool", "1.0").WithFile("bin/tool", "#!/bin/sh\necho one\n", isExecutable: true);
        await shop.Channel.PublishAsync(tool);
        var resolved = await shop.World.EnsureAsync(shop.Ask("tool"));
        Assert.Null(resolved.Plan.Python);
        Assert.Contains("without a Python", (await shop.World.EnsureAsync(shop.Ask("tool"))).Plan.Decision.Sentence, StringComparison.Ordinal);

        // A newer one is there now, and the lock has the older.
        await shop.Channel.PublishAsync(new CondaPackageBuilder("tool", "2.0"));
        var locked = await shop.World.EnsureAsync(shop.AskLocked("linux-64", shop.Locked(tool)));
        Assert.Equal((resolved.Slot, false), (locked.Slot, locked.Built));

        // The lock that was written says the same when it is read, and is followed.
        var text = resolved.Plan.Lock!.ToText();
        var read = ResolvedLock.Read(text, "pylock.toml").Value;
        Assert.Equal((resolved.Plan.Lock.Digest, "tool 1.0"), (read.Digest, Assert.Single(read.Names)));
        var followed = await shop.World.EnsureAsync(shop.Ask("tool") with { Lock = new ImportedLock(read.Document, "/p/pylock.toml", IsStrict: false) });
        Assert.Equal(resolved.Slot, followed.Slot);
        Assert.NotEqual(resolved.Slot, (await shop.World.EnsureAsync(shop.Ask("tool"), new EnsureOptions(Refresh: true))).Slot);
    }

    [RequiresFact(Capability.Python)]
    public async Task What_cannot_be_had_is_named_and_leaves_nothing()
    {
        using var shop = new CondaWorkshop();
        var tool = new CondaPackageBuilder("tool", "1.0");
        await shop.Channel.PublishAsync(tool, new CondaPackageBuilder("broken", "1.0").WithFile("etc/conda/activate.d/x.sh", "exit 9\n"));
        var world = shop.World;
        var unsolved = await world.FailAsync(shop.Ask("tool >=2"), EnvironmentFailures.CondaUnsatisfiable);
        Assert.Contains("nothing provides requested tool >=2", unsolved.Detail, StringComparison.Ordinal);
        await world.FailAsync(shop.Ask("broken"), EnvironmentFailures.ActivationFailed);
        var foreign = await world.FailAsync(shop.AskLocked("osx-arm64", shop.Locked(tool)), EnvironmentFailures.CondaLockForeign);
        Assert.Contains("conda-lock -f environment.yml -p linux-64", foreign.Hint, StringComparison.Ordinal);
        await world.FailAsync(shop.Ask("tool") with { Conda = null }, EnvironmentFailures.UnsupportedRequest);
        await world.FailAsync(shop.Ask("tool") with { SysPathMode = Core.Identity.SysPathMode.SystemSitePackages }, EnvironmentFailures.UnsupportedRequest);

        var locked = shop.Locked(tool);
        await File.AppendAllTextAsync(shop.Channel.FileOf(tool), "more");
        await world.FailAsync(shop.AskLocked("linux-64", locked), EnvironmentFailures.HashMismatch);
        world.AssertNothingHalfMade();
    }

    [RequiresTheory(Capability.Python)]
    [InlineData(null, "ENV0421", "There is no micromamba")]
    [InlineData("echo micromamba 1.4.9", "ENV0421", "is micromamba 1.4.9")]
    [InlineData("echo hello", "ENV0421", "does not tell its version")]
    [InlineData("test \"$1\" = --version && echo 2.0.1 && exit; echo 'the moon is full' >&2; exit 7", "ENV0403", "exit code 7")]
    public async Task A_tool_that_is_missing_too_old_or_fails_is_named_with_its_own_words(string? script, string code, string words)
    {
        using var shop = new CondaWorkshop();
        File.Delete(shop.Tool);
        if (script is not null)
        {
            TestMicromamba.InstallScript(shop.World.Store.Home, script);
        }

        var result = await shop.World.Service.EnsureAsync(shop.Ask("tool"), World.Script, new EnsureOptions(), shop.World.Progress, shop.World.Token);

        Assert.Equal(code, result.Failure.Code.Id);
        Assert.Contains(words, result.Failure.Message, StringComparison.Ordinal);
        Assert.True(code is not "ENV0403" || result.Failure.Detail!.Contains("the moon is full", StringComparison.Ordinal));
        Assert.True(code is "ENV0403" || result.Failure.Remedy.Contains("slipway host bootstrap micromamba", StringComparison.Ordinal));
    }

    private static void AssertActivation(ReadyEnvironment ready)
    {
        var (set, prepend, unset) = (ready.Activation.Set, ready.Activation.Prepend, ready.Activation.Unset);
        Assert.Equal(
            [new("CONDA_PREFIX", ready.Root), new("GREETING", "a b"), new("NATIVE_HOME", $"{ready.Root}/native"), new("NATIVE_MODE", "fast"), new("PYTHONNOUSERSITE", "1")],
            set);
        Assert.Equal([new("NATIVE_PATH", $"{ready.Root}/x"), new("PATH", $"{ready.Root}/extra:{ready.Root}/bin")], prepend);
        Assert.Equal("PYTHONHOME", Assert.Single(unset));
    }

    private static void AssertIsolated(CondaWorkshop shop)
    {
        foreach (var call in TestMicromamba.Calls(shop.Tool))
        {
            Assert.Contains("\"leaked\": []", call, StringComparison.Ordinal);
            Assert.Contains($"\"home\": \"{shop.World.Layout.CondaRoot}/home\"", call, StringComparison.Ordinal);
            Assert.DoesNotContain("\"-n\"", call, StringComparison.Ordinal);
            Assert.True(call.Contains("--version", StringComparison.Ordinal) || call.Contains($"--prefix={shop.World.Layout.Home}/", StringComparison.Ordinal), call);
        }

        Assert.False(Directory.Exists(Path.Combine(shop.World.Store.Home, ".conda")));
    }

    private static async Task DamageAndRepairAsync(World world, ReadyEnvironment ready)
    {
        var file = Directory.GetFiles($"{ready.Root}/lib", "num.py", SearchOption.AllDirectories).Single();
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await File.WriteAllTextAsync(file, "V = 3\n");
        Assert.False(new SlotVerifier(world.Layout).Verify(ready.Slot, world.Token).Value.IsIntact);
        var repaired = await world.Service.RepairAsync(world.Stored(ready), new EnsureOptions(Offline: true), world.Progress, world.Token);
        Assert.True(repaired.IsOk, repaired.ToString());
        Assert.True(new SlotVerifier(world.Layout).Verify(ready.Slot, world.Token).Value.IsIntact);
        Assert.Equal("2", await world.PythonAsync(ready, "import num; print(num.V)"));
    }
}
