namespace Slipway.Machines.Files;

/// <summary>One thing in a tree.</summary>
/// <param name="Kind">A file, a directory, a link, or something else (a socket, a device).</param>
/// <param name="Path">Relative to the root, without a leading <c>./</c>; <see cref="Posix.PosixText"/>.</param>
/// <param name="Mode">Permissions; not kept for links.</param>
/// <param name="Size">Bytes of a file, else 0.</param>
/// <param name="Sha256">Lower case hex SHA-256 of a file's content, else null.</param>
/// <param name="Target">What a link holds, else null; <see cref="Posix.PosixText"/>.</param>
public sealed record InventoryEntry(FileKind Kind, string Path, UnixFileMode Mode, long Size, string? Sha256, string? Target);
