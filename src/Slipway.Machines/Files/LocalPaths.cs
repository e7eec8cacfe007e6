using Slipway.Core.Failures;
using Slipway.Machines.Posix;

namespace Slipway.Machines.Files;

/// <summary>Answers about paths on this machine that need the file system.</summary>
public static class LocalPaths
{
    private const int MostLinks = 40;

    /// <summary>The path with every link in it resolved. Components that do not exist are kept as they are.</summary>
    /// <returns>An absolute path; a failure when links form a cycle.</returns>
    public static Result<string> Resolve(string path)
    {
        // Made absolute without tidying: `link/..` is the parent of what the link names.
        var absolute = path.StartsWith('/') ? path : $"{Directory.GetCurrentDirectory()}/{path}";
        var pending = new Stack<string>(Enumerable.Reverse(absolute.Split('/', StringSplitOptions.RemoveEmptyEntries)));
        var resolved = string.Empty;
        var links = 0;
        while (pending.TryPop(out var component))
        {
            if (component is "." or "..")
            {
                resolved = component is "." ? resolved : resolved[..Math.Max(0, resolved.LastIndexOf('/'))];
                continue;
            }

            var next = $"{resolved}/{component}";
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                resolved = next;
                continue;
            }

            if (++links > MostLinks)
            {
                return new Failure(MachinesFailures.PathUnusable, $"{path} leads through too many symbolic links.");
            }

            resolved = target.StartsWith('/') ? string.Empty : resolved;
            foreach (var part in Enumerable.Reverse(target.Split('/', StringSplitOptions.RemoveEmptyEntries)))
            {
                pending.Push(part);
            }
        }

        return resolved.Length == 0 ? "/" : resolved;
    }

    /// <summary>The status of a path, the last component not followed; what cannot be looked at counts as missing.</summary>
    public static FileStatus StatusOf(string path) => LocalFiles.Stat(path).TryGet(out var status, out _) ? status : FileStatus.Missing;

    /// <summary>Whether a path leads to a directory that belongs to this process's user and that nobody else may write; links are followed.</summary>
    public static bool IsPrivateDirectory(string path)
    {
        const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
        var status = StatusOf($"{path}/.");
        return status.Kind is FileKind.Directory && status.OwnerId == Libc.GetEffectiveUserId() && (status.Mode & OthersWrite) == UnixFileMode.None;
    }

    /// <summary>Whether a path is a regular file, no link, that belongs to this process's user and that nobody else may write.</summary>
    public static bool IsPrivateFile(string path)
    {
        const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
        var status = StatusOf(path);
        return status.Kind is FileKind.File && status.OwnerId == Libc.GetEffectiveUserId() && (status.Mode & OthersWrite) == UnixFileMode.None;
    }

    /// <summary>Whether a path leads to a regular file with an execute permission.</summary>
    public static bool IsExecutableFile(string path)
    {
        const UnixFileMode Execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return File.Exists(path) && (File.GetUnixFileMode(path) & Execute) != UnixFileMode.None;
    }

    /// <summary>The sizes of all regular files below a directory, added up, links not followed; 0 when it cannot be read.</summary>
    public static long TreeSize(string root) =>
        TreeScanner.Scan(root, CancellationToken.None).TryGet(out var entries, out _) ? entries.Sum(entry => entry.Size) : 0;
}
