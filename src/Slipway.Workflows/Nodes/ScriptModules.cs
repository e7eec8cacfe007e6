using System.Collections.Immutable;
using System.Text;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Machines.Files;

namespace Slipway.Workflows.Nodes;

/// <summary>
/// What a script can import without installing it: the modules and packages that lie in a directory that its Python looks in. Every module beside it counts, every
/// package with an <c>__init__.py</c>, and every other directory whose name the script or a module beside it mentions; of directories all that lies in them,
/// because packages read data of their own. What is hidden and what Python caches does not count.
/// </summary>
internal static class ScriptModules
{
    /// <summary>The most files that are looked at.</summary>
    public const int MostFiles = 2_000;

    /// <summary>The most bytes that are read.</summary>
    public const long MostBytes = 64 * 1024 * 1024;

    private static readonly ImmutableArray<string> Endings = [".py", ".so"];

    /// <summary>The digest of all of it; null when there is more than that is looked at, or something that cannot be read.</summary>
    /// <param name="script">The absolute path of the script.</param>
    /// <param name="folders">The directories, absolute; the script itself does not count.</param>
    public static Sha256Digest? Of(string script, params IEnumerable<string> folders)
    {
        var reading = new Reading(script);
        return folders.Distinct(StringComparer.Ordinal).All(reading.Add) ? reading.Digest : null;
    }

    /// <summary>One look, with what it has read so far.</summary>
    private sealed class Reading(string script)
    {
        private readonly StringBuilder _lines = new("slipway.script-modules/1\n");
        private readonly StringBuilder _text = new();
        private int _files;
        private long _bytes;

        public Sha256Digest Digest => Sha256Digest.Of(_lines.ToString());

        public bool Add(string folder)
        {
            try
            {
                _text.Clear();
                _lines.Append("in\n");
                return (!LocalFiles.Read(script, MostBytes).TryGet(out var own, out _) || Mention(own))
                    && Entries(folder).Where(static entry => entry is FileInfo && IsModule(entry.Name)).All(entry => IsScript(entry) || File(entry, entry.Name))
                    && Entries(folder).OfType<DirectoryInfo>().Where(IsImported).All(entry => Walk(entry, entry.Name));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        }

        private static IEnumerable<FileSystemInfo> Entries(string folder) =>
            new DirectoryInfo(folder).EnumerateFileSystemInfos().Where(static entry => !entry.Name.StartsWith('.') && entry.Name is not "__pycache__").OrderBy(static entry => entry.Name, StringComparer.Ordinal);

        private static bool IsModule(string name) => Endings.Any(ending => name.EndsWith(ending, StringComparison.Ordinal));

        private bool IsScript(FileSystemInfo entry) => string.Equals(entry.FullName, script, StringComparison.Ordinal);

        private bool Mention(byte[] source)
        {
            _text.Append(Encoding.UTF8.GetString(source)).Append('\n');
            return true;
        }

        // Without an __init__.py a directory is a package only for who asks for it, and may be anything else.
        private bool IsImported(DirectoryInfo folder) =>
            System.IO.File.Exists($"{folder.FullName}/__init__.py") || _text.ToString().Contains(folder.Name, StringComparison.Ordinal);

        private bool Walk(DirectoryInfo folder, string name) => ++_files <= MostFiles
            && Entries(folder.FullName).All(entry => entry is DirectoryInfo inner ? Walk(inner, $"{name}/{entry.Name}") : File(entry, $"{name}/{entry.Name}"));

        private bool File(FileSystemInfo entry, string name)
        {
            if (++_files > MostFiles || !LocalFiles.Read(entry.FullName, MostBytes - _bytes).TryGet(out var content, out _))
            {
                return false;
            }

            _bytes += content.Length;
            _lines.Append(name).Append('\0').Append(Sha256Digest.Of(content).Hex).Append('\n');
            return !name.EndsWith(".py", StringComparison.Ordinal) || name.Contains('/', StringComparison.Ordinal) || Mention(content);
        }
    }
}
