using System.Formats.Tar;
using System.IO.Compression;
using Slipway.TestKit;

namespace Slipway.Environments.Tests.Support;

/// <summary>A directory with a Python project that builds without any other package.</summary>
internal static class ProjectTree
{
    /// <summary>Writes the project of a source distribution into a new directory.</summary>
    /// <returns>The directory's absolute path.</returns>
    public static string Write(string parent, SdistBuilder project)
    {
        using var archive = new GZipStream(new MemoryStream(project.Build()), CompressionMode.Decompress);
        TarFile.ExtractToDirectory(archive, Directory.CreateDirectory(parent).FullName, overwriteFiles: true);
        var tree = Path.Combine(parent, project.FileName[..^".tar.gz".Length]);
        File.AppendAllText(Path.Combine(tree, "pyproject.toml"), $"\n[project]\nname = \"{project.Name}\"\nversion = \"{project.Version}\"\n");
        return tree;
    }

    /// <summary>Runs git with nobody's configuration.</summary>
    public static async Task<string> GitAsync(string directory, params string[] arguments)
    {
        var options = new CommandOptions
        {
            Environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["GIT_CONFIG_GLOBAL"] = "/dev/null", ["GIT_CONFIG_SYSTEM"] = "/dev/null" },
        };
        var run = await CommandRunner.RunAsync("git", ["-C", directory, "-c", "user.name=t", "-c", "user.email=t@example", "-c", "init.defaultBranch=main", .. arguments], options);
        Assert.True(run.ExitCode == 0, run.Stderr);
        return run.Stdout.Trim();
    }
}
