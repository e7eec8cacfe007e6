using System.Globalization;
using System.Runtime.InteropServices;

namespace Slipway.SkyPilotApi.Clusters;

/// <summary>The processes of a job: all that are in the session of its leader, whatever groups they made.</summary>
internal static partial class Session
{
    internal const int Terminate = 15, Kill = 9;

    /// <summary>Sends a signal to every process of a session.</summary>
    internal static void Signal(int leader, int signal)
    {
        foreach (var pid in Members(leader))
        {
            _ = SendSignal(pid, signal);
        }
    }

    /// <summary>Whether any process of a session is there.</summary>
    internal static bool IsAlive(int leader) => Members(leader).Any();

    /// <summary>Linux tells in <c>/proc</c>; elsewhere only the leader's own group is known.</summary>
    private static IEnumerable<int> Members(int leader)
    {
        if (!Directory.Exists("/proc/self"))
        {
            return [-leader];
        }

        var ids = Directory.EnumerateDirectories("/proc").Select(static path => int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out var pid) ? pid : 0);
        return ids.Where(pid => pid > 0 && SessionOf(pid) == leader);
    }

    /// <summary>The session of a process that has not ended; 0 for others.</summary>
    private static int SessionOf(int pid)
    {
        try
        {
            // The name in parentheses may hold anything: the fields begin behind the last one.
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? 0 : int.Parse(fields[3], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SendSignal(int pid, int signal);
}
