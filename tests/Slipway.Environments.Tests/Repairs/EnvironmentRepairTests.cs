using Slipway.Core.Failures;
using Slipway.Environments.Repairs;
using Slipway.Environments.Tests.Support;
using Slipway.Machines.Files;
using Slipway.Store;
using Slipway.Store.Verification;
using Slipway.TestKit;

namespace Slipway.Environments.Tests.Repairs;

/// <summary>For each kind of damage: verification names it, repair makes it good, verification is clean, and the environment runs.</summary>
public sealed class EnvironmentRepairTests : IDisposable
{
    private readonly FindLinksFolder _folder = new();
    private readonly World _world = new();

    public EnvironmentRepairTests() => _folder.Add(new WheelBuilder("demo", "1.0").Module("demo.py", "V = 1\n").Module("other.py", "W = 1\n"));

    public void Dispose()
    {
        _world.Dispose();
        _folder.Dispose();
    }

    [RequiresTheory(Capability.Python)]
    [InlineData("echo V=2 >demo.py", "SizeChanged", RepairOutcome.Rebuilt)]
    [InlineData("printf 'V = 2\\n' >demo.py", "ContentChanged", RepairOutcome.Rebuilt)]
    [InlineData("rm demo.py", "Missing", RepairOutcome.Rebuilt)]
    [InlineData("rm demo.py; ln -s other.py demo.py", "KindChanged", RepairOutcome.Rebuilt)]
    [InlineData("ln -sfn /nowhere ../../../bin/python", "TargetChanged", RepairOutcome.Rebuilt)]
    [InlineData("echo 'import os' >stray.pth", "Stray", RepairOutcome.Mended)]
    [InlineData("rm -rf __pycache__/demo.*.pyc; mkdir -p deep/__pycache__; echo x >deep/__pycache__/a.pyc; echo y >deep/b", "Missing", RepairOutcome.Rebuilt)]
    [InlineData("mkdir -p deep/__pycache__; echo x >deep/__pycache__/a.pyc; echo y >__pycache__/foreign.cpython-399.pyc; chmod -R a-w deep", "Stray", RepairOutcome.Mended)]
    [InlineData("chmod a+x demo.py", "ModeChanged", RepairOutcome.Mended)]
    [InlineData("chmod 000 demo.py", "ModeChanged", RepairOutcome.Mended)]
    [InlineData("chmod 777 ../../..; chmod 777 .", "ModeChanged", RepairOutcome.Mended)]
    [InlineData("ln demo.py \"$OUTSIDE/second\"; chmod 644 demo.py", "ModeChanged", RepairOutcome.Rebuilt)]
    public async Task Damage_of_the_tree_is_made_good(string damage, string kind, RepairOutcome expected)
    {
        var ready = await ReadyAsync();
        await DamageAsync(ready, damage);
        var found = new SlotVerifier(_world.Layout).Verify(ready.Slot, _world.Token).Value;
        Assert.Contains(found.Differences, difference => string.Equals(difference.Kind.ToString(), kind, StringComparison.Ordinal));

        Assert.Equal(expected, Value(await RepairAsync(ready, found)));
        await AssertSoundAsync(ready);
    }

    [RequiresTheory(Capability.Python)]
    [InlineData("rm -f inventory")]
    [InlineData("chmod u+w inventory; echo more >>inventory")]
    [InlineData("chmod -R u+w root; rm -rf root")]
    public async Task Damage_beside_the_tree_is_made_good_by_building_again(string damage)
    {
        var ready = await ReadyAsync();
        await DamageAsync(ready, $"cd ../../../..; {damage}");
        Assert.Equal(StoreFailures.Damaged, new SlotVerifier(_world.Layout).Verify(ready.Slot, _world.Token).Failure.Code);
        Assert.Equal(RepairOutcome.Rebuilt, Value(await RepairAsync(ready, found: null)));
        await AssertSoundAsync(ready);
    }

    [RequiresTheory(Capability.Python)]
    [InlineData("{ torn")]
    [InlineData("")]
    [InlineData("{\"schema\": \"slipway.environment/9\"}")]
    public async Task Record_that_cannot_be_read_is_removed_with_consent_and_built_again_when_needed(string record)
    {
        var ready = await ReadyAsync();
        await File.WriteAllTextAsync(_world.Layout.Meta(ready.Slot), record);
        Assert.Equal(StoreFailures.UnreadableRecord, new SlotVerifier(_world.Layout).Verify(ready.Slot, _world.Token).Failure.Code);

        var refused = await RepairAsync(ready, found: null);
        Assert.Equal(StoreFailures.UnreadableRecord, refused.Failure.Code);
        Assert.Contains("--yes", refused.Failure.Remedy, StringComparison.Ordinal);
        Assert.True(Directory.Exists(_world.Layout.Slot(ready.Slot)));

        Assert.Equal(RepairOutcome.Removed, Value(await RepairAsync(ready, found: null, mayRemove: true)));
        Assert.Equal(ready.Slot, (await ReadyAsync()).Slot);
        await AssertSoundAsync(ready);
    }

