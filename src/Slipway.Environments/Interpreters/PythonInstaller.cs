using Slipway.Core.Failures;
using Slipway.Core.Versions;
using Slipway.Environments.Tools;
using Slipway.Machines.Processes;
using Slipway.Machines.Programs;

namespace Slipway.Environments.Interpreters;

/// <summary>A version manager that can install a Python.</summary>
/// <param name="Name"><c>pyenv</c>, <c>asdf</c> or <c>uv</c>.</param>
/// <param name="Path">The absolute path of its program.</param>
/// <param name="Target">The absolute directory that it installs into; null where that is its own affair.</param>
public sealed record PythonManager(string Name, string Path, string? Target = null)
{
    /// <summary>For people: the program, and where it installs when that is Slipway's affair.</summary>
    public override string ToString() => Target is null ? Path : $"{Path} into {Target}";
}

/// <summary>Has a version manager of the user's, or uv, install a Python. It asks nobody: whoever calls has the consent.</summary>
/// <param name="host">The host.</param>
public sealed class PythonInstaller(BuildHost host)
{
    private const string Pyenv = "pyenv";
    private const string Asdf = "asdf";
    private const string Uv = "uv";

    // What every call of uv here is told: nothing is put on PATH, and who calls has consented.
    private static readonly EnvironmentChanges UvWays = EnvironmentChanges.None with
    {
        Set = EnvironmentChanges.None.Set.Add("UV_PYTHON_INSTALL_BIN", "0").Add("UV_PYTHON_DOWNLOADS", "manual"),
    };

    /// <summary>The manager that installs here: the user's own, else uv, whose Pythons go into the store.</summary>
    /// <param name="prefersAsdf">Whether asdf comes first: its file is where the version is kept.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    /// <returns>The manager; null when there is none.</returns>
    public async Task<PythonManager?> ManagerAsync(bool prefersAsdf, CancellationToken cancellationToken)
    {
        if (Manager(prefersAsdf) is { } manager)
        {
            return manager;
        }

        var uv = await new ToolFinder(host).FindAsync(ToolCatalogue.Uv, wanted: null, cancellationToken).ConfigureAwait(false);
        return uv is { IsNewEnough: true } ? new PythonManager(Uv, uv.Path, host.Layout.Pythons) : null;
    }

    private PythonManager? Manager(bool prefersAsdf)
    {
        var found = ((string[])[Pyenv, Asdf]).Select(Find).OfType<PythonManager>().ToList();
        return found.Find(manager => manager.Name == (prefersAsdf ? Asdf : Pyenv)) ?? found.FirstOrDefault();
    }

    /// <summary>Installs a version; one that is there already is left as it is.</summary>
    /// <param name="manager">With what.</param>
    /// <param name="version">Which version, as the manager names it.</param>
    /// <param name="progress">Watches.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Result<Unit>> InstallAsync(PythonManager manager, PepVersion version, IBuildProgress progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(manager);
        var command = manager.Name switch
        {
            Pyenv => ProcessCommand.Create(manager.Path, "install", "--skip-existing", version.ToString()),
            Asdf => ProcessCommand.Create(manager.Path, "install", "python", version.ToString()),
            _ => UvInstall(manager, version),
        };
        var label = $"Installing Python {version} with {manager.Name}";
        var output = new BuildOutput(progress, static (_, line) => line.Length > 0 ? line : null);
        var done = await host.Machine
            .ExecuteAsync(new MachineProgram(label, [new Step.Run(label, command, EnvironmentFailures.PythonNotInstalled)]), output, cancellationToken)
            .ConfigureAwait(false);
        return done.Map(_ => Unit.Value);
    }

    // Of uv's variables only the mirror counts: it is a way to the network.
    private static ProcessCommand UvInstall(PythonManager uv, PepVersion version) =>
        ProcessCommand.Create(uv.Path, "python", "install", "--install-dir", uv.Target!, "--no-config", "--no-progress", "--color", "never", version.ToString()) with
        {
            DropPrefixes = ["UV_", "PYTHON", "VIRTUAL_ENV", "CONDA_"],
            KeepVariables = ["UV_PYTHON_INSTALL_MIRROR"],
            Environment = UvWays,
        };

    // Both keep their program below their own directory, which need not be on PATH.
    private PythonManager? Find(string name)
    {
        var root = name is Pyenv ? host.Variable("PYENV_ROOT") : host.Variable("ASDF_DIR");
        IEnumerable<string?> roots = [root, host.Variable("HOME") is { Length: > 0 } home ? $"{home}/.{name}" : null];
        var path = (host.Variable("PATH") ?? string.Empty).Split(':');
        return roots.Where(folder => !string.IsNullOrEmpty(folder)).Select(folder => $"{folder}/bin").Concat(path)
            .Where(Path.IsPathRooted)
            .Select(folder => $"{folder}/{name}")
            .FirstOrDefault(File.Exists) is { } program ? new PythonManager(name, program) : null;
    }
}
