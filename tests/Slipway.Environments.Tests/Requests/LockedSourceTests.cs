using System.Security.Cryptography;
using Slipway.Core.Decisions;
using Slipway.Core.Locks;
using Slipway.Environments.Requests;
using Slipway.Environments.Tests.Support;
using Slipway.TestKit;

namespace Slipway.Environments.Tests.Requests;

/// <summary>Directories and repositories of a lock: built from what the lock names, from nowhere else, and an edit is noticed.</summary>
public sealed class LockedSourceTests : IAsyncLifetime, IDisposable
{
    private readonly World _world = new();
    private readonly TempFolder _folder = new();
    private LocalIndex _index = null!;

    public async Task InitializeAsync() => _index = await LocalIndex.StartAsync();

    public async Task DisposeAsync() => await _index.DisposeAsync();

    public void Dispose()
    {
        _folder.Dispose();
        _world.Dispose();
    }

    [RequiresFact(Capability.Python)]
    public async Task Directories_and_repositories_of_a_lock_are_installed_beside_its_files()
    {
        var (tree, repository, commit) = await SourcesAsync();
        var lib = new WheelBuilder("lib", "1.0").Module("lib.py", "V = 'lib'\n");
        _index.Add(lib);
        var text = $"""
            {Directory("local-one", "libs/local_one-1.0", "1.0")}
            {Repository("in-git", $"url = 'file://{repository}', requested-revision = 'main'", commit)}
            [[packages]]
            name = "lib"
            version = "1.0"
            wheels = [{"{"} url = "{_index.UrlOf(lib)}", hashes = {"{"} sha256 = "{Convert.ToHexStringLower(SHA256.HashData(lib.Build()))}" {"}"} {"}"}]
            """;
        var request = Ask.Index(_index, "local-one", "lib", $"in-git @ git+file://{repository}@main") with { Lock = Lock(text) };

        var ready = await _world.EnsureAsync(request);
        var processes = _world.Machine.Processes.Count;
        var again = await _world.EnsureAsync(request);

        Assert.Equal("1 2 lib", await _world.PythonAsync(ready, "import local_one, in_git, lib; print(local_one.V, in_git.V, lib.V)"));
        Assert.Equal((ready.Slot, DecisionReason.Published, processes), (again.Slot, again.Plan.Decision.Reason, _world.Machine.Processes.Count));
        Assert.Equal((commit, tree), (ready.Plan.Lock!.Files[0].Repository!.CommitId, ready.Plan.Lock.Files[2].Tree));
        Assert.Empty(ready.Plan.Warnings);
        Assert.True(request.HasLocalSources);

        await File.WriteAllTextAsync(Path.Combine(tree, "src", "local_one.py"), "V = 3\n");
        var edited = await _world.EnsureAsync(request);
        Assert.Equal("3 2", await _world.PythonAsync(edited, "import local_one, in_git; print(local_one.V, in_git.V)"));
        var other = await _world.FailAsync(request with { Requirements = Ask.Packages([$"in-git @ git+file://{repository}@other"]) }, EnvironmentFailures.StaleLock);
        Assert.Equal($"{_folder.Combine("pylock.toml")} has in-git at {commit} of file://{repository}, and in-git @ git+file://{repository}@other is asked for.", other.Message);
    }

    [RequiresFact(Capability.Python)]
    public async Task Directory_whose_digest_a_lock_records_must_be_what_it_was()
    {
        var (tree, _, _) = await SourcesAsync();
        var made = await _world.EnsureAsync(new EnvironmentRequest { Requirements = Ask.Packages([$"local-one @ file://{tree}"]) });
        var beside = new ImportedLock(made.Plan.Lock!.Document, $"{Path.GetDirectoryName(tree)}/pylock.toml", IsStrict: true);
        var asked = new EnvironmentRequest { Requirements = Ask.Packages([$"local-one @ file://{tree}"]), Lock = beside };

        Assert.Equal(made.Slot, (await _world.EnsureAsync(asked)).Slot);
        await File.WriteAllTextAsync(Path.Combine(tree, "src", "local_one.py"), "V = 3\n");
        var failure = await _world.FailAsync(asked, EnvironmentFailures.StaleLock);
        var loose = await _world.EnsureAsync(asked with { Lock = beside with { IsStrict = false } });
        await _world.FailAsync(new EnvironmentRequest { Lock = beside with { IsStrict = false } }, EnvironmentFailures.StaleLock);

        Assert.Equal($"{tree}, which is local-one, has changed since {beside.Path} was made.", failure.Message);
        Assert.Equal($"{failure.Message} Its versions are used as constraints.", Assert.Single(loose.Plan.Warnings));
        Assert.Equal("3", await _world.PythonAsync(loose, "import local_one; print(local_one.V)"));
    }

