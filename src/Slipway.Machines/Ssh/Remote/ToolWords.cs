using Slipway.Core.Failures;
using Slipway.Machines.Files;
using Slipway.Machines.Posix;

namespace Slipway.Machines.Ssh.Remote;

/// <summary>Error numbers from the English words that shells and tools write for them.</summary>
internal static class ToolWords
{
    private static readonly (string Words, int Number)[] Known =
    [
        ("No space left", Errno.NoSpace),
        ("Disk quota exceeded", Errno.QuotaExceeded),
        ("Read-only file system", Errno.ReadOnlyFileSystem),
        ("Permission denied", Errno.AccessDenied),
        ("Operation not permitted", Errno.NotPermitted),
        ("Not a directory", Errno.NotDirectory),
        ("Is a directory", Errno.IsDirectory),
        ("File exists", Errno.Exists),
        ("Directory not empty", Errno.NotEmpty),
        ("Too many levels of symbolic links", Errno.LinkLoop),
        ("File name too long", Errno.NameTooLong),
        ("cross-device", Errno.CrossDevice),
        ("No locks available", Errno.NoLocks),
        ("Function not implemented", Errno.NotImplemented),
        ("not supported", Errno.NotSupported),
        ("No such file or directory", Errno.NoEntry),

        // dash
        ("nonexistent", Errno.NoEntry),
        ("No such file", Errno.NoEntry),
    ];

    /// <summary>The failure of writing a path.</summary>
    public static Failure Writing(string path, string words) => With(words, Number(words) is { } number ? FileFailures.Writing(path, number)
        : new Failure(MachinesFailures.FileSystemFault, $"Cannot write {path}."));

    /// <summary>The failure of reading a path.</summary>
    public static Failure Reading(string path, string words) => With(words, Number(words) is { } number ? FileFailures.Reading(path, number)
        : new Failure(MachinesFailures.FileSystemFault, $"Cannot read {path}."));

    /// <summary>The failure of locking a path.</summary>
    public static Failure Locking(string path, string words) => With(words, Locks.FileLocks.Unusable(path, Number(words) ?? Errno.Invalid));

    /// <summary>Whether the words mean that nothing is there.</summary>
    public static bool AreOfMissing(string words) => Number(words) is Errno.NoEntry or Errno.NotDirectory;

    private static int? Number(string words) =>
        Known.FirstOrDefault(known => words.Contains(known.Words, StringComparison.OrdinalIgnoreCase)) is { Words: not null } found ? found.Number : null;

    private static Failure With(string words, Failure failure) => words.Length == 0 ? failure : failure with { Detail = words };
}
