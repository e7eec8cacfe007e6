using System.Security.Cryptography;

namespace Slipway.TestKit;

/// <summary>
/// A temporary folder of one test, removed with all it holds on dispose. It lies under <c>SLIPWAY_TEST_TMP</c>,
/// else <c>TMPDIR</c>, else <c>/tmp</c>; the name stays short because socket paths are limited to 108 bytes.
/// </summary>
public sealed class TempFolder : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    // A process that is just ending may still add a file while its folder is removed.
    private const int Passes = 3;

    /// <summary>Makes a folder with mode 0700.</summary>
    public TempFolder()
        : this(OwnerOnly)
    {
    }

    /// <summary>Makes a folder with <paramref name="mode"/>, for tests with a second user.</summary>
    public TempFolder(UnixFileMode mode)
    {
        FullPath = Path.Combine(Root, "slw-" + RandomNumberGenerator.GetHexString(12, lowercase: true));
        Directory.CreateDirectory(FullPath, OwnerOnly);
        File.SetUnixFileMode(FullPath, mode);
    }

    /// <summary>The folder that test folders are made in.</summary>
    public static string Root => Path.GetFullPath(
        NonEmpty("SLIPWAY_TEST_TMP") ?? NonEmpty("TMPDIR") ?? "/tmp");

    /// <summary>The absolute path of the folder.</summary>
    public string FullPath { get; }

    /// <summary>The absolute path of something inside; nothing is created.</summary>
    public string Combine(params ReadOnlySpan<string> parts) => Path.Combine([FullPath, .. parts]);

    /// <summary>Creates a folder inside, with its parents.</summary>
    /// <returns>Its absolute path.</returns>
    public string CreateFolder(params ReadOnlySpan<string> parts) => Directory.CreateDirectory(Combine(parts)).FullName;

    /// <summary>Writes a text file as UTF-8, with its parents.</summary>
    /// <returns>Its absolute path.</returns>
    public string WriteFile(string relativePath, string content)
    {
        var path = Combine(relativePath);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    /// <summary>
    /// Removes a file, a link or a whole tree. Links are removed and never followed; folders without write
    /// permission (published environments) are made writable first. An absent path is fine.
    /// </summary>
    /// <exception cref="IOException">Something could not be removed: a mount, or a process that keeps writing.</exception>
    public static void DeleteTree(string path)
    {
        for (var pass = 1; ; pass++)
        {
            try
            {
                Delete(new FileInfo(path));
                return;
            }
            catch (IOException) when (pass < Passes)
            {
            }
            catch (IOException)
            {
                // A name that is not UTF-8 cannot be named here; the system's own program can.
                RemoveByName(path);
                return;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => DeleteTree(FullPath);

    /// <inheritdoc/>
    public override string ToString() => FullPath;

    private static void Delete(FileSystemInfo entry)
    {
        // Attributes come from lstat: -1 is "absent", and a link to a folder also has the Directory bit.
        var attributes = entry.Attributes;
        if (attributes == (FileAttributes)(-1))
        {
            return;
        }

        if (attributes.HasFlag(FileAttributes.ReparsePoint) || !attributes.HasFlag(FileAttributes.Directory))
        {
            File.Delete(entry.FullName);
            return;
        }

        File.SetUnixFileMode(entry.FullName, OwnerOnly);
        foreach (var child in new DirectoryInfo(entry.FullName).GetFileSystemInfos())
        {
            Delete(child);
        }

        Directory.Delete(entry.FullName);
    }

    private static void RemoveByName(string path)
    {
        var result = Task.Run(() => CommandRunner.RunAsync("rm", ["--recursive", "--force", "--one-file-system", "--", path])).GetAwaiter().GetResult();
        if (result.ExitCode != 0)
        {
            throw new IOException($"{path} cannot be removed: {result.Stderr.Trim()}");
        }
    }

    private static string? NonEmpty(string variable)
    {
        var value = Environment.GetEnvironmentVariable(variable);
        return string.IsNullOrEmpty(value) ? null : value;
    }
}