    [RequiresFact(Capability.Python)]
    public async Task Package_that_a_lock_takes_from_a_directory_never_comes_from_an_index_where_the_lock_is_foreign()
    {
        var (tree, _, _) = await SourcesAsync();
        _index.Add(new WheelBuilder("local-one", "9.0").Module("local_one.py", "V = 'taken over'\n"));
        var text = $"environments = [\"sys_platform == 'win32'\"]\n{Directory("local-one", "libs/local_one-1.0", null)}";

        var ready = await _world.EnsureAsync(Ask.Index(_index, "local-one") with { Lock = Lock(text) with { IsStrict = false } });

        Assert.Equal("1", await _world.PythonAsync(ready, "import local_one; print(local_one.V)"));
        Assert.Equal(tree, ready.Plan.Lock!.Files[0].Tree);
        _ = Assert.Single(ready.Plan.Warnings);
    }

    [RequiresTheory(Capability.Python)]
    [InlineData("directory = { path = '/srv/x' }", "x is in /srv/x, and only paths relative to the lock are taken.")]
    [InlineData("directory = { path = 'mono', subdirectory = 'x' }", "x is in a subdirectory of an archive or a directory")]
    [InlineData("directory = { path = 'absent' }", "x cannot be had: There is no directory ")]
    [InlineData("vcs = { type = 'hg', url = 'https://h/x', commit-id = '0123456789012345678901234567890123456789' }", "x is in a hg repository, and only git is supported.")]
    [InlineData("vcs = { type = 'git', url = 'https://h/x', commit-id = 'main' }", "x is in a repository, and its commit-id main is not the whole name of a commit.")]
    [InlineData("vcs = { type = 'git', url = 'https://h/x#egg=x', commit-id = '0123456789012345678901234567890123456789' }", "x is in a repository, and its URL https://h/x#egg=x has a query or a fragment.")]
    [InlineData("vcs = { type = 'git', path = '/srv/x', commit-id = '0123456789012345678901234567890123456789' }", "x is in a repository at /srv/x, and only paths relative to the lock are taken.")]
    [InlineData("vcs = { type = 'git', url = 'ext::sh', commit-id = '0123456789012345678901234567890123456789' }", "the source of x cannot be used: The URL scheme 'git+ext' is not accepted.")]
    public async Task Source_of_a_lock_that_cannot_be_held_to_anything_is_refused(string source, string words)
    {
        var result = await _world.Service.EnsureAsync(
            new EnvironmentRequest { Lock = Lock($"[[packages]]\nname = 'x'\n{source}\n") }, World.Script, new EnsureOptions(), _world.Progress, _world.Token);

        Assert.StartsWith($"{_folder.Combine("pylock.toml")}: {words}", result.Failure.Message, StringComparison.Ordinal);
        Assert.Empty(_world.Progress.Stages);
    }

    [RequiresFact(Capability.Python)]
    public async Task Source_whose_version_is_not_the_locked_or_not_the_wanted_one_makes_the_lock_stale()
    {
        await SourcesAsync();
        var moved = await _world.FailAsync(new EnvironmentRequest { Lock = Lock(Directory("local-one", "libs/local_one-1.0", "0.9")) }, EnvironmentFailures.StaleLock);
        var unwanted = await _world.FailAsync(
            new EnvironmentRequest { Requirements = Ask.Packages(["local-one>=2"]), Lock = Lock(Directory("local-one", "libs/local_one-1.0", null)) }, EnvironmentFailures.StaleLock);

        Assert.EndsWith("has local-one 0.9, and its source is 1.0 now.", moved.Message, StringComparison.Ordinal);
        Assert.EndsWith("has local-one 1.0, and local-one>=2 is asked for.", unwanted.Message, StringComparison.Ordinal);
    }

    private static string Directory(string name, string path, string? version) =>
        $"[[packages]]\nname = \"{name}\"\n{(version is null ? string.Empty : $"version = \"{version}\"\n")}directory = {{ path = \"{path}\", editable = true }}\n";

    private static string Repository(string name, string place, string commit) =>
        $"[[packages]]\nname = \"{name}\"\nvcs = {{ type = 'git', {place}, commit-id = '{commit}' }}\n";

    private ImportedLock Lock(string packages)
    {
        var read = PylockReader.Read($"lock-version = \"1.0\"\ncreated-by = \"another\"\n{packages}", "pylock.toml");
        Assert.True(read.IsOk, read.ToString());
        return new ImportedLock(read.Value, _folder.Combine("pylock.toml"), IsStrict: true);
    }

    private async Task<(string Tree, string Repository, string Commit)> SourcesAsync()
    {
        var tree = ProjectTree.Write(_folder.Combine("libs"), new SdistBuilder("local-one", "1.0").Module("local_one.py", "V = 1\n"));
        var repository = ProjectTree.Write(_folder.FullPath, new SdistBuilder("in-git", "1.0").Module("in_git.py", "V = 2\n"));
        await ProjectTree.GitAsync(repository, "init", "-q");
        await ProjectTree.GitAsync(repository, "add", ".");
        await ProjectTree.GitAsync(repository, "commit", "-qm", "one");
        return (tree, repository, await ProjectTree.GitAsync(repository, "rev-parse", "HEAD"));
    }
}
