using Slipway.TestKit;

namespace Slipway.Runs.Tests.Workspaces;

/// <summary>A git repository of a test.</summary>
internal sealed class GitTree(string root)
{
    public string Root => root;

    public string Combine(string path) => $"{root}/{path}";

    public void Write(string path, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Combine(path))!);
        File.WriteAllText(Combine(path), content);
    }

    /// <summary>Writes files and commits all there is.</summary>
    public async Task CommitAsync(params (string Path, string Content)[] files)
    {
        foreach (var (path, content) in files)
        {
            Write(path, content);
        }

        await GitAsync("init", "-q");
        await GitAsync("add", "-A");
        await GitAsync("commit", "-q", "-m", "all");
    }

    public async Task<string> GitAsync(params string[] arguments)
    {
        var result = await CommandRunner.RunAsync("git", ["-C", root, "-c", "user.name=t", "-c", "user.email=t@t", .. arguments]);
        Assert.True(result.ExitCode == 0, result.Stderr);
        return result.Stdout;
    }

    /// <summary>What a push must leave as it is: the index byte by byte, references, stash, what is staged and what is not.</summary>
    public async Task<string> StateAsync() =>
        Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(await File.ReadAllBytesAsync(Combine(".git/index"))))
        + await GitAsync("for-each-ref") + await GitAsync("stash", "list") + await GitAsync("--no-optional-locks", "status", "--porcelain", "--ignored");
}
