namespace Slipway.Machines.Tests.Support;

/// <summary>Looks at processes from outside.</summary>
internal static class Alive
{
    /// <summary>Whether a process exists and has not ended.</summary>
    public static bool Is(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Ended children of this process that nobody has reaped.</summary>
    public static int Zombies() => Directory.GetDirectories("/proc").Where(static f => char.IsAsciiDigit(f[^1])).Count(folder =>
    {
        try
        {
            var stat = File.ReadAllText($"{folder}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] == "Z" && fields[1] == Environment.ProcessId.ToString();
        }
        catch (IOException)
        {
            return false;
        }
    });
}
