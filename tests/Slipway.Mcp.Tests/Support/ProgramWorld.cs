using System.Runtime.CompilerServices;
using Slipway.TestKit;

namespace Slipway.Mcp.Tests.Support;

/// <summary>The real program in a home of its own, with a policy.</summary>
internal sealed class ProgramWorld : IDisposable
{
    private readonly TempFolder _folder = new();

    public ProgramWorld(string run, params (string Name, string Value)[] variables)
    {
        var policy = _folder.WriteFile("config/slipway/policy.toml", $"per_run_max_usd = \"10.00\"\ndaily_max_usd = \"20.00\"\nmonthly_max_usd = \"100.00\"\n\n[mcp]\nrun = \"{run}\"\n");
        File.SetUnixFileMode(Path.GetDirectoryName(policy)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.SetUnixFileMode(policy, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        _folder.CreateFolder("work");
        Variables = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["HOME"] = _folder.FullPath, ["XDG_CONFIG_HOME"] = _folder.Combine("config"), ["XDG_STATE_HOME"] = _folder.Combine("state"), ["SLIPWAY_HOME"] = _folder.Combine("home"), ["SLIPWAY_PYTHON"] = Pythons.Default.FullPath,
        };
        foreach (var (name, value) in variables)
        {
            Variables[name] = value;
        }
    }

    public Dictionary<string, string?> Variables { get; }

    /// <summary>The directory that everything runs in.</summary>
    public string Work => _folder.Combine("work");

    public string Audit => File.Exists(_folder.Combine("state", "slipway", "mcp", "audit.jsonl")) ? File.ReadAllText(_folder.Combine("state", "slipway", "mcp", "audit.jsonl")) : string.Empty;

    public string Combine(params string[] parts) => _folder.Combine(parts);

    public string Write(string path, string text) => _folder.WriteFile($"work/{path}", text);

    /// <summary><c>SLIPWAY_TEST_PROGRAM</c>, else the one that was built last.</summary>
    public static string Program()
    {
        var program = Environment.GetEnvironmentVariable("SLIPWAY_TEST_PROGRAM") is { Length: > 0 } named
            ? named
            : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "..", "..", "..", "artifacts", "bin", "Slipway.Cli", "debug", "slipway"));
        Assert.True(File.Exists(program), $"{program} is not built: `dotnet build src/Slipway.Cli`, or set SLIPWAY_TEST_PROGRAM.");
        return program;
    }

    public CommandOptions Options => new() { WorkingFolder = Work, Environment = Variables, Timeout = TimeSpan.FromMinutes(3), KeepInputOpen = true };

    public void Dispose() => _folder.Dispose();

    private static string Here([CallerFilePath] string here = "") => here;
}
