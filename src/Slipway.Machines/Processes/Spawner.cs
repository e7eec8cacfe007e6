using System.Buffers.Text;
using Slipway.Machines.HandOff;
using Slipway.Machines.Posix;

namespace Slipway.Machines.Processes;

/// <summary>
/// Starts a child with <c>posix_spawn</c>: a session of its own, every signal at its default, none blocked,
/// and no descriptor but the three streams and the leases.
/// </summary>
internal static unsafe class Spawner
{
    private const short SetDefaultSignals = 0x04;
    private const short SetMask = 0x08;
    private const short SetSession = 0x80;

    // Larger than the opaque types of glibc (80, 336 and 128 bytes) and musl.
    private const int ActionsSize = 256;
    private const int AttributesSize = 512;
    private const int SetSize = 128;

    private const int LowestLease = 200;
    private const int BusyRounds = 20;
    private const int BusyMilliseconds = 5;

    /// <summary>Some of what a child inherits belongs to the whole process and is changed for the moment of the start.</summary>
    private static readonly Lock Gate = new();

    /// <summary>Starts the child; 0 or the negated error number.</summary>
    public static int Start(ExecImage image, string? directory, (int In, int Out, int Error) streams, ReadOnlySpan<int> leases, out int pid) =>
        Start(image, directory, [streams.In, streams.Out, streams.Error], leases, out pid);

    /// <summary>
    /// Starts a child that gets what this process would hand over if it became it: group, terminal, streams and other descriptors, and what signals are ignored or blocked.
    /// </summary>
    public static int StartAttached(ExecImage image, string? directory, ReadOnlySpan<int> leases, out int pid) => Start(image, directory, [], leases, out pid);

    // Without streams of its own the child is attached.
    private static int Start(ExecImage image, string? directory, ReadOnlySpan<int> streams, ReadOnlySpan<int> leases, out int pid)
    {
        var actions = stackalloc byte[ActionsSize];
        var attributes = stackalloc byte[AttributesSize];
        _ = Libc.ActionsInit(actions);
        _ = Libc.AttributesInit(attributes);
        try
        {
            using var texts = new CStrings([image.Path.ToArray(), directory is null ? [] : PosixText.Encode(directory)]);
            using var arguments = new CStrings(image.Arguments);
            using var environment = new CStrings(image.Environment);
            if (directory is not null && !TryAddDirectory(actions, texts.Pointer[1]))
            {
                pid = 0;
                return -Errno.NotImplemented;
            }

            SetAttributes(attributes, isAttached: streams.IsEmpty);
            var highest = CloseInherited(actions, isAttached: streams.IsEmpty);
            for (var target = 0; target < streams.Length; target++)
            {
                _ = Libc.ActionsAddDuplicate(actions, streams[target], target);
            }

            AddLeases(actions, leases);
            lock (Gate)
            {
                LetChildrenWait();
                var limit = OpenFileLimit.LowerForChild(highest);
                var result = StartPatiently(out pid, texts.Pointer[0], actions, attributes, arguments.Pointer, environment.Pointer);
                OpenFileLimit.Set(limit);
                return result;
            }
        }
        finally
        {
            _ = Libc.ActionsDestroy(actions);
            _ = Libc.AttributesDestroy(attributes);
        }
    }

    /// <summary>
    /// A file that this process has just written is "busy" while a child started by another thread still has its
    /// copy of the descriptor, which lasts until that child's exec.
    /// </summary>
    private static int StartPatiently(out int pid, byte* path, byte* actions, byte* attributes, byte** argv, byte** envp)
    {
        var error = Libc.Spawn(out pid, path, actions, attributes, argv, envp);
        for (var round = 0; round < BusyRounds && error == Errno.TextFileBusy; round++)
        {
            _ = Descriptor.Poll([], BusyMilliseconds);
            error = Libc.Spawn(out pid, path, actions, attributes, argv, envp);
        }

        return -error;
    }

    private static void SetAttributes(byte* attributes, bool isAttached)
    {
        var set = stackalloc byte[SetSize];
        if (isAttached)
        {
            // The runtime ignores it; what else is ignored was so before us. What has a handler is at its default after the start anyway.
            _ = Libc.EmptySet(set);
            _ = Libc.AddToSet(set, Signals.Pipe);
            _ = Libc.AttributesSetDefaultSignals(attributes, set);
            _ = Libc.AttributesSetFlags(attributes, SetDefaultSignals);
            return;
        }

        _ = Libc.FillSet(set);
        _ = Libc.AttributesSetDefaultSignals(attributes, set);
        _ = Libc.EmptySet(set);
        _ = Libc.AttributesSetMask(attributes, set);
        _ = Libc.AttributesSetFlags(attributes, SetSession | SetDefaultSignals | SetMask);
    }

    /// <summary>C libraries before glibc 2.29 and musl 1.1.24 cannot start a process in another directory.</summary>
    private static bool TryAddDirectory(byte* actions, byte* path)
    {
        try
        {
            return Libc.ActionsAddChangeDirectory(actions, path) == 0;
        }
        catch (EntryPointNotFoundException)
        {
            return false;
        }
    }

    /// <summary>Descriptors that our own parent left open would reach every child; only an attached one is to have them. The result is the highest number in use.</summary>
    private static int CloseInherited(byte* actions, bool isAttached)
    {
        var folder = Descriptor.Open("/proc/self/fd", OpenFlags.ReadOnly | OpenFlags.Directory);
        if (folder < 0)
        {
            return int.MaxValue;
        }

        var highest = 0;
        var names = new List<byte[]>();
        _ = DirectoryReader.Read(folder, names);
        foreach (var name in names)
        {
            if (!Utf8Parser.TryParse(name, out int fd, out _))
            {
                continue;
            }

            highest = Math.Max(highest, fd);
            if (!isAttached && fd > 2 && Descriptor.IsInheritable(fd))
            {
                _ = Libc.ActionsAddClose(actions, fd);
            }
        }

        Descriptor.Close(folder);
        return highest;
    }

    /// <summary>
    /// Leases are close-on-exec here, so that no other child gets them. The number in the child differs from the
    /// one here, because older C libraries keep close-on-exec when both are equal.
    /// </summary>
    private static void AddLeases(byte* actions, ReadOnlySpan<int> leases)
    {
        var target = LowestLease;
        foreach (var lease in leases)
        {
            while (leases.Contains(target))
            {
                target++;
            }

            _ = Libc.ActionsAddDuplicate(actions, lease, target++);
        }
    }

    /// <summary>With SIGCHLD ignored, as some callers leave it, the kernel throws exit codes away.</summary>
    private static void LetChildrenWait()
    {
        var current = stackalloc nint[32];
        if (Libc.SignalAction(Signals.Child, null, current) == 0 && current[0] == Signals.Ignore)
        {
            _ = Libc.SetSignal(Signals.Child, Signals.Default);
        }
    }
}
