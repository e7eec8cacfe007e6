using Slipway.Environments.Tests.Support;
using Slipway.Store.Verification;
using Slipway.TestKit;

namespace Slipway.Environments.Tests.Pip;

/// <summary>Resolving and building with real pip, on every Python that the machine has.</summary>
public sealed class BuildTests
{
    private static readonly WheelBuilder Demo = new WheelBuilder("Demo.Pkg", "1.2.3")
        .Requires("dep-a>=1", "only-old; python_version < '3.0'", "only-new; python_version >= '3.9'")
        .Extra("more", "from-sdist==2.0")
        .Module("demo_pkg/__init__.py", "import sys\ndef main():\n    print('demo says', *sys.argv[1:])\n")
        .ConsoleScript("demo", "demo_pkg:main")
        .Data("data", "share/demo/table.txt", "rows");

    public static TheoryData<string> Interpreters()
    {
        var found = new TheoryData<string>();
        foreach (var minor in (int[])[9, 11, 12, 13])
        {
            if (Pythons.TryFind(3, minor) is { } python)
            {
                found.Add(python.FullPath);
            }
        }

        if (File.Exists("/usr/bin/python3"))
        {
            found.Add("/usr/bin/python3");
        }

        return found;
    }

    [RequiresTheory(Capability.Python)]
    [MemberData(nameof(Interpreters))]
    public async Task Chain_of_wheels_and_an_sdist_becomes_an_environment_that_works(string python)
    {
        await using var index = await DemoIndexAsync();
        using var world = new World();

        var ready = await world.EnsureAsync(Ask.Index(index, "demo.pkg[more]").On(python));

        Assert.True(ready.Built);
        Assert.Equal(
            "demo-pkg 1.2.3, dep-a 1.0, from-sdist 2.0, only-new 1.0",
            string.Join(", ", ready.Plan.Lock!.Files.Select(file => $"{file.Name} {file.Version}")));
        var script = await CommandRunner.RunAsync($"{ready.Root}/bin/demo", ["a b"], cancellation: world.Token);
        Assert.Equal("demo says a b\n", script.Stdout);
        Assert.Equal("rows", await File.ReadAllTextAsync($"{ready.Root}/share/demo/table.txt"));
        var facts = await world.PythonAsync(ready, "import demo_pkg, dep_a, from_sdist, only_new, sys; print(sys.prefix, sys.version_info[1])");
        var minor = ready.Plan.Interpreter!.Version.Split('.')[1];
        Assert.Equal($"{ready.Root} {minor}", facts);
        Assert.Equal(ready.Root, ready.Activation.Set["VIRTUAL_ENV"]);
        AssertIntact(world, ready);
        AssertUncheckedHashes(ready);
        await AssertStubAsync(world, ready);
    }

    [RequiresFact(Capability.Python)]
    public async Task Same_set_from_two_stores_and_in_another_order_has_the_same_digest_and_key()
    {
        await using var index = await DemoIndexAsync();
        using var one = new World();
        using var two = new World();

        var first = await one.EnsureAsync(Ask.Index(index, "dep-a", "only-new"));
        var second = await two.EnsureAsync(Ask.Index(index, "only_new>=1", "dep.a"));

        Assert.Equal(first.Plan.Lock!.Digest, second.Plan.Lock!.Digest);
        Assert.Equal(first.Plan.Reference.EnvironmentKey, second.Plan.Reference.EnvironmentKey);
        Assert.Equal(first.Slot, second.Slot);
        Assert.Equal(
            Ask.Index(index, "dep-a", "only-new").ToFields("p").Digest(), Ask.Index(index, "only.new", "Dep_A").ToFields("p").Digest());
    }

    [RequiresFact(Capability.Python)]
    public async Task Requested_pip_is_really_installed()
    {
        using var folder = new FindLinksFolder();
        folder.Add(new WheelBuilder("pip", "99.0").Module("pip/__init__.py", "def main():\n    print('the real one')\n").ConsoleScript("pip", "pip:main"));
        using var world = new World();

        var ready = await world.EnsureAsync(Ask.Folder(folder.FullPath, "pip"));

        var run = await CommandRunner.RunAsync($"{ready.Root}/bin/pip", [], cancellation: world.Token);
        Assert.Equal("the real one\n", run.Stdout);
    }

