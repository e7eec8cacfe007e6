namespace Slipway.TestKit.Conda;

/// <summary>The micromamba of the tests: the real one that <c>SLIPWAY_TEST_MICROMAMBA</c> names, else a stand-in that really creates environments.</summary>
public static class TestMicromamba
{
    private const UnixFileMode Program = (UnixFileMode)0x1ED; // 0755

    /// <summary>The absolute path of the real one; null when none is named.</summary>
    public static string? Real => Environment.GetEnvironmentVariable("SLIPWAY_TEST_MICROMAMBA") is { Length: > 0 } path ? path : null;

    /// <summary>Puts it where tools of a user are looked for.</summary>
    /// <param name="home">The user's home.</param>
    /// <returns>Its path.</returns>
    public static string Install(string home)
    {
        var path = PathIn(home);
        if (Real is { } real)
        {
            File.CreateSymbolicLink(path, real);
            return path;
        }

        using var stream = typeof(TestMicromamba).Assembly.GetManifestResourceStream("micromamba.py")!;
        using var reader = new StreamReader(stream);
        return Write(path, $"#!{Pythons.Default.FullPath} -I\n{reader.ReadToEnd()}");
    }

    /// <summary>Puts a program of a test in its place.</summary>
    /// <param name="home">The user's home.</param>
    /// <param name="script">A script of sh.</param>
    public static string InstallScript(string home, string script) => Write(PathIn(home), $"#!/bin/sh\n{script}\n");

    /// <summary>How the stand-in was called, one JSON text a line; none of the real one.</summary>
    /// <param name="path">Where it was put.</param>
    public static IReadOnlyList<string> Calls(string path) => File.Exists($"{path}.calls") ? File.ReadAllLines($"{path}.calls") : [];

    private static string PathIn(string home)
    {
        ArgumentNullException.ThrowIfNull(home);
        var folder = Directory.CreateDirectory(Path.Combine(home, ".local", "bin")).FullName;
        var path = Path.Combine(folder, "micromamba");
        File.Delete(path);
        return path;
    }

    private static string Write(string path, string text)
    {
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, Program);
        return path;
    }
}
