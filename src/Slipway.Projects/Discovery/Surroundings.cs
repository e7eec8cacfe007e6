using Slipway.Core.Failures;
using Slipway.Core.Scripts;
using Slipway.Environments.Subjects;
using Slipway.Projects.Configuration;

namespace Slipway.Projects.Discovery;

/// <summary>What one discovery is about, and what it has looked at.</summary>
/// <param name="variable">Reads an environment variable.</param>
/// <param name="hasUv">Whether uv is on the host.</param>
/// <param name="script">The absolute path of the script; null for a command.</param>
/// <param name="workingDirectory">The absolute working directory.</param>
/// <param name="options">What the options say.</param>
internal sealed class Surroundings(Func<string, string?> variable, Func<bool> hasUv, string? script, string workingDirectory, RequestSettings options)
{
    /// <summary>Reads files and keeps account of them.</summary>
    public FileObserver Observer { get; } = new();

    /// <summary>The <c>pyproject.toml</c> files that were read.</summary>
    public PyprojectFiles Pyprojects => field ??= new PyprojectFiles(Observer);

    /// <summary>The script's own metadata; null without.</summary>
    public OwnMetadata? Own { get; private set; }

    /// <summary>What the options say.</summary>
    public RequestSettings Options => options;

    /// <summary>Whether uv is on the host.</summary>
    public Func<bool> HasUv => hasUv;

    /// <summary>The home directory; null when unset.</summary>
    public string? Home => variable("HOME");

    /// <summary>Where searches begin.</summary>
    public string Directory => script is null ? workingDirectory : Path.GetDirectoryName(script)!;

    /// <summary>Whose request it is.</summary>
    public Subject Subject => new(script ?? $"commands in {Directory}");

    /// <summary>The absolute path of an option.</summary>
    public string Full(string path) => Path.GetFullPath(path, workingDirectory);

    /// <summary>Reads the script's metadata and all layers of configuration.</summary>
    public Result<EffectiveConfiguration> ReadConfiguration()
    {
        if (script is not null)
        {
            if (!Observer.Read(script, Observation.ScriptBlock).TryGet(out var text, out var failure)
                || !ScriptMetadata.Parse(text, script).TryGet(out var metadata, out failure))
            {
                return failure;
            }

            Own = metadata.IsPresent ? new OwnMetadata(script, metadata) : null;
        }

        return new ConfigurationReader(Observer, Pyprojects, variable).Read(Directory, Own, workingDirectory, options);
    }
}
