using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Machines.Posix;
using Slipway.Machines.Processes;

namespace Slipway.Machines.Files;

/// <summary>What programs lie where on a machine: enough to look for interpreters and tools without a question for each name.</summary>
public abstract class FolderListing
{
    /// <summary>This machine, asked when it is looked at.</summary>
    public static FolderListing Local { get; } = new Here();

    /// <summary>Whether a path leads to a regular file; links are followed.</summary>
    public abstract bool IsFile(string path);

    /// <summary>The absolute paths of the regular files in a directory; none when it is missing or may not be read.</summary>
    public abstract IReadOnlyList<string> Files(string directory);

    /// <summary>The absolute paths of the directories in a directory; none when it is missing or may not be read.</summary>
    public abstract IReadOnlyList<string> Folders(string directory);

    /// <summary>Lists directories of another machine, once.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="flat">Directories whose files are listed.</param>
    /// <param name="deep">Directories whose directories are listed, with the files in each and in its <c>bin</c>; those two levels down too.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<Result<FolderListing>> ReadAsync(
        IMachine machine, ImmutableArray<string> flat, ImmutableArray<string> deep, CancellationToken cancellationToken)
    {
        const string Script =
            """
            tell() { for sw_f; do if [ -d "$sw_f" ]; then printf 'd%s\0' "$sw_f"; elif [ -f "$sw_f" ]; then printf 'f%s\0' "$sw_f"; fi; done; }
            sw_n=$1
            shift
            while [ "$sw_n" -gt 0 ]; do tell "$1"/*; shift; sw_n=$((sw_n - 1)); done
            for sw_root; do tell "$sw_root"/* "$sw_root"/*/* "$sw_root"/*/bin/* "$sw_root"/*/*/*; done
            """;
        var command = ProcessCommand.Create("sh", ["-c", Script, "sh", flat.Length.ToString(System.Globalization.CultureInfo.InvariantCulture), .. flat, .. deep]) with { Timeout = TimeSpan.FromSeconds(60) };
        var ran = await machine.RunAsync(command, output: null, cancellationToken).ConfigureAwait(false);
        return ran.Then<FolderListing>(outcome => outcome.Succeeded
            ? new Listed(PosixText.Decode(outcome.StandardOutput.Span).Split('\0', StringSplitOptions.RemoveEmptyEntries))
            : new Failure(MachinesFailures.NoRemoteShell, $"The programs of {machine.Name} could not be listed ({outcome.Describe()}).") { Detail = outcome.ErrorText.Trim() });
    }

    private sealed class Here : FolderListing
    {
        public override bool IsFile(string path) => File.Exists(path);

        public override IReadOnlyList<string> Files(string directory) => Names(directory, Directory.GetFiles);

        public override IReadOnlyList<string> Folders(string directory) => Names(directory, Directory.GetDirectories);

        // A directory that may not be read is passed over, as a shell does.
        private static string[] Names(string directory, Func<string, string[]> list)
        {
            try
            {
                return Directory.Exists(directory) ? list(directory) : [];
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return [];
            }
        }
    }

    private sealed class Listed(IReadOnlyList<string> told) : FolderListing
    {
        private readonly HashSet<string> _files = new(told.Where(static line => line[0] == 'f').Select(static line => line[1..]), StringComparer.Ordinal);

        private readonly ILookup<string, string> _folders = told.Where(static line => line[0] == 'd').Select(static line => line[1..])
            .Distinct(StringComparer.Ordinal).ToLookup(static path => Path.GetDirectoryName(path)!, StringComparer.Ordinal);

        private readonly ILookup<string, string> _byFolder = told.Where(static line => line[0] == 'f').Select(static line => line[1..])
            .Distinct(StringComparer.Ordinal).ToLookup(static path => Path.GetDirectoryName(path)!, StringComparer.Ordinal);

        public override bool IsFile(string path) => _files.Contains(path);

        public override IReadOnlyList<string> Files(string directory) => [.. _byFolder[directory.TrimEnd('/')]];

        public override IReadOnlyList<string> Folders(string directory) => [.. _folders[directory.TrimEnd('/')]];
    }
}
