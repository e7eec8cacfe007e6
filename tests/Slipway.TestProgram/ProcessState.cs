namespace Slipway.TestProgram;

/// <summary>What the kernel says about this process, as far as it does not depend on .NET.</summary>
internal static class ProcessState
{
    public static string Describe()
    {
        var stat = File.ReadAllText("/proc/self/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return $"pgid {fields[2]}\nsid {fields[3]}";
    }
}
