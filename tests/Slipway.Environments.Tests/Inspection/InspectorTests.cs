using System.Text;
using Slipway.Core.Identity;
using Slipway.Environments.Inspection;
using Slipway.Environments.Requests;
using Slipway.Environments.Tests.Support;
using Slipway.TestKit;

namespace Slipway.Environments.Tests.Inspection;

/// <summary>What an environment would run is read, not run; all packages here are installed by real pip.</summary>
public sealed class InspectorTests
{
    [RequiresFact(Capability.Python)]
    public async Task Everything_that_runs_at_start_is_named()
    {
        using var folder = new FindLinksFolder();
        folder.Add(new WheelBuilder("demo", "1.0")
            .Module("demo.pth", "# import nothing\nimport demo_start; demo_start.go()\nimport\tos\n  import not_run\nsubfolder\n/elsewhere/lib\n../../../../outside\n")
            .Module("demo_start.py", "def go(): pass\n")
            .Module("demo.start", "# a comment\ndemo_start:go\n\n")
            .Module("sitecustomize.py", "")
            .Module("usercustomize/__init__.py", "")
            .Module("sitecustomize_helper.py", ""));
        using var world = new World();
        var found = await InspectAsync(world, await world.EnsureAsync(Ask.Folder(folder.FullPath, "demo")));

        var site = $"lib/python{World.DefaultPython.Version.ToString(2)}/site-packages";
        Assert.Equal(
            [
                new StartCode(StartKind.PathFileImport, $"{site}/demo.pth", 2, "import demo_start; demo_start.go()"),
                new StartCode(StartKind.PathFileImport, $"{site}/demo.pth", 3, "import\tos"),
                new StartCode(StartKind.StartFile, $"{site}/demo.start", 2, "demo_start:go"),
                new StartCode(StartKind.CustomizeModule, $"{site}/sitecustomize.py", 0, string.Empty),
                new StartCode(StartKind.CustomizeModule, $"{site}/usercustomize", 0, string.Empty),
            ],
            found.Start.AsEnumerable());
        Assert.Equal(
            [new OutsidePath($"{site}/demo.pth", 6, "/elsewhere/lib"), new OutsidePath($"{site}/demo.pth", 7, "../../../../outside")],
            found.OutsidePaths.AsEnumerable());
        Assert.Empty(found.Unreadable);
    }

    [RequiresFact(Capability.Python)]
    public async Task What_the_system_runs_at_start_is_named_apart()
    {
        using var folder = new FindLinksFolder();
        folder.Add(new WheelBuilder("demo", "1.0").Module("demo.pth", "import own\n"));
        using var python = new PrivatePython(World.DefaultPython);
        var site = python.SitePackages;
        File.WriteAllText($"{site}/system.pth", "import theirs\n/elsewhere\n");
        File.WriteAllText($"{site}/system.start", "theirs:go\n");
        File.WriteAllText($"{Path.GetDirectoryName(site)}/sitecustomize.py", string.Empty);
        File.WriteAllText($"{site}/usercustomize.py", string.Empty);
        using var world = new World();
        var request = Ask.Folder(folder.FullPath, "demo").On(python.FullPath);
        StartCode[] theirs =
        [
            new(StartKind.PathFileImport, $"{site}/system.pth", 1, "import theirs"), new(StartKind.StartFile, $"{site}/system.start", 1, "theirs:go"),
            new(StartKind.CustomizeModule, $"{Path.GetDirectoryName(site)}/sitecustomize.py", 0, string.Empty), new(StartKind.CustomizeModule, $"{site}/usercustomize.py", 0, string.Empty),
        ];

        var seeing = await InspectAsync(world, await world.EnsureAsync(request with { SysPathMode = SysPathMode.SystemSitePackages }));
        var standing = await world.EnsureAsync(new EnvironmentRequest { Provisioner = "system" }.On(python.FullPath));

        Assert.Equal(theirs, seeing.OutsideStart!.Value.AsEnumerable());
        Assert.Equal("import own", Assert.Single(seeing.Start).Text);
        Assert.Empty(seeing.OutsidePaths);
        Assert.Equal(theirs, (await InspectAsync(world, standing)).OutsideStart!.Value.AsEnumerable());
        Assert.Null((await InspectAsync(world, await world.EnsureAsync(request))).OutsideStart);
        File.Delete(python.FullPath);
        var blind = await InspectAsync(world, standing);
        Assert.Empty(blind.OutsideStart!.Value);
        Assert.Contains($"{python.FullPath} does not exist", Assert.Single(blind.Unreadable), StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Python)]
    public async Task Commands_are_named_with_what_they_call()
    {
        using var folder = new FindLinksFolder();
        folder.Add(new WheelBuilder("demo", "1.0").Module("demo.py", "def main(): pass\n").ConsoleScript("greet", "demo:main").Data("scripts", "plain.sh", "#!/bin/sh\n")
            .EntryPoint("gui_scripts", "window", "demo:main").EntryPoint("other.group", "hidden", "demo:main"));
        using var world = new World();
        var found = await InspectAsync(world, await world.EnsureAsync(Ask.Folder(folder.FullPath, "demo")));
        Assert.Equal(
            [new InspectedCommand("greet", "demo", "demo:main"), new InspectedCommand("plain.sh", "demo", null), new InspectedCommand("window", "demo", "demo:main")],
            found.Commands.AsEnumerable());
        Assert.Empty(found.Start);
        Assert.Empty(found.SourceBuilds);
    }

