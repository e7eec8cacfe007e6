using System.Globalization;
using System.Numerics;
using Slipway.Core.Failures;
using Slipway.Machines.Posix;
using Slipway.Machines.Processes;
using Slipway.Machines.Programs;

namespace Slipway.Machines.Ssh.Remote;

/// <summary>Single files of a host.</summary>
internal sealed class RemoteFiles(RemoteCommands commands)
{
    private const int AnswerLimit = 64 * 1024;

    /// <summary>Reads a whole file.</summary>
    public async Task<Result<byte[]>> ReadAsync(string path, long maxBytes, CancellationToken cancellationToken)
    {
        var limit = (int)Math.Min(maxBytes + 1, Array.MaxLength);
        var read = await AskAsync(path, $"[ ! -d \"$1\" ] || {{ echo 'Is a directory' >&2; exit 1; }}; exec head -c {limit} -- \"$1\"", limit, cancellationToken).ConfigureAwait(false);
        return read.Then<byte[]>(outcome => !outcome.Succeeded ? ToolWords.Reading(path, outcome.ErrorText.Trim())
            : outcome.StandardOutput.Length > maxBytes ? new Failure(MachinesFailures.FileTooLarge, $"{path} is larger than the {maxBytes} bytes that are read at once.")
            : outcome.StandardOutput.ToArray());
    }

    /// <summary>Looks at what is at a path, without following a link.</summary>
    public async Task<Result<FileStatus>> StatAsync(string path, CancellationToken cancellationToken)
    {
        var asked = await AskAsync(path, "exec stat -c '%f %s %u %d %i %h %Y %y' -- \"$1\"", AnswerLimit, cancellationToken).ConfigureAwait(false);
        return asked.Then(outcome =>
        {
            var words = outcome.ErrorText.Trim();
            return outcome.Succeeded ? Parse(path, outcome.OutputText)
                : ToolWords.AreOfMissing(words) ? FileStatus.Missing : ToolWords.Reading(path, words);
        });
    }

    /// <summary>The program that writes a file atomically and durably.</summary>
    public static MachineProgram Writing(string path, ReadOnlyMemory<byte> content, UnixFileMode mode)
    {
        const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        var folder = path[..Math.Max(1, path.LastIndexOf('/'))];
        var fresh = $"{folder.TrimEnd('/')}/.slipway-{Guid.NewGuid():N}.tmp";
        return new MachineProgram(
            $"write {path}",
            [new Step.MakeDirectory(folder, OwnerOnly), new Step.WriteFile(fresh, content, mode), new Step.SyncFileSystem(fresh), new Step.Move(fresh, path)]);
    }

    private async Task<Result<ProcessOutcome>> AskAsync(string path, string script, int limit, CancellationToken cancellationToken)
    {
        if (ShellText.CheckNul(path) is { } invalid)
        {
            return invalid;
        }

        var command = ProcessCommand.Create("sh", "-c", $"LC_ALL=C; export LC_ALL; {script}", "sh", path);
        return await commands.RunAsync(command, string.Empty, new CommandListener(sink: null, Math.Max(limit, AnswerLimit)), cancellationToken).ConfigureAwait(false);
    }

    private static Result<FileStatus> Parse(string path, string line)
    {
        const int Nanoseconds = 9;
        var words = line.Trim().Split(' ', 8);
        if (words.Length < 8 || !int.TryParse(words[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var mode) || !Number<long>(words[6], out var seconds)
            || !Number<long>(words[1], out var size) || !Number<uint>(words[2], out var owner) || !Number<ulong>(words[3], out var device)
            || !Number<ulong>(words[4], out var inode) || !Number<ulong>(words[5], out var links))
        {
            return new Failure(MachinesFailures.FileSystemFault, $"The host's stat answered for {path} in words that are not understood.") { Detail = line.Trim() };
        }

        var dot = words[7].IndexOf('.', StringComparison.Ordinal);
        var fraction = dot < 0 ? string.Empty : new string([.. words[7].Skip(dot + 1).TakeWhile(char.IsAsciiDigit)]);
        _ = Number<long>(fraction.PadRight(Nanoseconds, '0')[..Nanoseconds], out var rest);
        var kind = Kind(mode);
        return new FileStatus(kind, kind is FileKind.Directory ? 0 : size, (UnixFileMode)(mode & 0xFFF), owner, device, inode, links, (seconds * 1_000_000_000) + rest);
    }

    private static FileKind Kind(int mode) => (mode & 0xF000) switch
    {
        0x8000 => FileKind.File,
        0x4000 => FileKind.Directory,
        0xA000 => FileKind.Link,
        _ => FileKind.Other,
    };

    private static bool Number<T>(string text, out T value)
        where T : struct, INumber<T> => T.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out value);
}
