using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Slipway.Cloud.SkyPilot;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Core.Text;
using Slipway.Machines;
using Slipway.Machines.Files;

namespace Slipway.Cloud.Templates;

/// <summary>The files of a package as they are put there, measured on the way.</summary>
internal sealed class PackageContent(string folder, CancellationToken cancellationToken)
{
    private const int MostFiles = 100_000;
    private readonly SortedDictionary<string, string> _digests = new(StringComparer.Ordinal);

    public string Folder => folder;

    public long Bytes { get; private set; }

    public List<string> LeftOut { get; } = [];

    /// <summary>The names of the files that may be executed.</summary>
    public List<string> Executables { get; } = [];

    /// <summary>Writes a file.</summary>
    public void Write(string name, byte[] content, UnixFileMode mode)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllBytes(path, content);
        File.SetUnixFileMode(path, mode);
        Note(name, content.Length, SHA256.HashData(content), mode);
    }

    /// <summary>Copies a file.</summary>
    public void CopyFile(string source, string name)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var target = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.Copy(source, target, overwrite: true);
        var mode = File.GetUnixFileMode(target);
        if (mode.HasFlag(UnixFileMode.UserExecute))
        {
            Executables.Add(name);
        }

        using var stream = File.OpenRead(target);
        Note(name, stream.Length, SHA256.HashData(stream), mode);
    }

    /// <summary>Copies a folder without what its ignore files name, and without links.</summary>
    public Result<Unit> CopyFolder(string source, string name) => IgnoreRules.Of(source).Then(rules => Walk(source, name, rules, string.Empty));

    /// <summary>Of everything that was put there, and of the program.</summary>
    public Sha256Digest Digest(Sha256Digest program)
    {
        var text = new StringBuilder().Append(program.Hex).Append('\0');
        foreach (var (name, line) in _digests)
        {
            text.Append(name).Append('\0').Append(line).Append('\0');
        }

        return Sha256Digest.Of(text.ToString());
    }

    private Result<Unit> Walk(string source, string name, IgnoreRules rules, string within)
    {
        if (!rules.Enter(within).TryGet(out _, out var failure))
        {
            return failure;
        }

        foreach (var info in new DirectoryInfo(Path.Combine(source, within)).EnumerateFileSystemInfos().OrderBy(static info => info.Name, StringComparer.Ordinal))
        {
            var path = within.Length == 0 ? info.Name : within + "/" + info.Name;
            var isFolder = info is DirectoryInfo && info.LinkTarget is null;
            // A package that is made within the project does not hold itself.
            if (path is ".git" || info.FullName == folder || rules.Ignores(path, isFolder))
            {
                continue;
            }

            if (isFolder)
            {
                if (!Walk(source, name, rules, path).TryGet(out _, out failure))
                {
                    return failure;
                }
            }
            else if (info.LinkTarget is not null || !LocalFiles.Stat(info.FullName).TryGet(out var status, out _) || status.Kind is not FileKind.File)
            {
                LeftOut.Add($"{name}/{path}");
            }
            else
            {
                CopyFile(info.FullName, $"{name}/{path}");
            }

            if (_digests.Count > MostFiles)
            {
                return new Failure(CloudFailures.PackageUnusable, $"{Shown.Quote(source)} holds more than {MostFiles} files.") { Hint = "Name what need not go along in a .skyignore or .gitignore." };
            }
        }

        return Unit.Value;
    }

    private void Note(string name, long length, byte[] digest, UnixFileMode mode)
    {
        Bytes += length;
        _digests[name] = Convert.ToHexStringLower(digest) + (mode.HasFlag(UnixFileMode.UserExecute) ? "x" : string.Empty);
    }
}
