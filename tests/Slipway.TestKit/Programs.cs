namespace Slipway.TestKit;

/// <summary>Finds programs the way a shell does.</summary>
public static class Programs
{
    private const UnixFileMode AnyExecute =
        UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>The absolute folders of <c>PATH</c>, in order.</summary>
    public static IReadOnlyList<string> SearchPath =>
        [.. (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':').Where(Path.IsPathRooted)];

    /// <summary>The absolute path of a program on <c>PATH</c>, or null. A name with a slash stands for itself.</summary>
    public static string? TryFind(string name)
    {
        var candidates = name.Contains('/', StringComparison.Ordinal)
            ? [Path.GetFullPath(name)]
            : SearchPath.Select(folder => Path.Combine(folder, name));
        return candidates.FirstOrDefault(path => File.Exists(path) && (File.GetUnixFileMode(path) & AnyExecute) != UnixFileMode.None);
    }
}
