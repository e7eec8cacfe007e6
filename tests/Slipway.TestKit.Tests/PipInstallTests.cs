using System.Security.Cryptography;

namespace Slipway.TestKit.Tests;

public sealed class PipInstallTests : IAsyncLifetime, IDisposable
{
    private readonly TempStore _store = new();
    private readonly Pip _pip;
    private LocalIndex _index = null!;

    public PipInstallTests() => _pip = new Pip(_store);

    public async Task InitializeAsync() => _index = await LocalIndex.StartAsync();

    public async Task DisposeAsync() => await _index.DisposeAsync();

    public void Dispose() => _store.Dispose();

    [RequiresFact(Capability.Python)]
    public async Task Wheel_with_dependency_extra_data_and_command_installs_and_runs()
    {
        _index.Add(new WheelBuilder("Dep.One", "1.0").Module("dep_one.py", "VALUE = 40\n"));
        _index.Add(new WheelBuilder("dep-two", "2.0").Module("dep_two.py", "VALUE = 2\n"));
        _index.Add(new WheelBuilder("demo-pkg", "1.2.3")
            .Summary("A demo")
            .RequiresPython(">=3.8")
            .Requires("dep-one>=1; python_version>='3.8'", "absent; python_version<'3'")
            .Extra("more", "dep-two==2.0; python_version>='3.8'")
            .Module("demo_pkg/__init__.py", string.Empty)
            .Module("demo_pkg/cli.py", "import dep_one, dep_two\ndef main():\n    print(dep_one.VALUE + dep_two.VALUE)\n")
            .Data("data", "share/demo/note.txt", "hello\n")
            .Data("scripts", "plain-script", "#!python\nprint('plain')\n")
            .ConsoleScript("demo", "demo_pkg.cli:main")
            .EntryPoint("demo.plugins", "one", "demo_pkg.cli"));

        (await _pip.InstallAsync(_index.SimpleUrl, "demo_pkg[more]")).OrThrow();

        var environment = new Dictionary<string, string?>(_store.Environment, StringComparer.Ordinal) { ["PYTHONPATH"] = _pip.Target };
        var demo = await CommandRunner.RunAsync(Path.Combine(_pip.Target, "bin", "demo"), [], new CommandOptions { Environment = environment });
        Assert.Equal("42\n", demo.OrThrow().Stdout);
        var plain = await CommandRunner.RunAsync(Path.Combine(_pip.Target, "bin", "plain-script"), [], new CommandOptions { Environment = environment });
        Assert.Equal("plain\n", plain.OrThrow().Stdout);
        Assert.Equal("hello\n", await File.ReadAllTextAsync(Path.Combine(_pip.Target, "share", "demo", "note.txt")));
        Assert.Equal(0, _index.CountOf("/simple/absent/"));
    }

    [RequiresFact(Capability.Python)]
    public async Task Dry_run_report_holds_the_hash_and_the_metadata()
    {
        var wheel = new WheelBuilder("demo", "1.0").Summary("A demo").Requires("dep");
        _index.Add(wheel);
        _index.Add(new WheelBuilder("dep", "3"));

        var install = await _pip.ReportAsync(_index.SimpleUrl, "demo==1.0");

        Assert.Equal(2, install.GetArrayLength());
        var demo = install.EnumerateArray().Single(item => item.GetProperty("metadata").GetProperty("name").ValueEquals("demo"));
        var download = demo.GetProperty("download_info");
        Assert.Equal(_index.UrlOf(wheel).AbsoluteUri, download.GetProperty("url").GetString());
        Assert.Equal(
            Convert.ToHexStringLower(SHA256.HashData(wheel.Build())),
            download.GetProperty("archive_info").GetProperty("hashes").GetProperty("sha256").GetString());
        Assert.Equal("A demo", demo.GetProperty("metadata").GetProperty("summary").GetString());
    }

