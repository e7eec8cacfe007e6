using System.Collections.Immutable;
using Slipway.Machines;
using Slipway.Machines.Files;
using Slipway.Machines.Processes;

namespace Slipway.Environments.Sources;

/// <summary>
/// Which files of a directory are its source: in a git tree all that are tracked, whatever their names. Of the others, which in a
/// git tree are the new ones and elsewhere all, version control, caches and what a build leaves behind do not count.
/// </summary>
internal static class TreeFiles
{
    private static readonly ImmutableHashSet<string> Skipped = ImmutableHashSet.Create(
        StringComparer.Ordinal,
        ".git", ".hg", ".svn", ".bzr", "__pycache__", ".eggs", ".tox", ".nox", ".venv", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".slipway", "node_modules");

    // Only at the top: a package below may well be called so.
    private static readonly ImmutableHashSet<string> SkippedAtTop = ImmutableHashSet.Create(StringComparer.Ordinal, "build", "dist", "venv");

    // How `git ls-files -t` marks a file that is not tracked.
    private const string NewTag = "? ";

    private static readonly TimeSpan GitLimit = TimeSpan.FromSeconds(60);

    /// <summary>Paths relative to the directory, sorted ordinally.</summary>
    public static async Task<ImmutableArray<string>> ListAsync(BuildHost host, string directory, CancellationToken cancellationToken)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var listed in await GitListAsync(host, directory, cancellationToken).ConfigureAwait(false) ?? [NewTag])
        {
            // A project without a .gitignore would else be another one after each run, for what the run left in it.
            var path = listed[NewTag.Length..].TrimEnd('/');
            var trusted = listed.StartsWith(NewTag, StringComparison.Ordinal) ? 0 : path.Length;
            Add(directory, path, trusted, found, cancellationToken);
        }

        return [.. found];
    }

    // Each with git's tag and a space before it. Null when the directory is not in a git tree, or git cannot tell.
    private static async Task<string[]?> GitListAsync(BuildHost host, string directory, CancellationToken cancellationToken)
    {
        if (!IsInGitTree(directory))
        {
            return null;
        }

        // A repository's own configuration can name programs that git would run.
        var command = ProcessCommand.Create(
            "git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-C", directory, "ls-files", "-z", "-t", "--cached", "--others", "--exclude-standard") with
        {
            DropPrefixes = ["GIT_"],
            Timeout = GitLimit,
        };
        var run = await host.Here.RunAsync(command, output: null, cancellationToken).ConfigureAwait(false);
        return run.TryGet(out var outcome, out _) && outcome.Succeeded && outcome.OutputText.Length > 0
            ? outcome.OutputText.Split('\0', StringSplitOptions.RemoveEmptyEntries)
            : null;
    }

    private static bool IsInGitTree(string directory)
    {
        for (var folder = directory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (LocalFiles.Exists(Path.Combine(folder, ".git")))
            {
                return true;
            }
        }

        return false;
    }

    // The first characters of the path that are trusted are tracked: what git has under such a name is source.
    private static void Add(string root, string path, int trusted, SortedSet<string> found, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var full = path.Length == 0 ? root : $"{root}/{path}";
        if (!LocalFiles.Stat(full).TryGet(out var status, out _) || IsSkipped(path[trusted..].TrimStart('/')))
        {
            return;
        }

        if (status.Kind is FileKind.File or FileKind.Link)
        {
            found.Add(path);
        }
        else if (status.Kind is FileKind.Directory)
        {
            foreach (var entry in Directory.EnumerateFileSystemEntries(full))
            {
                var name = Path.GetFileName(entry);
                Add(root, path.Length == 0 ? name : $"{path}/{name}", trusted, found, cancellationToken);
            }
        }
    }

    private static bool IsSkipped(string path)
    {
        var parts = path.Split('/');
        return parts.Any(Skipped.Contains)
            || SkippedAtTop.Contains(parts[0])
            || parts.Any(part => part.EndsWith(".egg-info", StringComparison.Ordinal))
            || path.EndsWith(".pyc", StringComparison.Ordinal);
    }
}
