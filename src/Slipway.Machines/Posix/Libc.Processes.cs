using System.Runtime.InteropServices;

namespace Slipway.Machines.Posix;

/// <content>Processes, signals and limits.</content>
internal static partial class Libc
{
    [LibraryImport(Library, EntryPoint = "posix_spawn")]
    public static unsafe partial int Spawn(out int pid, byte* path, byte* actions, byte* attributes, byte** argv, byte** envp);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_init")]
    public static unsafe partial int AttributesInit(byte* attributes);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_destroy")]
    public static unsafe partial int AttributesDestroy(byte* attributes);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_setflags")]
    public static unsafe partial int AttributesSetFlags(byte* attributes, short flags);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_setsigdefault")]
    public static unsafe partial int AttributesSetDefaultSignals(byte* attributes, byte* set);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_setsigmask")]
    public static unsafe partial int AttributesSetMask(byte* attributes, byte* set);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_init")]
    public static unsafe partial int ActionsInit(byte* actions);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_destroy")]
    public static unsafe partial int ActionsDestroy(byte* actions);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_adddup2")]
    public static unsafe partial int ActionsAddDuplicate(byte* actions, int from, int to);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_addclose")]
    public static unsafe partial int ActionsAddClose(byte* actions, int fd);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_addchdir_np")]
    public static unsafe partial int ActionsAddChangeDirectory(byte* actions, byte* path);

    [LibraryImport(Library, EntryPoint = "sigemptyset")]
    public static unsafe partial int EmptySet(byte* set);

    [LibraryImport(Library, EntryPoint = "sigfillset")]
    public static unsafe partial int FillSet(byte* set);

    [LibraryImport(Library, EntryPoint = "sigaddset")]
    public static unsafe partial int AddToSet(byte* set, int signal);

    [LibraryImport(Library, EntryPoint = "getpgrp")]
    public static partial int GetProcessGroup();

    [LibraryImport(Library, EntryPoint = "tcgetpgrp", SetLastError = true)]
    public static partial int TerminalGroup(int fd);

    [LibraryImport(Library, EntryPoint = "signal", SetLastError = true)]
    public static partial nint SetSignal(int signal, nint handler);

    /// <summary>Reads a disposition; the handler is the struct's first field everywhere.</summary>
    [LibraryImport(Library, EntryPoint = "sigaction", SetLastError = true)]
    public static unsafe partial int SignalAction(int signal, void* change, nint* current);

    [LibraryImport(Library, EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int pid, int signal);

    [LibraryImport(Library, EntryPoint = "waitid", SetLastError = true)]
    public static partial int WaitId(int idType, int id, Span<byte> info, int options);

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    public static partial long CallPidFd(long number, int pid, uint flags);

    [LibraryImport(Library, EntryPoint = "pipe2", SetLastError = true)]
    public static partial int Pipe(Span<int> fds, int flags);

    [LibraryImport(Library, EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventFd(uint initial, int flags);

    [LibraryImport(Library, EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(Span<PollEntry> entries, nuint count, int timeout);

    [LibraryImport(Library, EntryPoint = "execve", SetLastError = true)]
    public static unsafe partial int Execute(byte* path, byte** argv, byte** envp);

    [LibraryImport(Library, EntryPoint = "chdir", SetLastError = true)]
    public static partial int ChangeDirectory(ReadOnlySpan<byte> path);

    [LibraryImport(Library, EntryPoint = "fchdir", SetLastError = true)]
    public static partial int ChangeDirectory(int fd);

    [LibraryImport(Library, EntryPoint = "prlimit", SetLastError = true)]
    public static partial int ProcessLimit(int pid, int resource, ReadOnlySpan<Limit> change, Span<Limit> old);

    [LibraryImport(Library, EntryPoint = "getpid")]
    public static partial int GetProcessId();

    [LibraryImport(Library, EntryPoint = "getppid")]
    public static partial int GetParentProcessId();

    [LibraryImport(Library, EntryPoint = "geteuid")]
    public static partial uint GetEffectiveUserId();

    [LibraryImport(Library, EntryPoint = "uname", SetLastError = true)]
    public static partial int SystemName(Span<byte> buffer);

    [LibraryImport(Library, EntryPoint = "gnu_get_libc_version")]
    public static unsafe partial byte* GnuLibcVersion();

    /// <summary><c>struct pollfd</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PollEntry
    {
        public int Fd;
        public short Events;
        public short Received;
    }

    /// <summary><c>struct rlimit</c> of 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public readonly record struct Limit(ulong Soft, ulong Hard);
}
