using Slipway.Core.Identity;
using Slipway.Core.Scripts;
using Slipway.Machines;
using Slipway.Machines.Files;

namespace Slipway.Runs.Launching;

/// <summary>Takes and compares the facts of a launch record; the same code for writing and for checking.</summary>
internal static class LaunchChecks
{
    private const long MaxBytes = 16 * 1024 * 1024;

    /// <summary>A check of a path as it is now; null when it cannot be taken.</summary>
    public static LaunchCheck? Take(CheckKind kind, string path) =>
        Fact(kind, path) is { } fact ? new LaunchCheck(kind, fact, path) : null;

    /// <summary>Whether a check still holds.</summary>
    public static bool Holds(LaunchCheck check) => string.Equals(Fact(check.Kind, check.Path), check.Expected, StringComparison.Ordinal);

    private static string? Fact(CheckKind kind, string path) => kind switch
    {
        CheckKind.Absence => LocalPaths.StatusOf(path).Exists ? null : string.Empty,
        CheckKind.Presence => LocalPaths.StatusOf(path).Exists ? string.Empty : null,
        CheckKind.Stamp => Stamp(LocalPaths.StatusOf(path)),
        CheckKind.Content => LocalFiles.Read(path, MaxBytes).TryGet(out var content, out _) ? PureSha256.Hex(content) : null,
        _ => LocalFiles.Read(path, MaxBytes).TryGet(out var script, out _) ? Block(script) : null,
    };

    private static string? Stamp(FileStatus status) =>
        status.Exists ? $"{status.Device} {status.Inode} {status.Size} {status.ModifiedUnixNanoseconds}" : null;

    // Two blocks are an error that the full path reports.
    private static string? Block(byte[] script) => !ScriptBlock.TryLocate(script, out var block, out var ambiguous)
        ? ambiguous ? null : string.Empty
        : ambiguous ? null : PureSha256.Hex(script.AsSpan()[block]);
}
