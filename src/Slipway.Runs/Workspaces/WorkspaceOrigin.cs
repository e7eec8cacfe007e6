using System.Security.Cryptography;
using Slipway.Core.Failures;
using Slipway.Machines.Files;
using Slipway.Machines.Posix;

namespace Slipway.Runs.Workspaces;

/// <summary>What is brought to hosts: a directory of this machine with all that belongs to it.</summary>
/// <param name="Path">The directory, absolute, links resolved.</param>
/// <param name="IsGitTree">Whether it is the top of a git tree.</param>
public sealed record WorkspaceOrigin(string Path, bool IsGitTree)
{
    private const int LongestName = 40;

    /// <summary>The top of the git tree that holds a directory, else the nearest directory above with a <c>pyproject.toml</c>, else the directory itself.</summary>
    /// <param name="directory">Where to begin.</param>
    public static Result<WorkspaceOrigin> Find(string directory)
    {
        if (!LocalPaths.Resolve(directory).TryGet(out var start, out var failure))
        {
            return failure;
        }

        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var realHome = home.Length > 0 && LocalPaths.Resolve(home).TryGet(out var resolved, out _) ? resolved : home;
        var top = Nearest(start, realHome, ".git");
        var found = top is not null ? new WorkspaceOrigin(top, true) : new WorkspaceOrigin(Nearest(start, realHome, "pyproject.toml") ?? start, false);
        return found.Path is "/" || string.Equals(found.Path, realHome, StringComparison.Ordinal)
            ? new Failure(WorkspaceFailures.OriginUnusable, $"{found.Path} is not a project's directory.")
            : found;
    }

    /// <summary>The name that the workspace has on every host: the directory's own, as far as it makes a file name everywhere, and eight digits that stand for this machine and the path.</summary>
    /// <param name="hostName">The name of this machine.</param>
    public string NameOn(string hostName)
    {
        const int Digits = 8;
        var last = Path[(Path.LastIndexOf('/') + 1)..].ToLowerInvariant();
        var name = new string([.. last.Select(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' ? c : '_').Take(LongestName)]).TrimStart('.', '-');
        return $"{(name.Length == 0 ? "project" : name)}-{Convert.ToHexStringLower(SHA256.HashData(PosixText.Encode($"{hostName}\0{Path}")))[..Digits]}";
    }

    // A repository of the whole home directory holds settings; it is not what a project below belongs to.
    private static string? Nearest(string start, string home, string name)
    {
        for (var folder = start; folder is not null; folder = System.IO.Path.GetDirectoryName(folder))
        {
            if (folder is not "/" && !string.Equals(folder, home, StringComparison.Ordinal) && LocalFiles.Exists($"{folder}/{name}"))
            {
                return folder;
            }
        }

        return null;
    }
}
