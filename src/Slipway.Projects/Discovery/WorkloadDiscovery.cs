using Slipway.Core.Failures;
using Slipway.Environments.Requests;
using Slipway.Projects.Configuration;

namespace Slipway.Projects.Discovery;

/// <summary>
/// Turns what files, variables and options say into one request. A script with its own metadata (PEP 723) is complete by
/// itself; anything else takes the nearest <c>pyproject.toml</c> or <c>requirements.txt</c>. Options add to both. The project
/// itself is never installed.
/// </summary>
/// <param name="variable">Reads an environment variable; null or empty means unset.</param>
/// <param name="hasUv">Whether uv is on the host; asked only when its files lie beside a declaration.</param>
public sealed class WorkloadDiscovery(Func<string, string?> variable, Func<bool> hasUv)
{
    /// <summary>Discovers what a workload needs.</summary>
    /// <param name="script">The absolute path of the script; null for a command.</param>
    /// <param name="workingDirectory">The absolute working directory: what relative paths in options are relative to.</param>
    /// <param name="options">What the options say.</param>
    public Result<WorkloadDeclaration> Discover(string? script, string workingDirectory, RequestSettings options)
    {
        var look = new Surroundings(variable, hasUv, script, workingDirectory, options);
        return look.ReadConfiguration().Then(configuration => new DeclarationReading(look, configuration).Read());
    }

    /// <summary>Reads the configuration of a workload alone.</summary>
    /// <param name="script">The absolute path of the script; null for the working directory's.</param>
    /// <param name="workingDirectory">The absolute working directory.</param>
    /// <param name="options">What the options say.</param>
    public Result<EffectiveConfiguration> ReadConfiguration(string? script, string workingDirectory, RequestSettings options) =>
        new Surroundings(variable, hasUv, script, workingDirectory, options).ReadConfiguration();

    /// <summary>Reads where packages come from in a directory: what its settings, the user's and variables say.</summary>
    /// <param name="variable">Reads an environment variable; null or empty means unset.</param>
    /// <param name="directory">The absolute directory.</param>
    public static Result<PackageSources> ReadSources(Func<string, string?> variable, string directory) =>
        new WorkloadDiscovery(variable, static () => false).ReadConfiguration(script: null, directory, new RequestSettings()).Then(SourceSettings.Read);
}
