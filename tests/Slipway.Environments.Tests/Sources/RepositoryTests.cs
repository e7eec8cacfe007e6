using Slipway.Environments.Locks;
using Slipway.Environments.Requests;
using Slipway.Environments.Tests.Support;
using Slipway.TestKit;

namespace Slipway.Environments.Tests.Sources;

/// <summary>Projects from git: a commit enters lock and key, whatever was asked for.</summary>
public sealed class RepositoryTests : IDisposable
{
    private readonly World _world = new();
    private readonly TempFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        _world.Dispose();
    }

    [RequiresFact(Capability.Python)]
    public async Task Branch_becomes_a_commit_and_moves_only_when_asked_again()
    {
        var tree = await RepositoryAsync();
        var first = await ProjectTree.GitAsync(tree, "rev-parse", "HEAD");
        var request = Git($"git+file://{tree}@main");

        var one = await _world.EnsureAsync(request);
        await File.WriteAllTextAsync(Path.Combine(tree, "src", "in_git.py"), "V = 2\n");
        await ProjectTree.GitAsync(tree, "commit", "-qam", "two");
        var same = await _world.EnsureAsync(request);
        var moved = await _world.EnsureAsync(request, new EnsureOptions(Refresh: true));

        var vcs = one.Plan.Lock!.Document.Packages.Single().Vcs!;
        Assert.Equal(("git", first, "main", $"file://{tree}"), (vcs.Type, vcs.CommitId, vcs.RequestedRevision, vcs.Url));
        Assert.Equal(one.Plan.Lock.Digest, ResolvedLock.Read(one.Plan.Lock.ToText(), "t").Value.Digest);
        Assert.Equal(one.Slot.ToString(), same.Slot.ToString());
        Assert.NotEqual(one.Slot, moved.Slot);
        Assert.Equal("1", await _world.PythonAsync(one, "import in_git; print(in_git.V)"));
        Assert.Equal("2", await _world.PythonAsync(moved, "import in_git; print(in_git.V)"));
        Assert.True((await _world.Service.RepairAsync(_world.Stored(one), new EnsureOptions(), _world.Progress, _world.Token)).IsOk);
    }

    [RequiresFact(Capability.Python)]
    public async Task Missing_repository_or_reference_says_what_git_said()
    {
        var tree = await RepositoryAsync();

        var absent = await _world.FailAsync(Git($"git+file://{_folder.Combine("absent")}"), EnvironmentFailures.RepositoryUnavailable);
        var reference = await _world.FailAsync(Git($"git+file://{tree}@no-such-branch"), EnvironmentFailures.RepositoryUnavailable);

        Assert.Contains("git says: fatal: ", absent.Message, StringComparison.Ordinal);
        Assert.Contains("no-such-branch", reference.Message + reference.Detail, StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Python)]
    public async Task Submodule_cannot_reach_what_the_request_may_not()
    {
        var tree = await RepositoryAsync();
        var mark = _folder.Combine("ran");
        await File.WriteAllTextAsync(Path.Combine(tree, ".gitmodules"), $"[submodule \"x\"]\n\tpath = x\n\turl = ext::sh -c touch%20{mark}\n");
        await ProjectTree.GitAsync(tree, "update-index", "--add", "--cacheinfo", "160000,1111111111111111111111111111111111111111,x");
        await ProjectTree.GitAsync(tree, "add", ".gitmodules");
        await ProjectTree.GitAsync(tree, "commit", "-qm", "submodule");

        await _world.FailAsync(Git($"git+file://{tree}@main"), EnvironmentFailures.RepositoryUnavailable);

        Assert.False(File.Exists(mark));
    }

    private static EnvironmentRequest Git(string url) => new() { Requirements = Ask.Packages([$"in-git @ {url}"]) };

    private async Task<string> RepositoryAsync()
    {
        var tree = ProjectTree.Write(_folder.FullPath, new SdistBuilder("in-git", "1.0").Module("in_git.py", "V = 1\n"));
        await ProjectTree.GitAsync(tree, "init", "-q");
        await ProjectTree.GitAsync(tree, "add", ".");
        await ProjectTree.GitAsync(tree, "commit", "-qm", "one");
        return tree;
    }
}
