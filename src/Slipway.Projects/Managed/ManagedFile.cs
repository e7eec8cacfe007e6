using Slipway.Core.Failures;
using Slipway.Machines;
using Slipway.Machines.Files;
using Slipway.Projects.Layout;

namespace Slipway.Projects.Managed;

/// <summary>A file of a project as it is now, before Slipway writes it.</summary>
/// <param name="Path">Its absolute path.</param>
/// <param name="Content">What it holds; null when it is not there.</param>
/// <param name="Mode">Its permissions, or those that it gets.</param>
public sealed record ManagedFile(string Path, byte[]? Content, UnixFileMode Mode)
{
    private const long MaxBytes = 16 * 1024 * 1024;

    /// <summary>Reads a file. A link, a directory or a device in its place is refused, and so is one below a directory that is a link: Slipway writes into the project alone.</summary>
    /// <param name="directory">The project's absolute directory.</param>
    /// <param name="name">The file, relative to it.</param>
    /// <param name="mode">The permissions of a new file; null for 0644.</param>
    public static Result<ManagedFile> Read(string directory, string name, UnixFileMode? mode = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        var path = $"{directory}/{name}";
        var parent = System.IO.Path.GetDirectoryName(path)!;
        if (!string.Equals(parent, directory, StringComparison.Ordinal) && LocalPaths.StatusOf(parent) is { Exists: true, Kind: not FileKind.Directory })
        {
            return new Failure(ProjectFailures.NotPlainFile, $"{parent} is not a directory of the project, so nothing is written into it.");
        }

        if (!LocalFiles.Stat(path).TryGet(out var status, out var failure))
        {
            return failure;
        }

        return status.Kind switch
        {
            FileKind.Missing => new ManagedFile(path, null, mode ?? FileModes.File),
            FileKind.File => LocalFiles.Read(path, MaxBytes).Map(content => new ManagedFile(path, content, status.Mode)),
            FileKind.Link => Refused(path, "a symbolic link"),
            FileKind.Directory => Refused(path, "a directory"),
            _ => Refused(path, "neither a file nor a directory"),
        };
    }

    private static Failure Refused(string path, string what) => new(ProjectFailures.NotPlainFile, $"{path} is {what}, so it is not written.");
}
