using System.Collections;
using System.Collections.Frozen;

namespace Slipway.TestKit;

/// <summary>
/// A fresh home for one test: an empty <c>SLIPWAY_HOME</c>, a <c>HOME</c> and XDG folders, and the environment that
/// makes programs use them and nothing of the person who runs the tests.
/// </summary>
public sealed class TempStore : IDisposable
{
    private static readonly string[] ForgottenPrefixes =
        ["SLIPWAY_", "PIP_", "PYTHON", "UV_", "CONDA_", "MAMBA_", "XDG_", "GIT_", "SSH_", "DIRENV_"];

    private static readonly FrozenSet<string> ForgottenNames = new[]
    {
        "VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT", "PYENV_VERSION", "PYENV_DIR", "NETRC", "TMUX", "TMUX_PANE",
        "http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "_CE_CONDA", "_CE_M",
    }.ToFrozenSet(StringComparer.Ordinal);

    private readonly TempFolder _folder = new();

    /// <summary>Makes the folders, each with mode 0700.</summary>
    public TempStore()
    {
        SlipwayHome = Private("store");
        Home = Private("home");
        Temp = Private("tmp");
        Environment = BuildEnvironment().ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>The folder that holds all others; a place for a test's own files.</summary>
    public string Root => _folder.FullPath;

    /// <summary>The value of <c>SLIPWAY_HOME</c>: an existing, empty folder.</summary>
    public string SlipwayHome { get; }

    /// <summary>The value of <c>HOME</c>.</summary>
    public string Home { get; }

    /// <summary>The value of <c>TMPDIR</c>.</summary>
    public string Temp { get; }

    /// <summary>
    /// Changes to this process's environment: null removes a variable. Nothing of pip, Python, uv, conda, proxies or
    /// ssh agents is left; <c>PATH</c> stays as it is.
    /// </summary>
    public IReadOnlyDictionary<string, string?> Environment { get; }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    private Dictionary<string, string?> BuildEnvironment()
    {
        var changes = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in System.Environment.GetEnvironmentVariables())
        {
            var name = (string)variable.Key;
            if (ForgottenNames.Contains(name) || ForgottenPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)))
            {
                changes[name] = null;
            }
        }

        changes["SLIPWAY_HOME"] = SlipwayHome;
        changes["HOME"] = Home;
        changes["TMPDIR"] = Temp;
        changes["XDG_CONFIG_HOME"] = Private("home", ".config");
        changes["XDG_CACHE_HOME"] = Private("home", ".cache");
        changes["XDG_DATA_HOME"] = Private("home", ".local", "share");
        changes["XDG_STATE_HOME"] = Private("home", ".local", "state");
        changes["XDG_RUNTIME_DIR"] = Private("run");

        // The shims on PATH look for their interpreters below HOME unless they are told.
        if (Pythons.PyenvRoot is { } pyenv)
        {
            changes["PYENV_ROOT"] = pyenv;
        }

        return changes;
    }

    private string Private(params ReadOnlySpan<string> parts)
    {
        var path = _folder.CreateFolder(parts);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
