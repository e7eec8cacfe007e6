using System.Buffers.Text;
using Slipway.Machines.Posix;

namespace Slipway.Machines.Processes;

/// <summary>The processes of one POSIX session, found in the proc file system: a shell with job control spreads them over many groups.</summary>
internal static class SessionProcesses
{
    private const int Rounds = 500;
    private const int RoundMilliseconds = 10;

    /// <summary>Sends a signal to the leader's group and to every other living process of the session.</summary>
    public static void Signal(int session, int signal)
    {
        _ = Libc.Kill(-session, signal);
        foreach (var (pid, group) in Living(session))
        {
            if (group != session)
            {
                _ = Libc.Kill(pid, signal);
            }
        }
    }

    /// <summary>Kills until nothing of the session lives; KILL is not waited for by the kernel, so this looks.</summary>
    public static void KillAll(int session)
    {
        Signal(session, Signals.Kill);
        for (var round = 0; round < Rounds && AnyLiving(session); round++)
        {
            _ = Descriptor.Poll([], RoundMilliseconds);
            Signal(session, Signals.Kill);
        }
    }

    public static bool AnyLiving(int session) => Living(session).Count > 0;

    /// <summary>Living processes of a session with their groups; ended ones that nobody has reaped do not count.</summary>
    internal static List<(int Pid, int Group)> Living(int session)
    {
        var found = new List<(int, int)>();
        var names = new List<byte[]>();
        var proc = Descriptor.Open("/proc", OpenFlags.ReadOnly | OpenFlags.Directory);
        if (proc < 0)
        {
            return found;
        }

        _ = DirectoryReader.Read(proc, names);
        Descriptor.Close(proc);
        foreach (var name in names)
        {
            if (Utf8Parser.TryParse(name, out int pid, out _) && TryRead(pid, out var state, out var group, out var owner)
                && owner == session && state is not ((byte)'Z' or (byte)'X'))
            {
                found.Add((pid, group));
            }
        }

        return found;
    }

    /// <summary>The line is <c>pid (name) state parent group session …</c>; the name may hold anything, so it is read from its last parenthesis.</summary>
    private static bool TryRead(int pid, out byte state, out int group, out int session)
    {
        (state, group, session) = (0, 0, 0);
        ReadOnlySpan<byte> line = Descriptor.ReadWhole($"/proc/{pid}/stat");
        var end = line.LastIndexOf((byte)')');
        if (end < 0 || line.Length < end + 4)
        {
            return false;
        }

        state = line[end + 2];
        var rest = line[(end + 4)..];
        Span<int> numbers = stackalloc int[3];
        foreach (ref var number in numbers)
        {
            if (!Utf8Parser.TryParse(rest, out number, out var used))
            {
                return false;
            }

            rest = rest[Math.Min(rest.Length, used + 1)..];
        }

        (group, session) = (numbers[1], numbers[2]);
        return true;
    }
}
