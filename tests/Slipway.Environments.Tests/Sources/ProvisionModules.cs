using System.Runtime.CompilerServices;
using Slipway.TestKit;

namespace Slipway.Environments.Tests.Sources;

/// <summary>Runs a Python program against the modules of <c>python/provision</c> as they stand in the source tree.</summary>
internal static class ProvisionModules
{
    private static readonly CommandOptions Limits = new() { Timeout = TimeSpan.FromSeconds(60) };

    /// <summary>Runs a program that ends with an error when it finds one.</summary>
    /// <param name="python">The interpreter; its own pip lends its vendored packages.</param>
    /// <param name="program">The program; <c>sys</c> is imported, and <c>sys.argv[1:]</c> are <paramref name="arguments"/>.</param>
    /// <param name="arguments">What the program needs to know.</param>
    public static async Task RunAsync(string python, string program, params IReadOnlyList<string> arguments)
    {
        var whole = $"import sys\nsys.path.insert(0, sys.argv.pop(1))\n{program}";
        (await CommandRunner.RunAsync(python, ["-I", "-c", whole, Folder(), .. arguments], Limits)).OrThrow();
    }

    private static string Folder([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../../python/provision"));
}
