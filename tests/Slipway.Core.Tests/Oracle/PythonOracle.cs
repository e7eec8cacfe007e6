using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Slipway.Core.Tests.Oracle;

/// <summary>
/// A Python interpreter whose pip carries a recent <c>packaging</c>: an independent reading of the same
/// standards. It is looked for in <c>SLIPWAY_TEST_PYTHON</c>, on PATH, and among pyenv's versions.
/// </summary>
internal static class PythonOracle
{
    private const string Probe =
        """
        import tomllib
        from pip._vendor import packaging
        assert int(packaging.__version__.split('.')[0]) >= 22
        """;

    private static readonly Lazy<string?> Found = new(Find);

    /// <summary>Why the oracle cannot be asked; null when it can.</summary>
    public static string? Missing => Found.Value is null
        ? "No Python 3.11 or newer with a pip that carries packaging 22 or newer was found (set SLIPWAY_TEST_PYTHON to name one)."
        : null;

    /// <summary>Runs a program that reads one JSON document and writes one.</summary>
    public static JsonElement Ask(string program, object question)
    {
        var (code, output, error) = Run(Found.Value!, program, JsonSerializer.Serialize(question), TimeSpan.FromSeconds(60));
        Assert.True(code == 0, error);
        return JsonSerializer.Deserialize<JsonElement>(output);
    }

    private static string? Find() => Candidates().FirstOrDefault(static path => Run(path, Probe, string.Empty, TimeSpan.FromSeconds(20)).Code == 0);

    private static IEnumerable<string> Candidates()
    {
        if (Environment.GetEnvironmentVariable("SLIPWAY_TEST_PYTHON") is { Length: > 0 } named)
        {
            yield return named;
        }

        var folders = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        foreach (var folder in folders.Where(static folder => !folder.EndsWith("shims", StringComparison.Ordinal)))
        {
            foreach (var name in new[] { "python3.14", "python3.13", "python3.12", "python3.11", "python3" }.Where(name => File.Exists(Path.Combine(folder, name))))
            {
                yield return Path.Combine(folder, name);
            }
        }

        // pyenv puts shims on PATH; the interpreters stand beside them.
        foreach (var shims in folders.Where(static folder => folder.EndsWith("shims", StringComparison.Ordinal)))
        {
            var versions = Path.Combine(Path.GetDirectoryName(shims)!, "versions");
            var installed = Directory.Exists(versions) ? Directory.GetDirectories(versions) : [];
            foreach (var version in installed.OrderDescending(StringComparer.Ordinal))
            {
                yield return Path.Combine(version, "bin", "python3");
            }
        }
    }

    private static (int Code, string Output, string Error) Run(string python, string program, string input, TimeSpan limit)
    {
        if (!File.Exists(python))
        {
            return (-1, string.Empty, "no such file");
        }

        using var process = new Process();
        process.StartInfo = new ProcessStartInfo(python)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            StandardOutputEncoding = Encoding.UTF8,
            ArgumentList = { "-X", "utf8", "-I", "-c", program },
        };
        process.Start();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        try
        {
            process.StandardInput.Write(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The process ended without reading: its exit code says why.
        }

        if (!process.WaitForExit(limit))
        {
            process.Kill(entireProcessTree: true);
            return (-1, string.Empty, $"{python} did not end within {limit}.");
        }

        return (process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }
}

/// <summary>A test that needs the oracle; without one it is skipped, and says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OracleFactAttribute : FactAttribute
{
    public OracleFactAttribute() => Skip = PythonOracle.Missing;
}
