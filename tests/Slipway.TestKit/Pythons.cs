using System.Diagnostics;

namespace Slipway.TestKit;

/// <summary>
/// The CPython 3 interpreters that tests may use: pyenv's versions, <c>python3.N</c> on <c>PATH</c> and
/// <c>/usr/bin/python3</c>. <c>SLIPWAY_TEST_PYTHON</c> names the one to prefer.
/// </summary>
public static class Pythons
{
    private const string Question = "import sys; print('%d.%d.%d' % sys.version_info[:3])";
    private const int ProbeMilliseconds = 20_000;
    private static readonly Version Oldest = new(3, 9);
    private static readonly Lazy<IReadOnlyList<PythonInterpreter>> Found = new(Search);

    /// <summary>All interpreters, newest first, one for each file.</summary>
    public static IReadOnlyList<PythonInterpreter> All => Found.Value;

    /// <summary>The interpreter to use when the version does not matter; at least 3.9.</summary>
    /// <exception cref="InvalidOperationException">There is none; guard with <see cref="Capability.Python"/>.</exception>
    public static PythonInterpreter Default => TryFindDefault()
        ?? throw new InvalidOperationException("No Python >= 3.9 was found; set SLIPWAY_TEST_PYTHON to one.");

    /// <summary>The root of pyenv, when there is one.</summary>
    public static string? PyenvRoot { get; } = FindPyenvRoot();

    /// <summary>The interpreter of exactly this minor version, or null.</summary>
    public static PythonInterpreter? TryFind(int major, int minor) =>
        All.FirstOrDefault(python => python.Version.Major == major && python.Version.Minor == minor);

    /// <summary>The newest interpreter of at least this version, or null.</summary>
    public static PythonInterpreter? TryFindAtLeast(int major, int minor) =>
        All.FirstOrDefault(python => python.Version >= new Version(major, minor));

    /// <summary>What <see cref="Default"/> returns, or null.</summary>
    public static PythonInterpreter? TryFindDefault()
    {
        var preferred = Environment.GetEnvironmentVariable("SLIPWAY_TEST_PYTHON");
        return All.FirstOrDefault(python => string.Equals(python.FullPath, preferred, StringComparison.Ordinal))
            ?? All.FirstOrDefault(python => python.Version >= Oldest);
    }

    private static List<PythonInterpreter> Search()
    {
        var files = new HashSet<string>(StringComparer.Ordinal);
        var found = new List<PythonInterpreter>();
        foreach (var candidate in Candidates().Where(File.Exists))
        {
            var file = File.ResolveLinkTarget(candidate, returnFinalTarget: true)?.FullName ?? candidate;
            if (files.Add(file) && Probe(candidate) is { Major: 3 } version)
            {
                found.Add(new PythonInterpreter(candidate, version));
            }
        }

        return [.. found.OrderByDescending(python => python.Version)];
    }

    private static IEnumerable<string> Candidates()
    {
        if (Environment.GetEnvironmentVariable("SLIPWAY_TEST_PYTHON") is { Length: > 0 } preferred)
        {
            yield return preferred;
        }

        if (PyenvRoot is not null && Directory.Exists(Path.Combine(PyenvRoot, "versions")))
        {
            // Named environments live beside the versions; only a version number is an interpreter of its own.
            foreach (var folder in Directory.GetDirectories(Path.Combine(PyenvRoot, "versions"), "3.*").Order(StringComparer.Ordinal))
            {
                yield return Path.Combine(folder, "bin", "python");
            }
        }

        yield return "/usr/bin/python3";
        foreach (var folder in Programs.SearchPath.Where(folder => !folder.EndsWith("/shims", StringComparison.Ordinal)))
        {
            for (var minor = 9; minor < 20; minor++)
            {
                yield return Path.Combine(folder, $"python3.{minor}");
            }
        }
    }

    private static Version? Probe(string program)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true },
        };
        foreach (var argument in (ReadOnlySpan<string>)["-I", "-S", "-c", Question])
        {
            process.StartInfo.ArgumentList.Add(argument);
        }

        process.Start();
        if (!process.WaitForExit(ProbeMilliseconds))
        {
            process.Kill(entireProcessTree: true);
            return null;
        }

        var answer = process.StandardOutput.ReadToEnd();
        return process.ExitCode == 0 && Version.TryParse(answer.AsSpan().Trim(), out var version) ? version : null;
    }

    private static string? FindPyenvRoot()
    {
        var root = Environment.GetEnvironmentVariable("PYENV_ROOT");
        if (string.IsNullOrEmpty(root))
        {
            root = Path.Combine(Environment.GetEnvironmentVariable("HOME") ?? "/", ".pyenv");
        }

        return Directory.Exists(root) ? root : null;
    }
}
