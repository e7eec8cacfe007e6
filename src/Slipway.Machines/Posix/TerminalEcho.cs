using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Machines.Posix;

/// <summary>A terminal that does not show what is typed, until this is disposed of.</summary>
public sealed class TerminalEcho : IDisposable
{
    // struct termios of Linux begins with four flag words, of which the last has ECHO; it has 60 bytes with glibc and musl.
    private const int Room = 128;
    private const int LocalFlags = 12;
    private const uint Echo = 0x8;
    private const int Flush = 2;

    private readonly SafeFileHandle _terminal;
    private readonly byte[] _before;

    private TerminalEcho(SafeFileHandle terminal, byte[] before) => (_terminal, _before) = (terminal, before);

    /// <summary>Has it show nothing.</summary>
    /// <param name="terminal">The terminal.</param>
    /// <returns>What shows things again; null where it is no terminal, or none whose settings are known.</returns>
    public static TerminalEcho? Off(SafeFileHandle terminal)
    {
        ArgumentNullException.ThrowIfNull(terminal);
        var before = new byte[Room];
        var fd = (int)terminal.DangerousGetHandle();
        if (!OperatingSystem.IsLinux() || Libc.GetTerminal(fd, before) != 0)
        {
            return null;
        }

        var quiet = before.ToArray();
        BinaryPrimitives.WriteUInt32LittleEndian(quiet.AsSpan(LocalFlags), BinaryPrimitives.ReadUInt32LittleEndian(quiet.AsSpan(LocalFlags)) & ~Echo);
        return Libc.SetTerminal(fd, Flush, quiet) == 0 ? new TerminalEcho(terminal, before) : null;
    }

    /// <inheritdoc/>
    public void Dispose() => _ = Libc.SetTerminal((int)_terminal.DangerousGetHandle(), Flush, _before);
}
