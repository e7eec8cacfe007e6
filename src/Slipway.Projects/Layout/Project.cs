using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Projects.Configuration;
using Slipway.Projects.Discovery;
using Slipway.Projects.Naming;

namespace Slipway.Projects.Layout;

/// <summary>A project as its files describe it: where it is, and which environments it has.</summary>
/// <param name="Layout">Where everything lies.</param>
/// <param name="Configuration">Its settings, with those of the environment that is meant.</param>
/// <param name="Environments">The names of its environments: those that are declared, else its only one.</param>
/// <param name="Meant">The environment that is asked for, active, configured or alone; null when none of several is.</param>
public sealed record Project(ProjectLayout Layout, EffectiveConfiguration Configuration, ImmutableArray<EnvironmentName> Environments, EnvironmentName? Meant)
{
    /// <summary>The environment that is meant where no command and no variable names one: the active, configured or only one; null when none of several is.</summary>
    public EnvironmentName? Usual => !IsNamed || Environments.Length == 1 ? Environments[0]
        : Configuration.Settings[(int)SettingKey.Env] is { Chosen: { } chosen } setting
            && setting.Overridden.Prepend(chosen).FirstOrDefault(static one => one.Origin.Layer < SettingLayer.Variable) is { } usual
            ? Environments.Where(name => string.Equals(name.ToString(), usual.Texts[0], StringComparison.OrdinalIgnoreCase)).Select(static name => (EnvironmentName?)name).FirstOrDefault()
            : null;

    /// <summary>Whether its environments are declared by name.</summary>
    public bool IsNamed => !Configuration.Environments.IsEmpty;

    /// <summary>The name under which an environment is declared; null for the only one of a project that declares none.</summary>
    public EnvironmentName? Declared(EnvironmentName name) => IsNamed ? name : null;
}

/// <summary>Finds the project that a directory lies in.</summary>
/// <param name="variable">Reads an environment variable; null or empty means unset.</param>
/// <param name="hasUv">Whether uv is on the host.</param>
public sealed class ProjectFinder(Func<string, string?> variable, Func<bool> hasUv)
{
    /// <summary>Finds the nearest project: a directory with settings of Slipway, else one with a declaration.</summary>
    /// <param name="workingDirectory">The absolute directory to begin with.</param>
    /// <param name="options">What options say, the environment among it.</param>
    /// <returns>The project; <see cref="ProjectFailures.NoProjectHere"/> when there is none.</returns>
    public Result<Project> Find(string workingDirectory, RequestSettings options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var look = new Surroundings(variable, hasUv, script: null, workingDirectory, options);
        if (!look.ReadConfiguration().TryGet(out var configuration, out var failure)
            || !NearestDeclaration.Find(workingDirectory, look.Home, look.Observer, look.Pyprojects).TryGet(out var nearest, out failure))
        {
            return failure;
        }

        if ((configuration.ProjectDirectory ?? nearest.OrDefault()?.Directory) is not { } directory)
        {
            return new Failure(ProjectFailures.NoProjectHere, $"{workingDirectory} lies in no project: neither it nor a directory above it has a slipway.toml, pyproject.toml, requirements.txt or environment.yml.");
        }

        var layout = new ProjectLayout(directory);
        ImmutableArray<EnvironmentName> names = configuration.Environments.IsEmpty
            ? [OnlyName(configuration, directory, CondaName(nearest.OrDefault(), directory, look))]
            : [.. configuration.Environments.Select(static declared => declared.Name)];
        return new Project(layout, configuration, names, configuration.Environments.IsEmpty ? names[0] : configuration.Environment?.Name);
    }

    /// <summary>What an environment of a project is declared to need.</summary>
    /// <param name="project">The project.</param>
    /// <param name="name">One of its environments.</param>
    /// <param name="options">What options say.</param>
    public Result<WorkloadDeclaration> Declare(Project project, EnvironmentName name, RequestSettings options)
    {
        ArgumentNullException.ThrowIfNull(project);
        ArgumentNullException.ThrowIfNull(options);
        return new WorkloadDiscovery(variable, hasUv).Discover(null, project.Layout.Directory, options with { Env = project.Declared(name)?.ToString() });
    }

    // A conda file names its environment, where it is the one that counts.
    internal static string? CondaName(NearestDeclaration? nearest, string directory, Surroundings look) =>
        nearest is { Conda: { } conda } && string.Equals(nearest.Directory, directory, StringComparison.Ordinal) ? CondaFiles.NameOf(conda, look.Observer) : null;

    /// <summary>The name of an environment that no setting names: its conda file's, else the directory's.</summary>
    internal static EnvironmentName Suggested(string? condaName, string directory) =>
        condaName is not null && EnvironmentName.Parse(condaName, "name").TryGet(out var own, out _) ? own : EnvironmentName.Suggest(condaName ?? Path.GetFileName(directory));

    private static EnvironmentName OnlyName(EffectiveConfiguration configuration, string directory, string? condaName) =>
        configuration[SettingKey.Name] is { } setting && EnvironmentName.Parse(setting.Texts[0], setting.Origin.Name).TryGet(out var name, out _) ? name : Suggested(condaName, directory);
}