    [RequiresTheory(Capability.Python)]
    [InlineData("echo x >stray")]
    [InlineData("rm demo.py")]
    [InlineData("echo torn >../../../../meta.json")]
    public async Task Environment_in_use_is_busy_and_untouched(string damage)
    {
        var ready = await ReadyAsync();
        await DamageAsync(ready, damage);
        var verified = new SlotVerifier(_world.Layout).Verify(ready.Slot, _world.Token);
        await using var user = CommandRunner.Start("flock", ["--shared", _world.Layout.LeaseFile(ready.Slot), "sh", "-c", "echo held; exec sleep 100"]);
        await user.WaitForLineAsync(line => line is "held");
        var result = await RepairAsync(ready, verified.TryGet(out var report, out _) ? report : null, mayRemove: true);
        Assert.Equal(ExitCode.Busy, result.Failure.Code.Exit);
        Assert.Equal(verified.ToString(), new SlotVerifier(_world.Layout).Verify(ready.Slot, _world.Token).ToString());
    }

    [RequiresFact(Capability.Python)]
    public async Task Links_planted_in_an_environment_are_removed_and_not_followed()
    {
        var outside = Directory.CreateDirectory($"{_world.Store.Root}/outside").FullName;
        await File.WriteAllTextAsync($"{outside}/precious", "keep");
        var ready = await ReadyAsync();
        await DamageAsync(ready, "ln -s \"$OUTSIDE/outside\" planted; ln -s \"$OUTSIDE/outside/precious\" __pycache__/planted; mkdir d; ln -s \"$OUTSIDE/outside\" d/planted");
        var found = new SlotVerifier(_world.Layout).Verify(ready.Slot, _world.Token).Value;
        var mode = File.GetUnixFileMode(outside);
        Assert.Equal(RepairOutcome.Mended, Value(await RepairAsync(ready, found)));
        Assert.Equal("keep", await File.ReadAllTextAsync($"{outside}/precious"));
        Assert.Equal(mode, File.GetUnixFileMode(outside));
        await AssertSoundAsync(ready);
    }

    [RequiresFact(Capability.Python)]
    public async Task Directory_swapped_for_a_link_does_not_lead_repair_out_of_the_store()
    {
        var ready = await ReadyAsync();
        await DamageAsync(ready, "cp -r . \"$OUTSIDE/copy\"; cd ..; chmod u+w .; mv site-packages moved; ln -s \"$OUTSIDE/copy\" site-packages; rm -rf moved; chmod -R a+x \"$OUTSIDE/copy\"; echo x >\"$OUTSIDE/copy/extra\"");
        var found = new SlotVerifier(_world.Layout).Verify(ready.Slot, _world.Token).Value;
        Assert.Equal(RepairOutcome.Rebuilt, Value(await RepairAsync(ready, found)));
        Assert.True(File.Exists($"{_world.Store.Root}/copy/extra"));
        await AssertSoundAsync(ready);
    }

    private Task<ReadyEnvironment> ReadyAsync() => _world.EnsureAsync(Ask.Folder(_folder.FullPath, "demo"));

    private Task<Result<RepairOutcome>> RepairAsync(ReadyEnvironment ready, VerificationReport? found, bool mayRemove = false) =>
        new EnvironmentRepair(_world.Host, _world.Service, TimeProvider.System)
            .RepairAsync(ready.Slot, found, mayRemove, new EnsureOptions(Offline: true), _world.Progress, _world.Token);

    private async Task AssertSoundAsync(ReadyEnvironment ready)
    {
        var verified = new SlotVerifier(_world.Layout).Verify(ready.Slot, _world.Token);
        Assert.True(verified is { IsOk: true, Value.IsIntact: true }, verified.IsOk ? string.Join('\n', verified.Value.Differences) : verified.ToString());
        Assert.Equal("1 1", await _world.PythonAsync(ready, "import demo, other; print(demo.V, other.W)"));
        Assert.Empty(Directory.GetFileSystemEntries(_world.Layout.Trash));
    }

    // The permissions of directories come back, so that only the damage is left.
    private async Task DamageAsync(ReadyEnvironment ready, string script)
    {
        var packages = Path.GetDirectoryName(Directory.GetFiles($"{ready.Root}/lib", "demo.py", SearchOption.AllDirectories).First())!;
        string[] folders = [ready.Root, $"{ready.Root}/bin", packages, $"{packages}/__pycache__"];
        var modes = folders.ToDictionary(path => path, File.GetUnixFileMode, StringComparer.Ordinal);
        var touchesFolders = script.Contains("777", StringComparison.Ordinal);
        foreach (var path in folders)
        {
            LocalFiles.SetMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        foreach (var (path, mode) in touchesFolders ? modes : [])
        {
            LocalFiles.SetMode(path, mode);
        }

        var result = await CommandRunner.RunAsync(
            "/bin/sh", ["-c", $"chmod u+w demo.py; {script}"], new CommandOptions { WorkingFolder = packages, Environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["OUTSIDE"] = _world.Store.Root } });
        Assert.True(result.ExitCode == 0, result.Stderr);
        foreach (var (path, mode) in touchesFolders ? [] : modes)
        {
            if (LocalPaths.StatusOf(path).Kind is Machines.FileKind.Directory && LocalPaths.Resolve(path).Value == path)
            {
                LocalFiles.SetMode(path, mode);
            }
        }

        if (!script.Contains("demo.py", StringComparison.Ordinal) && File.Exists($"{packages}/demo.py"))
        {
            File.SetUnixFileMode($"{packages}/demo.py", UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        }
    }

    private static T Value<T>(Result<T> result)
        where T : notnull
    {
        Assert.True(result.IsOk, result.IsOk ? null : $"{result.Failure} {result.Failure.Detail}");
        return result.Value;
    }
}
