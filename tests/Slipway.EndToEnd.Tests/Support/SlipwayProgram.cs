using System.Runtime.CompilerServices;
using Slipway.TestKit;

namespace Slipway.EndToEnd.Tests.Support;

/// <summary>The published program: <c>SLIPWAY_TEST_PROGRAM</c>, else the one below <c>artifacts</c>, which is built once when it is missing.</summary>
internal static class SlipwayProgram
{
    private static readonly Lazy<string> Found = new(Find);

    public static string FullPath => Found.Value;

    public static string RepositoryRoot { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "..", "..", ".."));

    private static string Find()
    {
        if (Environment.GetEnvironmentVariable("SLIPWAY_TEST_PROGRAM") is { Length: > 0 } named)
        {
            return named;
        }

        var program = Path.Combine(RepositoryRoot, "artifacts", "slipway", "slipway");
        if (!File.Exists(program))
        {
            CommandRunner.RunAsync(Path.Combine(RepositoryRoot, "build"), [], new CommandOptions { Timeout = TimeSpan.FromMinutes(10) })
                .GetAwaiter().GetResult().OrThrow();
        }

        return program;
    }

    private static string Here([CallerFilePath] string path = "") => path;
}
