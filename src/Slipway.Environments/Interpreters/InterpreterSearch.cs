using System.Text.RegularExpressions;

namespace Slipway.Environments.Interpreters;

/// <summary>Where interpreters are looked for on this machine, in order: every directory of PATH, then pyenv's versions, then asdf's, then those that Slipway had uv install.</summary>
/// <param name="SearchPath">The directories of PATH.</param>
/// <param name="PyenvRoot">pyenv's directory; null when there is none.</param>
public sealed partial record InterpreterSearch(IReadOnlyList<string> SearchPath, string? PyenvRoot)
{
    /// <summary>asdf's directory; null when there is none.</summary>
    public string? AsdfRoot { get; init; }

    /// <summary>The directory below which Slipway has uv install Pythons; null when there is none.</summary>
    public string? OwnRoot { get; init; }

    /// <summary>The search that a process environment implies.</summary>
    /// <param name="variable">Reads an environment variable.</param>
    /// <param name="own">The directory below which Slipway has uv install Pythons; null for none.</param>
    public static InterpreterSearch From(Func<string, string?> variable, string? own = null)
    {
        var path = (variable("PATH") ?? string.Empty).Split(':', StringSplitOptions.RemoveEmptyEntries).Where(Path.IsPathRooted).ToList();
        var home = variable("HOME") is { Length: > 0 } set ? set : null;
        return new InterpreterSearch(path, variable("PYENV_ROOT") ?? (home is null ? null : $"{home}/.pyenv"))
        {
            OwnRoot = own,
            AsdfRoot = variable("ASDF_DATA_DIR") is { Length: > 0 } asdf && Path.IsPathRooted(asdf) ? asdf : home is null ? null : $"{home}/.asdf",
        };
    }

    /// <summary>The absolute paths of possible interpreters, the preferred first; each exists when it is returned.</summary>
    public IEnumerable<string> Candidates()
    {
        foreach (var directory in SearchPath)
        {
            foreach (var name in (string[])["python3", "python"])
            {
                if (File.Exists($"{directory}/{name}"))
                {
                    yield return $"{directory}/{name}";
                }
            }

            foreach (var versioned in Versioned(directory))
            {
                yield return versioned;
            }
        }

        foreach (var version in ManagedVersions())
        {
            yield return version;
        }
    }

    /// <summary>The files of that name on PATH, in order, then those of pyenv's, asdf's and uv's versions, then pyenv's environment of that name.</summary>
    public IEnumerable<string> Find(string command) =>
        SearchPath.Concat(ManagedVersions().Select(python => Path.GetDirectoryName(python)!))
            .Select(directory => $"{directory}/{command}")
            .Concat(PyenvRoot is null || command is "." or ".." ? [] : [$"{PyenvRoot}/versions/{command}/bin/python"])
            .Where(File.Exists);

    private static IEnumerable<string> Versioned(string directory) => !Directory.Exists(directory)
        ? []
        : Names(directory)
            .Where(path => VersionedName().IsMatch(Path.GetFileName(path)))
            .OrderByDescending(path => int.Parse(Path.GetFileName(path).AsSpan("python3.".Length)));

    // A directory of PATH that may not be read is passed over, as a shell does.
    private static string[] Names(string directory)
    {
        try
        {
            return Directory.GetFiles(directory, "python3.*");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private IEnumerable<string> ManagedVersions() => Versions(PyenvRoot, "versions").Concat(Versions(AsdfRoot, "installs/python")).Concat(Versions(OwnRoot, "."));

    private static IEnumerable<string> Versions(string? root, string below)
    {
        var versions = $"{root}/{below}";
        return root is null || !Directory.Exists(versions)
            ? []
            : Directory.EnumerateDirectories(versions)
                .Select(directory => (Directory: Path.GetFullPath(directory), Version: Version.TryParse(UvName().Replace(Path.GetFileName(directory), "$1"), out var version) ? version : null))
                .Where(found => found.Version is not null && File.Exists($"{found.Directory}/bin/python"))
                .OrderByDescending(found => found.Version)
                .Select(found => $"{found.Directory}/bin/python");
    }

    // "cpython-3.12.1-linux-x86_64-gnu"; the same with two numbers is a link to one of these.
    [GeneratedRegex("^cpython-([0-9]+\\.[0-9]+\\.[0-9]+)-[a-z0-9_-]+$", RegexOptions.CultureInvariant)]
    private static partial Regex UvName();

    [GeneratedRegex("^python3\\.[0-9]{1,3}$", RegexOptions.CultureInvariant)]
    private static partial Regex VersionedName();
}