    [RequiresFact(Capability.Python)]
    public async Task Source_builds_and_direct_urls_are_named()
    {
        await using var index = await LocalIndex.StartAsync();
        using var folder = new FindLinksFolder();
        var direct = folder.Add(new WheelBuilder("direct", "2.0").Module("direct.py", ""));
        index.Add(new WheelBuilder("helper", "3.0").Module("helper.py", ""));
        index.Add(new SdistBuilder("made", "1.0").Module("made.py", "X = 1\n").RequiresBuild("helper"));
        using var world = new World();
        var ready = await world.EnsureAsync(Ask.Index(index, "made", $"direct @ file://{direct}"));

        var found = await InspectAsync(world, ready);
        var build = Assert.Single(found.SourceBuilds);
        Assert.Equal(("made", "1.0", "made-1.0.tar.gz"), (build.Name, build.Version, build.File));
        Assert.Equal("helper-3.0", string.Join(' ', build.BuiltWith!.Value));
        Assert.StartsWith("direct file:", Assert.Single(found.DirectPackages) is var package ? $"{package.Name} {package.Url}" : string.Empty, StringComparison.Ordinal);

        TempFolder.DeleteTree(world.Layout.Wheels);
        Assert.Null(Assert.Single((await InspectAsync(world, ready)).SourceBuilds).BuiltWith);
    }

    [RequiresFact(Capability.Python)]
    public async Task Record_that_names_files_outside_is_named()
    {
        using var folder = new FindLinksFolder();
        var record = "demo.py,,\n../../../../../outside.txt,,\n/etc/passwd,,\n\"../../../../../with,comma\",,\n../../../bin/inside,,\ndemo-1.0.dist-info/METADATA,,\ndemo-1.0.dist-info/WHEEL,,\ndemo-1.0.dist-info/RECORD,,\n";
        folder.Add(new WheelBuilder("demo", "1.0").Module("demo.py", "").NoRecord().RawFile("demo-1.0.dist-info/RECORD", Encoding.UTF8.GetBytes(record)));
        using var world = new World();
        var found = await InspectAsync(world, await world.EnsureAsync(Ask.Folder(folder.FullPath, "demo")));
        Assert.Equal(
            "../../../../../outside.txt ../../../../../with,comma /etc/passwd",
            string.Join(' ', found.OutsideEntries.Select(entry => entry.Path).Order(StringComparer.Ordinal)));
    }

    [RequiresFact(Capability.Python)]
    public async Task Withdrawn_releases_are_named()
    {
        await using var index = await LocalIndex.StartAsync();
        index.Add(new WheelBuilder("demo", "1.0").Module("demo.py", ""), new LocalIndexFile { Yanked = true, YankedReason = "broken on Sundays" });
        using var world = new World();
        var found = await InspectAsync(world, await world.EnsureAsync(Ask.Index(index, "demo==1.0")));
        Assert.Contains("broken on Sundays", Assert.Single(found.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Path_with_a_nul_lies_outside()
    {
        var found = Scan("\0,,\n../../../bin/a\0b,,\n/bin/\0,,\n../../../bin/good,,\n"u8, "a\0b\nsub\n"u8);
        Assert.Equal(3, found.Distributions.Outside.Length);
        Assert.Equal("good", Assert.Single(found.Distributions.Commands).Name);
        Assert.Equal("a\0b", Assert.Single(found.Start.Paths).Path);
    }

    [Fact]
    public void Hostile_metadata_is_read_without_a_crash()
    {
        const int Rounds = 300;
        string[] pieces = ["\0", "\"", "\"\"", ",", "/bin/", "../", "..", "/", "\n", "\r", "[", "]", "[console_scripts]\n", "=", "#", ";", "import ", "\t", "a", "\ufeff", "\u00e9", "\ud7ff"];
        byte[] Text(Gen gen) => [.. gen.List(one => one.OneIn(12) ? one.Bytes(1, 1) : Encoding.UTF8.GetBytes(one.Pick(pieces)), 0, 40).SelectMany(bytes => bytes)];
        Property.Check(Rounds, gen => Assert.Empty(Scan(Text(gen), Text(gen), Text(gen)).Distributions.Unreadable));
    }

    private static (StartScan Start, DistributionScan Distributions) Scan(ReadOnlySpan<byte> record, ReadOnlySpan<byte> paths, ReadOnlySpan<byte> entryPoints = default)
    {
        using var folder = new TempFolder();
        var site = Directory.CreateDirectory(folder.Combine("lib/python3.11/site-packages")).FullName;
        Directory.CreateDirectory($"{site}/demo-1.0.dist-info");
        File.WriteAllBytes($"{site}/demo-1.0.dist-info/RECORD", record.ToArray());
        File.WriteAllBytes($"{site}/demo-1.0.dist-info/entry_points.txt", entryPoints.ToArray());
        File.WriteAllBytes($"{site}/demo.pth", paths.ToArray());
        var (start, distributions) = (new StartScan(), new DistributionScan());
        foreach (var found in SiteFolder.Of(folder.FullPath))
        {
            start.Add(found);
            distributions.Add(found);
        }

        return (start, distributions);
    }

    private static async Task<EnvironmentInspection> InspectAsync(World world, ReadyEnvironment ready)
    {
        var inspected = await new EnvironmentInspector(world.Host, world.Finder).InspectAsync(world.Stored(ready), world.Token);
        Assert.True(inspected.IsOk, inspected.ToString());
        return inspected.Value;
    }
}
