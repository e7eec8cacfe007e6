using System.Diagnostics;
using System.Globalization;

namespace Slipway.TestKit;

/// <summary>Ends a program with all that it started, also what its own parent left behind.</summary>
internal static class ProcessTree
{
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
            .Where(pid => pid > 0 && SessionOf(pid) == session)];
    }

    private static int SessionOf(int pid)
    {
        try
        {
            // pid (name) state ppid pgrp session ...; the name may hold spaces and parentheses.
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return int.Parse(fields[3], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
        catch (UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
