using System.Diagnostics;
using System.Globalization;

namespace Slipway.TestKit;

/// <summary>Ends a program with all that it started, also what its own parent left behind.</summary>
internal static class ProcessTree
{
    private const int SessionField = 3;

    internal static void Kill(Process leader)
    {
        try
        {
            leader.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended; its orphans are found by their session.
        }

        Native.Kill(-leader.Id, Native.SigKill);
        foreach (var orphan in MembersOfSession(leader.Id))
        {
            Native.Kill(orphan, Native.SigKill);
        }
    }

    /// <summary>The processes of a session on Linux; elsewhere none.</summary>
    internal static IReadOnlyList<int> MembersOfSession(int session)
    {
        if (!Directory.Exists("/proc/self"))
        {
            return [];
        }

        return [.. Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : 0)
            .Where(pid => pid > 0 && ReadStat(pid) is { } stat && int.Parse(stat[SessionField], CultureInfo.InvariantCulture) == session)];
    }

    /// <summary>The fields of a process from its state on (Linux), or null when there is none.</summary>
    internal static string[]? ReadStat(int pid)
    {
        try
        {
            // pid (name) state ppid pgrp session ...; the name may hold spaces and parentheses.
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }
}
