namespace Slipway.TestKit.Tests;

public sealed class PipSdistTests : IAsyncLifetime, IDisposable
{
    private readonly TempStore _store = new();
    private readonly Pip _pip;
    private LocalIndex _index = null!;

    public PipSdistTests() => _pip = new Pip(_store);

    public async Task InitializeAsync() => _index = await LocalIndex.StartAsync();

    public async Task DisposeAsync() => await _index.DisposeAsync();

    public void Dispose() => _store.Dispose();

    [RequiresFact(Capability.Python)]
    public async Task Sdist_builds_in_isolation_and_installs_with_its_dependencies()
    {
        _index.Add(new WheelBuilder("dep", "1.0").Module("dep.py", "VALUE = 40\n"));
        _index.Add(new SdistBuilder("Demo.Sdist", "2.0")
            .Summary("\"quoted\" \\ ünï😀")
            .RequiresPython(">=3.6")
            .Requires("dep")
            .Extra("more", "absent")
            .Module("demo_sdist/__init__.py", "import dep\ndef main():\n    print(dep.VALUE + 2)\n")
            .ConsoleScript("demo-sdist", "demo_sdist:main"));

        (await _pip.InstallAsync(_index.SimpleUrl, "demo-sdist")).OrThrow();

        var environment = new Dictionary<string, string?>(_store.Environment, StringComparer.Ordinal) { ["PYTHONPATH"] = _pip.Target };
        var demo = await CommandRunner.RunAsync(Path.Combine(_pip.Target, "bin", "demo-sdist"), [], new CommandOptions { Environment = environment });
        Assert.Equal("42\n", demo.OrThrow().Stdout);
    }

    [RequiresFact(Capability.Python)]
    public async Task Built_wheel_is_the_same_each_time()
    {
        var sdist = new SdistBuilder("demo", "1.0").Module("demo/__init__.py", "A = 1\n").Module("demo/b.py", "B = 1\n");
        using var folder = new FindLinksFolder();
        var path = folder.Add(sdist);

        (await _pip.RunAsync("wheel", "--no-index", "--wheel-dir", Path.Combine(_store.Root, "one"), path)).OrThrow();
        (await _pip.RunAsync("wheel", "--no-index", "--wheel-dir", Path.Combine(_store.Root, "two"), path)).OrThrow();

        var one = await File.ReadAllBytesAsync(Path.Combine(_store.Root, "one", "demo-1.0-py3-none-any.whl"));
        Assert.Equal(one, await File.ReadAllBytesAsync(Path.Combine(_store.Root, "two", "demo-1.0-py3-none-any.whl")));
    }

    [RequiresFact(Capability.Python)]
    public async Task Failing_build_shows_its_message_and_still_gives_metadata()
    {
        _index.Add(new SdistBuilder("demo", "1.0").BuildFails("no \"compiler\" here\nsecond line"));

        var report = await _pip.ReportAsync(_index.SimpleUrl, "demo");
        var result = await _pip.InstallAsync(_index.SimpleUrl, "demo");

        Assert.Equal("1.0", report[0].GetProperty("metadata").GetProperty("version").GetString());
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("no \"compiler\" here", result.Stdout + result.Stderr, StringComparison.Ordinal);
        Assert.Contains("second line", result.Stdout + result.Stderr, StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Python)]
    public async Task Failing_metadata_shows_its_message()
    {
        _index.Add(new SdistBuilder("demo", "1.0").MetadataFails("metadata is broken"));

        var result = await _pip.InstallAsync(_index.SimpleUrl, "--dry-run", "demo");

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("metadata is broken", result.Stdout + result.Stderr, StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Python)]
    public async Task Build_requirement_is_fetched_first()
    {
        _index.Add(new SdistBuilder("demo", "1.0").RequiresBuild("absent-build-tool>=1"));

        var result = await _pip.InstallAsync(_index.SimpleUrl, "demo");

        Assert.NotEqual(0, result.ExitCode);
        Assert.Equal(1, _index.CountOf("/simple/absent-build-tool/"));
    }

    [RequiresFact(Capability.Python)]
    public async Task Hanging_build_announces_itself_and_dies_with_the_tree()
    {
        var fifo = Path.Combine(_store.Root, "hangs");
        (await CommandRunner.RunAsync("mkfifo", [fifo])).OrThrow();
        using var folder = new FindLinksFolder();
        var path = folder.Add(new SdistBuilder("demo", "1.0").BuildHangs(fifo));
        await using var pip = CommandRunner.Start(
            Pythons.Default.FullPath,
            ["-m", "pip", "--isolated", "wheel", "--no-index", "--wheel-dir", _store.Root, path],
            new CommandOptions { Environment = _store.Environment });

        var announced = await File.ReadAllTextAsync(fifo).WaitAsync(TimeSpan.FromSeconds(60));
        var backend = int.Parse(announced.AsSpan().Trim());
        Assert.True(LiveProcesses.IsAlive(backend));
        pip.KillTree();

        await pip.WaitAsync();
        await LiveProcesses.WaitForEndAsync(backend, TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void Sdist_is_the_same_each_time()
    {
        static SdistBuilder Make() => new SdistBuilder("demo", "1.0").Module("demo/__init__.py", "A = 1\n").Requires("dep");

        Assert.Equal(Make().Build(), Make().Build());
        Assert.Equal("demo-1.0.tar.gz", Make().FileName);
    }
}
