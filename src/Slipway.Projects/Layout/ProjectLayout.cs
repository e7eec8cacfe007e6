using Slipway.Projects.Configuration;
using Slipway.Projects.Discovery;
using Slipway.Projects.Naming;

namespace Slipway.Projects.Layout;

/// <summary>Where everything of Slipway's lies in a project: the only code that builds these paths.</summary>
/// <param name="Directory">The project's absolute directory.</param>
public sealed record ProjectLayout(string Directory)
{
    /// <summary>What belongs to Slipway alone: the links, and which environment is active. Never committed.</summary>
    public string Own => $"{Directory}/.slipway";

    /// <summary>The links to the environments, by name.</summary>
    public string Links => $"{Own}/envs";

    /// <summary>The name of the active environment.</summary>
    public string Active => Path.Combine(Directory, EnvironmentSelection.ActiveFile);

    /// <summary>The link that editors and shells know.</summary>
    public string Venv => $"{Directory}/.venv";

    /// <summary>The project's settings.</summary>
    public string Settings => $"{Directory}/{ConfigurationReader.ProjectFile}";

    /// <summary>The link of an environment.</summary>
    public string Link(EnvironmentName name) => $"{Links}/{name}";

    /// <summary>The lock of an environment.</summary>
    /// <param name="name">The environment; null for a project without named ones.</param>
    public string Lock(EnvironmentName? name) => $"{Directory}/{LockChoice.FileNameOf(name)}";
}
