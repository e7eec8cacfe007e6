using Slipway.Environments.Tests.Support;
using Slipway.Machines;
using Slipway.Store;
using Slipway.Store.Verification;
using Slipway.TestKit;

namespace Slipway.Environments.Tests;

/// <summary>A damaged environment comes back as it was published.</summary>
public sealed class RepairTests
{
    private static readonly EnsureOptions Offline = new(Offline: true);

    [RequiresFact(Capability.Python)]
    public async Task Changed_deleted_and_added_files_are_repaired_without_the_network()
    {
        await using var index = await LocalIndex.StartAsync();
        index.Add(new WheelBuilder("demo", "1.0").Module("demo.py", "V = 1\n").Module("other.py", "W = 1\n"));
        index.Add(new SdistBuilder("made", "1.0").Module("made.py", "X = 1\n"));
        using var world = new World();
        var ready = await world.EnsureAsync(Ask.Index(index, "demo", "made"));
        var packages = Path.GetDirectoryName(Directory.GetFiles($"{ready.Root}/lib", "demo.py", SearchOption.AllDirectories).Single())!;
        Unseal(packages);
        await File.WriteAllTextAsync($"{packages}/demo.py", "V = 2\n");
        File.Delete($"{packages}/other.py");
        await File.WriteAllTextAsync($"{packages}/stray.pth", "import os\n");
        Assert.False(Verify(world, ready).IsIntact);

        var repaired = await world.Service.RepairAsync(world.Stored(ready), Offline, world.Progress, world.Token);

        Assert.True(repaired.IsOk, repaired.IsOk ? null : $"{repaired.Failure} {repaired.Failure.Detail}");
        Assert.True(Verify(world, ready).IsIntact);
        Assert.Equal("1 1 1", await world.PythonAsync(ready, "import demo, other, made; print(demo.V, other.W, made.X)"));
        Assert.Empty(Directory.GetFileSystemEntries(world.Layout.Trash));
    }

    [RequiresFact(Capability.Python)]
    public async Task Environment_in_use_is_busy_and_stays()
    {
        using var folder = new FindLinksFolder();
        folder.Add(new WheelBuilder("demo", "1.0").Module("demo.py", "V = 1\n"));
        using var world = new World();
        var ready = await world.EnsureAsync(Ask.Folder(folder.FullPath, "demo"));
        await using var user = CommandRunner.Start("flock", ["--shared", world.Layout.LeaseFile(ready.Slot), "sh", "-c", "echo held; exec sleep 100"]);
        await user.WaitForLineAsync(line => line is "held");

        var result = await world.Service.RepairAsync(world.Stored(ready), Offline, world.Progress, world.Token);

        Assert.Equal(MachinesFailures.LeaseBusy, result.Failure.Code);
        Assert.True(Verify(world, ready).IsIntact);
    }

    [RequiresTheory(Capability.Python)]
    [InlineData("{ not json")]
    [InlineData("{\"schema\": \"slipway.environment/99\"}")]
    public async Task Environment_whose_record_cannot_be_read_is_named_and_not_taken_for_vanished(string record)
    {
        using var folder = new FindLinksFolder();
        folder.Add(new WheelBuilder("demo", "1.0"));
        using var world = new World();
        var ready = await world.EnsureAsync(Ask.Folder(folder.FullPath, "demo"));
        File.WriteAllText(world.Layout.Meta(ready.Slot), record);

        var failure = await world.FailAsync(Ask.Folder(folder.FullPath, "demo"), StoreFailures.UnreadableRecord);

        Assert.Contains(world.Layout.Meta(ready.Slot), failure.Message, StringComparison.Ordinal);
        Assert.Contains($"slipway store remove {ready.Slot}", failure.Remedy, StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Python)]
    public async Task Repair_that_fails_leaves_the_environment_as_it_was()
    {
        await using var index = await LocalIndex.StartAsync();
        index.Add(new WheelBuilder("demo", "1.0").Module("demo.py", "V = 1\n"));
        using var world = new World();
        var ready = await world.EnsureAsync(Ask.Index(index, "demo"));
        TempFolder.DeleteTree(world.Layout.Wheels);

        var result = await world.Service.RepairAsync(world.Stored(ready), Offline, world.Progress, world.Token);

        Assert.Equal(EnvironmentFailures.Offline, result.Failure.Code);
        Assert.Equal("1", await world.PythonAsync(ready, "import demo; print(demo.V)"));
        Assert.True(Verify(world, ready).IsIntact);
        Assert.Empty(Directory.GetFileSystemEntries(world.Layout.Trash));
    }

    [RequiresFact(Capability.Python)]
    public async Task Damaged_wheels_of_the_store_are_made_again()
    {
        await using var index = await LocalIndex.StartAsync();
        index.Add(new WheelBuilder("demo", "1.0").Module("demo.py", "V = 1\n"));
        index.Add(new SdistBuilder("made", "1.0").Module("made.py", "X = 1\n"));
        using var world = new World();
        var ready = await world.EnsureAsync(Ask.Index(index, "demo", "made"));
        foreach (var wheel in Directory.GetFiles(world.Layout.Wheels, "*.whl", SearchOption.AllDirectories))
        {
            await File.AppendAllTextAsync(wheel, "damage");
        }

        TempFolder.DeleteTree(world.Layout.Slot(ready.Slot));
        var again = await world.EnsureAsync(Ask.Index(index, "demo", "made"));

        Assert.Equal(ready.Slot, again.Slot);
        Assert.Equal("1 1", await world.PythonAsync(again, "import demo, made; print(demo.V, made.X)"));
    }

    private static VerificationReport Verify(World world, ReadyEnvironment ready) =>
        new SlotVerifier(world.Layout).Verify(ready.Slot, world.Token).Value;

    private static void Unseal(string folder)
    {
        File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.UserWrite);
        foreach (var file in Directory.GetFiles(folder))
        {
            File.SetUnixFileMode(file, File.GetUnixFileMode(file) | UnixFileMode.UserWrite);
        }
    }
}
