namespace Slipway.TestKit;

/// <summary>Programs that stand in for tools that a machine need not have; each does for real what Slipway asks of it.</summary>
public static class StandIn
{
    /// <summary>The version that the stand-in for uv tells.</summary>
    public const string UvVersion = "0.12.5";

    private const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Puts uv into a folder: the one that <c>SLIPWAY_TEST_UV</c> names, else the stand-in.</summary>
    /// <param name="folder">The folder; made when it is not there.</param>
    /// <param name="version">The version that the stand-in tells; the real one is not used when this is given.</param>
    /// <returns>The absolute path of the program.</returns>
    public static string Uv(string folder, string? version = null)
    {
        if (version is null && Environment.GetEnvironmentVariable("SLIPWAY_TEST_UV") is { Length: > 0 } real)
        {
            var link = Path.Combine(Directory.CreateDirectory(folder).FullName, "uv");
            File.CreateSymbolicLink(link, real);
            return link;
        }

        return Write(folder, "uv", UvProgram(version ?? UvVersion));
    }

    /// <summary>Puts the stand-in for conda-lock into a folder.</summary>
    /// <param name="folder">The folder; made when it is not there.</param>
    /// <param name="version">The version that it tells.</param>
    /// <returns>The absolute path of the program.</returns>
    public static string CondaLock(string folder, string version = "2.5.7") => Write(folder, "conda-lock", Program("conda_lock.py", version));

    /// <summary>The program of the stand-in for uv, with the interpreter that runs it in its first line.</summary>
    public static string UvProgram(string version) => Program("uv.py", version);

    private static string Program(string resource, string version)
    {
        using var stream = typeof(StandIn).Assembly.GetManifestResourceStream(resource) ?? throw new InvalidOperationException($"{resource} is not embedded.");
        using var reader = new StreamReader(stream);
        return $"#!{Pythons.Default.FullPath} -I\n{reader.ReadToEnd().Replace("@VERSION@", version, StringComparison.Ordinal)}";
    }

    /// <summary>Writes a program into a folder.</summary>
    /// <returns>Its absolute path.</returns>
    public static string Write(string folder, string name, string text)
    {
        var path = Path.Combine(Directory.CreateDirectory(folder).FullName, name);
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, Executable);
        return path;
    }
}
