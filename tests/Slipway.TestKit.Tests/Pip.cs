using System.Text.Json;

namespace Slipway.TestKit.Tests;

/// <summary>Runs a real pip against a local index, as nothing but its own arguments tell it.</summary>
internal sealed class Pip(TempStore store, PythonInterpreter? python = null)
{
    internal string Target => Path.Combine(store.Root, "target");

    internal Task<CommandResult> RunAsync(params IReadOnlyList<string> arguments) => CommandRunner.RunAsync(
        (python ?? Pythons.Default).FullPath,
        ["-m", "pip", "--isolated", "--no-cache-dir", "--no-input", "--disable-pip-version-check", "--retries", "0", .. arguments],
        new CommandOptions { Environment = store.Environment, WorkingFolder = store.Root, Timeout = TimeSpan.FromMinutes(3) });

    internal Task<CommandResult> InstallAsync(Uri index, params IReadOnlyList<string> arguments) =>
        RunAsync(["install", "--index-url", index.AbsoluteUri, "--target", Target, .. arguments]);

    internal async Task<JsonElement> ReportAsync(Uri index, params IReadOnlyList<string> arguments)
    {
        var file = Path.Combine(store.Root, "report.json");
        (await InstallAsync(index, ["--dry-run", "--quiet", "--report", file, .. arguments])).OrThrow();
        using var report = JsonDocument.Parse(await File.ReadAllTextAsync(file));
        return report.RootElement.GetProperty("install").Clone();
    }
}
