namespace Slipway.Cli;

/// <summary>Where the running Slipway lies, as others would start it.</summary>
internal static class RunningProgram
{
    private const string ManagedFolder = "app";

    /// <summary>The absolute path of the program: the native launcher where this process was started by one, else this process's own.</summary>
    public static string FullPath { get; } = Find(Environment.ProcessPath ?? string.Empty);

    /// <summary>The program that belongs to the executable of a process.</summary>
    internal static string Find(string process)
    {
        var folder = Path.GetDirectoryName(process) ?? string.Empty;
        var launcher = Path.Combine(Path.GetDirectoryName(folder) ?? string.Empty, Path.GetFileName(process));
        return string.Equals(Path.GetFileName(folder), ManagedFolder, StringComparison.Ordinal) && File.Exists(launcher) ? launcher : process;
    }
}
