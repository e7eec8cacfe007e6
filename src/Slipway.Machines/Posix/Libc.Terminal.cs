using System.Runtime.InteropServices;

namespace Slipway.Machines.Posix;

/// <summary>Terminals, by termios(3).</summary>
internal static partial class Libc
{
    [LibraryImport(Library, EntryPoint = "tcgetattr", SetLastError = true)]
    public static partial int GetTerminal(int fd, Span<byte> settings);

    [LibraryImport(Library, EntryPoint = "tcsetattr", SetLastError = true)]
    public static partial int SetTerminal(int fd, int when, ReadOnlySpan<byte> settings);
}
