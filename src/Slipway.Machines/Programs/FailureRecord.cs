using System.Text;
using Slipway.Core.Failures;
using Slipway.Machines.Files;
using Slipway.Machines.Posix;

namespace Slipway.Machines.Programs;

/// <summary>
/// The text in which a failed build leaves its failure for those who waited for it: the code's id, the label, the
/// message, then the detail's lines.
/// </summary>
internal static class FailureRecord
{
    private const int SizeLimit = 256 * 1024;
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>
    /// What tells one record from another. Not a time to compare with: clocks jump. Records are replaced by rename,
    /// so a new one is another inode while the old one still exists, and has another modification time besides.
    /// </summary>
    public static (ulong Inode, long Modified) Stamp(string? path) =>
        path is not null && LocalFiles.Stat(path) is { IsOk: true, Value: { Exists: true } status }
            ? (status.Inode, status.ModifiedUnixNanoseconds)
            : default;

    /// <summary>The text of a record.</summary>
    public static string Compose(string label, Failure failure) => new StringBuilder()
        .Append(failure.Code.Id).Append('\n')
        .Append(label.ReplaceLineEndings(" ")).Append('\n')
        .Append(failure.Message.ReplaceLineEndings(" ")).Append('\n')
        .Append(failure.Detail)
        .ToString();

    /// <summary>Writes a record; where that fails the next caller just repeats the work.</summary>
    public static void Write(string path, string label, Failure failure) =>
        _ = LocalFiles.WriteUnsynced(path, PosixText.Encode(Compose(label, failure)), Mode);

    /// <summary>Reads a record; null when there is none, it is torn, or its code is none of this program's.</summary>
    public static Failure? Read(string path, Func<string, FailureCode?> findCode) =>
        LocalFiles.Read(path, SizeLimit).TryGet(out var bytes, out _) ? Parse(PosixText.Decode(bytes), findCode) : null;

    /// <summary>Reads the text of a record; null when it is torn, or its code is none of this program's.</summary>
    public static Failure? Parse(string text, Func<string, FailureCode?> findCode)
    {
        var lines = text.Split('\n', 4);
        return lines.Length >= 3 && findCode(lines[0]) is { } code
            ? new Failure(code, lines[2]) { Detail = lines.Length > 3 && lines[3].Length > 0 ? lines[3] : null }
            : null;
    }
}