    [RequiresFact(Capability.Python)]
    public async Task Direct_url_with_and_without_a_hash_is_installed_from_there()
    {
        await using var index = await DemoIndexAsync();
        var wheel = new WheelBuilder("dep-a", "1.0").Module("dep_a.py", "V = 1\n");
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(wheel.Build()));
        using var world = new World();

        var plain = await world.EnsureAsync(Ask.Index(index, $"dep-a @ {index.UrlOf(wheel)}"));
        var hashed = await world.EnsureAsync(Ask.Index(index, $"dep-a @ {index.UrlOf(wheel)}#sha256={hash}"));

        Assert.True(plain.Plan.Lock!.Files[0].IsDirect);
        Assert.Equal(hash, plain.Plan.Lock.Files[0].Hash.Hex);
        Assert.Equal(plain.Slot, hashed.Slot);
        Assert.False(hashed.Built);
        Assert.Contains("archive", plain.Plan.Lock.ToText(), StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Python)]
    public async Task Yanked_file_is_said_the_first_time_and_every_time()
    {
        await using var index = await LocalIndex.StartAsync();
        index.Add(new WheelBuilder("gone", "1.0").Module("gone.py", string.Empty), new LocalIndexFile { Yanked = true, YankedReason = "broken" });
        using var world = new World();
        var request = Ask.Index(index, "gone==1.0");

        var first = await world.EnsureAsync(request);
        var second = await world.EnsureAsync(request);

        Assert.Equal("gone 1.0 was withdrawn (yanked) by its publisher: broken", Assert.Single(first.Plan.Warnings));
        Assert.Equal(first.Plan.Warnings.ToArray(), second.Plan.Warnings.ToArray());
        Assert.Equal(first.Plan.Warnings.ToArray(), world.Stored(first).Meta.Warnings.ToArray());
    }

    [RequiresFact(Capability.Python)]
    public async Task Index_without_hashes_still_gives_a_lock_with_hashes()
    {
        foreach (var python in new[] { Pythons.TryFind(3, 9), Pythons.TryFind(3, 13) }.OfType<PythonInterpreter>())
        {
            await using var index = await LocalIndex.StartAsync();
            var wheel = new WheelBuilder("bare", "1.0").Module("bare.py", string.Empty);
            index.Add(wheel, new LocalIndexFile { Hash = false });
            using var world = new World();

            var ready = await world.EnsureAsync(Ask.Index(index, "bare").On(python.FullPath));

            Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(wheel.Build())), ready.Plan.Lock!.Files[0].Hash.Hex);
        }
    }

    [RequiresFact(Capability.Python)]
    public async Task Request_without_packages_needs_no_pip_run()
    {
        using var world = new World();

        var ready = await world.EnsureAsync(Ask.Url("http://127.0.0.1:1/simple/"));

        Assert.Equal("no packages", ready.Plan.Lock!.Describe());
        Assert.Equal("ok", await world.PythonAsync(ready, "print('ok')"));
        AssertIntact(world, ready);
    }

    [RequiresFact(Capability.Python)]
    public async Task Build_requirements_of_an_sdist_are_recorded_beside_its_wheel()
    {
        await using var index = await LocalIndex.StartAsync();
        index.Add(new WheelBuilder("buildhelp", "4.2").Module("buildhelp.py", string.Empty));
        index.Add(new SdistBuilder("made", "1.0").Module("made.py", string.Empty).RequiresBuild("buildhelp>=4"));
        using var world = new World();

        var ready = await world.EnsureAsync(Ask.Index(index, "made"));

        var record = Assert.Single(Directory.GetFiles(world.Layout.WheelsOf(ready.Plan.Lock!.Files[0].Hash), "built-with.txt", SearchOption.AllDirectories));
        Assert.Equal("buildhelp-4.2\n", await File.ReadAllTextAsync(record));
    }

    [RequiresFact(Capability.Python, Capability.OtherUser)]
    public async Task Environment_cannot_be_changed_by_a_user_without_privileges()
    {
        using var folder = new FindLinksFolder();
        folder.Add(new WheelBuilder("plain", "1.0").Module("plain.py", "import os\n"));
        using var world = new World();
        var ready = await world.EnsureAsync(Ask.Folder(folder.FullPath, "plain").On("/usr/bin/python3"));
        Open(world);

        var write = await AsAnotherUser.RunAsync("/bin/sh", ["-c", $"echo x > {ready.Root}/new || echo refused"], cancellation: world.Token);
        var import = await AsAnotherUser.RunAsync(ready.Python, ["-c", "import plain, sys; print(plain.os.getuid())"], cancellation: world.Token);

        Assert.Equal("refused\n", write.Stdout);
        Assert.Equal($"{AsAnotherUser.Uid}\n", import.Stdout);
        AssertIntact(world, ready);
    }

    [RequiresFact(Capability.Python)]
    public async Task Progress_tells_packages_and_files_and_no_path_of_ours()
    {
        await using var index = await DemoIndexAsync();
        using var world = new World();

        await world.EnsureAsync(Ask.Index(index, "demo-pkg[more]"));

        Assert.Single(world.Progress.Stages, "Resolving demo-pkg");
        Assert.Contains(world.Progress.Stages, stage => stage.StartsWith("Installing 4 packages", StringComparison.Ordinal));
        Assert.Contains(world.Progress.Details, detail => detail.StartsWith("Collecting demo", StringComparison.Ordinal));
        Assert.DoesNotContain(world.Progress.Details, detail => detail.Contains(world.Store.Root, StringComparison.Ordinal) || detail.Contains("(from", StringComparison.Ordinal));
        Assert.All(world.Progress.Details, detail => Assert.DoesNotContain("://", detail, StringComparison.Ordinal));
    }

    private static async Task<LocalIndex> DemoIndexAsync()
    {
        var index = await LocalIndex.StartAsync();
        return index.Add(Demo)
            .Add(new WheelBuilder("dep-a", "1.0").Module("dep_a.py", "V = 1\n"))
            .Add(new WheelBuilder("only-new", "1.0").Module("only_new.py", string.Empty))
            .Add(new SdistBuilder("from-sdist", "2.0").Module("from_sdist.py", "V = 2\n"));
    }

    // A store is private; only for these tests others may walk through it.
    private static void Open(World world)
    {
        for (var path = world.Layout.Environments; path.StartsWith(world.Store.Root, StringComparison.Ordinal); path = Path.GetDirectoryName(path)!)
        {
            File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.OtherExecute);
        }
    }

    private static void AssertIntact(World world, ReadyEnvironment ready)
    {
        var report = new SlotVerifier(world.Layout).Verify(ready.Slot, world.Token);
        Assert.True(report.IsOk && report.Value.IsIntact, report.IsOk ? string.Join('\n', report.Value.Differences) : report.ToString());
    }

    private static void AssertUncheckedHashes(ReadyEnvironment ready)
    {
        var compiled = Directory.GetFiles($"{ready.Root}/lib", "demo_pkg*.pyc", SearchOption.AllDirectories)
            .Concat(Directory.GetFiles($"{ready.Root}/lib", "__init__.*.pyc", SearchOption.AllDirectories)).ToList();
        Assert.NotEmpty(compiled);

        // PEP 552: the flags follow the magic number; 1 is hash-based and unchecked.
        Assert.All(compiled, file => Assert.Equal("01000000", Convert.ToHexString(File.ReadAllBytes(file).AsSpan(4, 4))));
    }

    private static async Task AssertStubAsync(World world, ReadyEnvironment ready)
    {
        foreach (var name in (string[])["pip", "pip3"])
        {
            var stub = await CommandRunner.RunAsync($"{ready.Root}/bin/{name}", ["install", "x"], cancellation: world.Token);
            Assert.Equal(77, stub.ExitCode);
            Assert.Contains("immutable", stub.Stderr, StringComparison.Ordinal);
            Assert.Contains("--with", stub.Stderr, StringComparison.Ordinal);
        }

        Assert.Empty(Directory.GetDirectories($"{ready.Root}/lib", "pip", SearchOption.AllDirectories));
    }
}