    // The pip of Python 3.12 and later knows core metadata by its name of PEP 714.
    [RequiresTheory(Python = "3.12")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Core_metadata_is_read_before_the_wheel_where_it_is_offered(bool json)
    {
        _index.OffersJson = json;
        _index.Add(new WheelBuilder("demo", "1.0").Requires("dep")).Add(new WheelBuilder("dep", "3"), new LocalIndexFile { CoreMetadata = false });

        await new Pip(_store, Pythons.TryFind(3, 12)).ReportAsync(_index.SimpleUrl, "demo");

        var paths = _index.Requests.Select(request => request.Path).ToList();
        Assert.InRange(paths.IndexOf("/files/demo/demo-1.0-py3-none-any.whl.metadata"), 0, paths.IndexOf("/simple/dep/"));
        Assert.DoesNotContain("/files/demo/demo-1.0-py3-none-any.whl", paths[..paths.IndexOf("/simple/dep/")], StringComparer.Ordinal);
        Assert.Contains("/files/dep/dep-3-py3-none-any.whl", paths, StringComparer.Ordinal);
        Assert.Equal(0, _index.CountOf("/files/dep/dep-3-py3-none-any.whl.metadata"));
    }

    [RequiresFact(Capability.Python)]
    public async Task Yanked_version_is_passed_over_and_its_reason_shown_when_pinned()
    {
        _index.Add(new WheelBuilder("demo", "1.0"));
        _index.Add(new WheelBuilder("demo", "2.0"), new LocalIndexFile { Yanked = true, YankedReason = "eats data" });

        var newest = (await _pip.InstallAsync(_index.SimpleUrl, "--dry-run", "demo")).OrThrow();
        var pinned = (await _pip.InstallAsync(_index.SimpleUrl, "--dry-run", "demo==2.0")).OrThrow();

        Assert.Contains("demo-1.0", newest.Stdout, StringComparison.Ordinal);
        Assert.Contains("eats data", pinned.Stderr, StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Python)]
    public async Task Requires_python_and_foreign_tags_are_passed_over()
    {
        _index.Add(new WheelBuilder("demo", "1.0"));
        _index.Add(new WheelBuilder("demo", "2.0").RequiresPython("<3"));
        _index.Add(new WheelBuilder("demo", "3.0").Tag("cp27-cp27m-win_amd64"));
        _index.Add(new WheelBuilder("demo", "0.9").Tag("py2.py3-none-any").BuildTag("1"));

        var install = await _pip.ReportAsync(_index.SimpleUrl, "demo");

        Assert.EndsWith("demo-1.0-py3-none-any.whl", install[0].GetProperty("download_info").GetProperty("url").GetString(), StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Python)]
    public async Task Quarantined_project_offers_no_files()
    {
        _index.Add(new WheelBuilder("demo", "1.0"));
        _index.SetStatus("demo", "quarantined", "the project is haunted");

        var result = await _pip.InstallAsync(_index.SimpleUrl, "demo");

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("No matching distribution found", result.Stderr, StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Python)]
    public async Task Local_version_survives_the_address()
    {
        _index.Add(new WheelBuilder("demo", "1.0+cu118").Module("demo.py", "VALUE = 1\n"));

        (await _pip.InstallAsync(_index.SimpleUrl, "demo==1.0+cu118")).OrThrow();

        Assert.True(File.Exists(Path.Combine(_pip.Target, "demo.py")));
    }

    [RequiresFact(Capability.Python)]
    public async Task Find_links_folder_serves_without_an_index()
    {
        using var folder = new FindLinksFolder();
        folder.Add(new WheelBuilder("demo", "1.0").Module("demo.py", "VALUE = 1\n"));
        folder.Add(new SdistBuilder("other", "1.0").Module("other.py", "VALUE = 2\n"));

        (await _pip.RunAsync("install", "--no-index", "--find-links", folder.FullPath, "--target", _pip.Target, "demo", "other")).OrThrow();

        Assert.True(File.Exists(Path.Combine(_pip.Target, "demo.py")));
        Assert.True(File.Exists(Path.Combine(_pip.Target, "other.py")));
    }

    [RequiresTheory(Capability.Python)]
    [InlineData("../../evil.py")]
    [InlineData("/evil.py")]
    public async Task Hostile_member_name_reaches_pip_and_is_refused(string path)
    {
        _index.Add(new WheelBuilder("demo", "1.0").RawFile(path, [1, 2, 3]));

        var result = await _pip.InstallAsync(_index.SimpleUrl, "demo");

        Assert.False(File.Exists(Path.Combine(_store.Root, "evil.py")));
        Assert.False(File.Exists("/evil.py"));
        Assert.True(result.ExitCode != 0 || path.StartsWith('/'), result.ToString());
    }
}
