using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Slipway.Core.Failures;
using Slipway.Environments.Requests;
using Slipway.Environments.Tests.Support;
using Slipway.TestKit;

namespace Slipway.Environments.Tests.Pip;

/// <summary>Everything that goes wrong is one coded sentence, and leaves nothing half-made.</summary>
public sealed class BadInputTests : IAsyncLifetime, IDisposable
{
    private readonly World _world = new();
    private LocalIndex _index = null!;

    public async Task InitializeAsync()
    {
        _index = await LocalIndex.StartAsync();
        _index.Add(new WheelBuilder("good", "1.0").Module("good.py", string.Empty));
        _index.Add(new WheelBuilder("dep", "1.0")).Add(new WheelBuilder("dep", "2.0"));
        _index.Add(new WheelBuilder("needs-one", "1.0").Requires("dep==1.0")).Add(new WheelBuilder("needs-two", "1.0").Requires("dep==2.0"));
    }

    public async Task DisposeAsync() => await _index.DisposeAsync();

    public void Dispose() => _world.Dispose();

    [RequiresFact(Capability.Python)]
    public async Task Unknown_names_versions_and_conflicts_are_named()
    {
        await FailsAsync(["no-such-thing"], EnvironmentFailures.Unsatisfiable, ExitCode.BadData, "nothing satisfies no-such-thing: no source has any version of it");
        await FailsAsync(["good>=9"], EnvironmentFailures.Unsatisfiable, ExitCode.BadData, "nothing satisfies good>=9: the source has 1.0");
        await FailsAsync(
            ["needs-one", "needs-two"], EnvironmentFailures.Conflict, ExitCode.BadData, "needs-one 1.0 depends on dep==1.0; needs-two 1.0 depends on dep==2.0");
        await FailsAsync(["dep==1.0", "dep==2.0"], EnvironmentFailures.Conflict, ExitCode.BadData, "the request is dep==1; the request is dep==2");
    }

