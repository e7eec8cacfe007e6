using Slipway.Core.Failures;
using Slipway.Core.Versions;
using Slipway.Machines.Processes;
using Slipway.Machines.Programs;

namespace Slipway.Environments.Interpreters;

/// <summary>A version manager that can install a Python.</summary>
/// <param name="Name"><c>pyenv</c> or <c>asdf</c>.</param>
/// <param name="Path">The absolute path of its program.</param>
public sealed record PythonManager(string Name, string Path);

/// <summary>Has a version manager of the user's install a Python. It asks nobody: whoever calls has the consent.</summary>
/// <param name="host">The host.</param>
public sealed class PythonInstaller(BuildHost host)
{
    private const string Pyenv = "pyenv";
    private const string Asdf = "asdf";

    /// <summary>The manager that installs here.</summary>
    /// <param name="prefersAsdf">Whether asdf comes first: its file is where the version is kept.</param>
    /// <returns>The manager; null when there is none.</returns>
    public PythonManager? Manager(bool prefersAsdf)
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
        var command = manager.Name is Pyenv
            ? ProcessCommand.Create(manager.Path, "install", "--skip-existing", version.ToString())
            : ProcessCommand.Create(manager.Path, "install", "python", version.ToString());
        var label = $"Installing Python {version} with {manager.Name}";
        var output = new BuildOutput(progress, static (_, line) => line.Length > 0 ? line : null);
        var done = await host.Machine
            .ExecuteAsync(new MachineProgram(label, [new Step.Run(label, command, EnvironmentFailures.PythonNotInstalled)]), output, cancellationToken)
            .ConfigureAwait(false);
        return done.Map(_ => Unit.Value);
    }

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