    [RequiresFact(Capability.Python)]
    public async Task Index_that_nobody_serves_fails_fast()
    {
        var watch = Stopwatch.StartNew();

        var failure = await _world.FailAsync(Ask.Url($"http://127.0.0.1:{FreePort()}/simple/", "good"), EnvironmentFailures.IndexUnavailable);

        Check(failure, ExitCode.Unavailable, "does not answer for good: Connection refused");
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(25), $"It took {watch.Elapsed}.");
    }

    [RequiresFact(Capability.Python)]
    public async Task Index_that_answers_errors_is_not_taken_for_an_index_without_packages()
    {
        foreach (var python in new[] { Pythons.TryFind(3, 9), Pythons.TryFind(3, 11), Pythons.TryFind(3, 13) }.OfType<PythonInterpreter>())
        {
            _index.Break(status: 500);
            await FailsAsync(["good"], EnvironmentFailures.IndexUnavailable, ExitCode.Unavailable, "/simple/ answers 500 for good", python);
            _index.Heal();
            _index.RequireBasicAuth("alice", "s3cret");
            await FailsAsync(["good"], EnvironmentFailures.IndexUnauthorized, ExitCode.Unavailable, "/simple/ answers 401 for good: it wants credentials", python);
            _index.AllowAnonymous();
        }

        _index.Break("/files/", status: 503);
        await FailsAsync(["dep"], EnvironmentFailures.IndexUnavailable, ExitCode.Unavailable, "answers 503");
        _index.Heal();
        _index.ServeErrorPage("/simple/");
        await FailsAsync(["good"], EnvironmentFailures.IndexUnavailable, ExitCode.Unavailable, "answers for good with a web page that lists no files");
    }

    [RequiresFact(Capability.Python)]
    public async Task Bytes_that_are_not_those_of_the_hash_are_refused()
    {
        _index.StateWrongHash("dep-2.0-py3-none-any.whl");
        await FailsAsync(["dep==2.0"], EnvironmentFailures.HashMismatch, ExitCode.BadData, "has the SHA-256");

        var demanded = new RequestedPackage(Ask.Packages(["good==1.0"])[0].Requirement, [$"sha256:{new string('1', 64)}"]);
        var failure = await _world.FailAsync(Ask.Index(_index) with { Requirements = [demanded] }, EnvironmentFailures.HashMismatch);
        Check(failure, ExitCode.BadData, $"and {new string('1', 64)} is expected");

        // Others need hashes then too, and the failure says which.
        var hash = Convert.ToHexStringLower(SHA256.HashData(new WheelBuilder("needs-one", "1.0").Requires("dep==1.0").Build()));
        var half = new RequestedPackage(Ask.Packages(["needs-one==1.0"])[0].Requirement, [$"sha256:{hash}"]);
        failure = await _world.FailAsync(Ask.Index(_index) with { Requirements = [half] }, EnvironmentFailures.HashesIncomplete);
        Check(failure, ExitCode.BadData, "dep==1.0");
    }

    [RequiresFact(Capability.Python)]
    public async Task Download_that_breaks_off_is_refused()
    {
        _index.CutOff("/files/good/good-1.0-py3-none-any.whl");
        var result = await _world.Service.EnsureAsync(Ask.Index(_index, "good"), World.Script, new EnsureOptions(), _world.Progress, _world.Token);

        // Older pips do not count bytes, and see a wrong hash; others say that the connection broke.
        Assert.Contains(result.Failure.Code.Id, new[] { "ENV0204", "ENV0205" }, StringComparer.Ordinal);
        Check(result.Failure, result.Failure.Code.Exit, "failed: ");
    }

    [RequiresFact(Capability.Python)]
    public async Task Files_for_other_platforms_and_pythons_are_named()
    {
        var windows = new WheelBuilder("win-only", "1.0").Tag("cp311-cp311-win_amd64");
        _index.Add(windows);
        _index.Add(new WheelBuilder("future", "1.0").RequiresPython(">=3.99"));
        _index.Add(new WheelBuilder("future-quiet", "1.0").RequiresPython(">=3.99"), new LocalIndexFile { RequiresPython = false });

        await FailsAsync(["win-only"], EnvironmentFailures.WrongPlatform, ExitCode.BadData, "no file of win-only fits this platform and Python");
        await FailsAsync([$"win-only @ {_index.UrlOf(windows)}"], EnvironmentFailures.WrongPlatform, ExitCode.BadData, "win_only-1.0-cp311-cp311-win_amd64.whl is not for this platform");
        await FailsAsync(["future"], EnvironmentFailures.Unsatisfiable, ExitCode.BadData, "no version of future is for this Python: 1.0 Requires-Python >=3.99");
        await FailsAsync(["future-quiet"], EnvironmentFailures.Unsatisfiable, ExitCode.BadData, "needs Python >=3.99, and this is");
    }

    [RequiresFact(Capability.Python)]
    public async Task Sdists_that_do_not_build_say_why_in_their_own_words()
    {
        _index.Add(new SdistBuilder("bad-build", "1.0").BuildFails("error: the flux capacitor is missing"));
        _index.Add(new SdistBuilder("bad-meta", "1.0").MetadataFails("error: no metadata for you"));
        _index.Add(new SdistBuilder("bad-needs", "1.0").RequiresBuild("no-such-builder>=3"));
        _index.Add(new SdistBuilder("bad-code", "1.0").BuildFails(
            "gcc -c src/fast.c\nsrc/fast.c:3:10: fatal error: ffi.h: No such file or directory\ncompilation terminated.\nsrc/slow.c:1:1: error: later\nerror: command '/usr/bin/gcc' failed with exit code 1"));

        await FailsAsync(["bad-build"], EnvironmentFailures.BuildFailed, ExitCode.BadData, "bad-build does not build: error: the flux capacitor is missing");
        await FailsAsync(["bad-meta"], EnvironmentFailures.BuildFailed, ExitCode.BadData, "does not build: error: no metadata for you");
        await FailsAsync(["bad-needs"], EnvironmentFailures.BuildFailed, ExitCode.BadData, "its build requirement no-such-builder>=3 is in no source");
        await FailsAsync(["bad-code"], EnvironmentFailures.BuildFailed, ExitCode.BadData, "bad-code does not build: src/fast.c:3:10: fatal error: ffi.h: No such file or directory.");
    }

    [RequiresFact(Capability.Python)]
    public async Task Hostile_and_damaged_wheels_are_refused_and_write_nothing_outside()
    {
        _index.Add(new WheelBuilder("evil", "1.0").RawFile("../../../../../slipway-evil.txt", [1]));
        _index.Add(new WheelBuilder("torn", "1.0"), new LocalIndexFile { Content = [1, 2, 3], CoreMetadata = false });

        await FailsAsync(["evil"], EnvironmentFailures.InvalidArtifact, ExitCode.BadData, "would be written outside the environment");
        await FailsAsync(["torn"], EnvironmentFailures.InvalidArtifact, ExitCode.BadData, "torn");
        Assert.Empty(Directory.GetFiles(_world.Store.Root, "slipway-evil.txt", SearchOption.AllDirectories));
    }

    [RequiresFact(Capability.Python)]
    public async Task Metadata_of_another_name_or_version_is_refused_in_every_path()
    {
        byte[] other = new WheelBuilder("good", "7.0").Build();
        _index.Add(new WheelBuilder("liar", "2.0"), new LocalIndexFile { Content = other, CoreMetadata = false });
        _index.Add(new WheelBuilder("half-liar", "2.0"), new LocalIndexFile { Content = new WheelBuilder("half-liar", "7.0").Build() });
        _index.Add(new SdistBuilder("source-liar", "2.0"), new LocalIndexFile { Content = new SdistBuilder("source-liar", "7.0").Build() });

        await FailsAsync(["liar"], EnvironmentFailures.InvalidArtifact, ExitCode.BadData, "liar");
        await FailsAsync([$"liar @ {_index.UrlOf(new WheelBuilder("liar", "2.0"))}"], EnvironmentFailures.InvalidArtifact, ExitCode.BadData, "liar");
        var failure = await _world.FailAsync(Ask.Index(_index, "half-liar"), EnvironmentFailures.InvalidArtifact);
        Assert.Contains("half_liar-2.0-py3-none-any.whl has inconsistent metadata: it says that it is half-liar 7.0", failure.Message, StringComparison.Ordinal);
        await FailsAsync(["source-liar"], EnvironmentFailures.InvalidArtifact, ExitCode.BadData, "source_liar-2.0.tar.gz has inconsistent version: expected '2.0', but metadata has '7.0'.");
    }

    [RequiresFact(Capability.Python)]
    public async Task Variables_that_choose_an_index_are_ignored_and_the_failure_says_so()
    {
        const string Secret = "pl4nted-s3cret";
        using var store = new TempStore();
        Directory.CreateDirectory(Path.Combine(store.Home, ".config", "pip"));
        await File.WriteAllTextAsync(
            Path.Combine(store.Home, ".config", "pip", "pip.conf"), $"[global]\nindex-url = http://u:{Secret}@127.0.0.1:1/simple\nextra-index-url = {_index.SimpleUrl}\n");
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PIP_INDEX_URL"] = $"http://user:{Secret}@127.0.0.1:1/simple",
            ["PIP_EXTRA_INDEX_URL"] = _index.SimpleUrl.AbsoluteUri,
        };
        using var world = new World(variables, store: store);
        using var empty = new FindLinksFolder();

        var failure = await world.FailAsync(Ask.Folder(empty.FullPath, "good"), EnvironmentFailures.Unsatisfiable);
        await world.EnsureAsync(Ask.Index(_index, "good"));

        Assert.StartsWith(
            "Check the name and the version against the index. PIP_EXTRA_INDEX_URL is set and ignored; use --index-url. PIP_INDEX_URL is set and ignored; use --index-url.",
            failure.Hint, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, $"{failure}{failure.Detail}{failure.Hint}", StringComparison.Ordinal);
        foreach (var file in Directory.EnumerateFiles(world.Layout.Home, "*", SearchOption.AllDirectories).Where(file => new FileInfo(file).LinkTarget is null))
        {
            Assert.True((await File.ReadAllBytesAsync(file)).AsSpan().IndexOf("pl4nted-s3cret"u8) < 0, file);
        }
    }

    [RequiresFact(Capability.Python, Capability.Mount)]
    public async Task Full_disk_is_said_as_such()
    {
        // A file system of its own, so that it can be full: pip keeps its scratch files there.
        using var small = new TempFolder();
        Assert.Equal(0, (await CommandRunner.RunAsync("mount", ["-t", "tmpfs", "-o", "size=128k", "none", small.FullPath])).ExitCode);
        try
        {
            using var world = new World(new Dictionary<string, string>(StringComparer.Ordinal) { ["TMPDIR"] = small.FullPath });
            _index.Add(new WheelBuilder("big", "1.0").RawFile("big.bin", RandomNumberGenerator.GetBytes(1024 * 1024)), new LocalIndexFile { CoreMetadata = false });

            var failure = await world.FailAsync(Ask.Index(_index, "big"), Machines.MachinesFailures.DiskFull);

            Assert.Equal(ExitCode.StoreNotWritable, failure.Code.Exit);
            Assert.Contains("no space is left", failure.Message, StringComparison.Ordinal);
            world.AssertNothingHalfMade();
        }
        finally
        {
            await CommandRunner.RunAsync("umount", ["-l", small.FullPath]);
        }
    }

    [RequiresFact(Capability.Python)]
    public async Task Cancelled_build_leaves_nothing()
    {
        using var started = new TempFolder();
        var fifo = started.Combine("fifo");
        await CommandRunner.RunAsync("mkfifo", [fifo]);
        _index.Add(new SdistBuilder("slow", "1.0").BuildHangs(fifo));
        using var stop = new CancellationTokenSource();

        var work = _world.Service.EnsureAsync(Ask.Index(_index, "slow"), World.Script, new EnsureOptions(), _world.Progress, stop.Token);
        var pid = int.Parse((await File.ReadAllTextAsync(fifo, _world.Token)).Trim());
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => work);
        Assert.False(Directory.Exists($"/proc/{pid}") && !await IsZombieAsync(pid), "The build still runs.");
        Assert.Empty(Directory.GetDirectories(_world.Layout.Environments));
    }

    private static async Task<bool> IsZombieAsync(int pid) =>
        (await File.ReadAllTextAsync($"/proc/{pid}/status")).Contains("State:\tZ", StringComparison.Ordinal);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task FailsAsync(string[] requirements, FailureCode code, ExitCode exit, string words, PythonInterpreter? python = null)
    {
        var request = Ask.Index(_index, requirements);
        Check(await _world.FailAsync(python is null ? request : request.On(python.FullPath), code), exit, words);
    }

    private void Check(Failure failure, ExitCode exit, string words)
    {
        Assert.Equal(exit, failure.Code.Exit);
        Assert.True(failure.Message.Contains(words, StringComparison.Ordinal), $"{failure.Message}\n{failure.Detail}");
        Assert.DoesNotContain('\n', failure.Message);
        Assert.DoesNotContain("exit code", failure.Message, StringComparison.Ordinal);
        Assert.True((failure.Detail ?? string.Empty).Split('\n').Length <= 8, failure.Detail);
        Assert.DoesNotContain("(from -r", failure.Message + failure.Detail, StringComparison.Ordinal);
        var log = failure.Hint![(failure.Hint!.IndexOf("The whole log: ", StringComparison.Ordinal) + "The whole log: ".Length)..];
        Assert.True(File.Exists(log), failure.Hint);
        _world.AssertNothingHalfMade();
    }
}
