using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Toml;
using Slipway.Machines.Files;
using Slipway.Projects.Backends;
using Slipway.Projects.Configuration;
using Slipway.Projects.Discovery;
using Slipway.Projects.Layout;
using Slipway.Projects.Naming;

namespace Slipway.Projects.UseCases;

/// <summary>What a directory holds that <c>init</c> has to know before it asks or writes anything. All files are read, none is changed.</summary>
public sealed class InitSurvey
{
    private readonly NearestDeclaration? _nearest;

    private InitSurvey(string directory, EffectiveConfiguration said, EffectiveConfiguration asked, NearestDeclaration? nearest, BackendChoice backend)
    {
        Directory = directory;
        Said = said;
        Asked = asked;
        _nearest = nearest;
        Backend = backend;
    }

    /// <summary>The absolute directory.</summary>
    public string Directory { get; }

    /// <summary>Whether this very directory has settings of Slipway: then init is a replay.</summary>
    public bool HasSettings => string.Equals(Said.ProjectDirectory, Directory, StringComparison.Ordinal);

    /// <summary>The file of those settings, relative to the directory.</summary>
    public string SettingsName => LocalFiles.Exists($"{Directory}/{ConfigurationReader.ProjectFile}") || !HasSettings ? ConfigurationReader.ProjectFile : PyprojectFile.Name;

    /// <summary>What would build the environment, by option, variable, settings and files.</summary>
    public BackendChoice Backend { get; }

    /// <summary>The file that declares what is needed, here or above; null for none.</summary>
    public string? Declaration => Backend.Kind is BackendDetector.Micromamba ? _nearest?.Conda : _nearest?.Python ?? _nearest?.Conda;

    /// <summary>Whether a person has a choice of backends: two files speak for different ones, or none speaks.</summary>
    public bool IsBackendOpen => !HasSettings && (Backend.Contested is not null || Backend.Reason is BackendReason.Default);

    /// <summary>Whether a person has a choice of Pythons.</summary>
    public bool IsPythonOpen => !HasSettings && Asked[SettingKey.Python] is null or { Origin.Layer: SettingLayer.User };

    /// <summary>The name that the conda file, where it counts, or the directory suggests for its environment.</summary>
    public EnvironmentName SuggestedName { get; private init; }

    /// <summary>All settings, options included.</summary>
    internal EffectiveConfiguration Asked { get; }

    /// <summary>What files say, without variables and options.</summary>
    internal EffectiveConfiguration Said { get; }

    /// <summary>The environments that the settings declare.</summary>
    internal ImmutableArray<DeclaredEnvironment> Environments => HasSettings ? Said.Environments : [];

    /// <summary>Whether some file says what is needed, or settings name one.</summary>
    internal bool IsDeclared => Declaration is not null || Stated(SettingKey.Requirements) is not null || Stated(SettingKey.EnvFile) is not null;

    /// <summary>What files of this directory itself say; null for nothing.</summary>
    internal Setting? Stated(SettingKey key) => Said.Settings[(int)key] is { Chosen: { } chosen } setting
        ? setting.Overridden.Prepend(chosen).FirstOrDefault(one => one.Origin is { Layer: SettingLayer.Pin or SettingLayer.Project or SettingLayer.Environment, Location.Source: { } file }
            && string.Equals(Path.GetDirectoryName(file), Directory, StringComparison.Ordinal))
        : null;

    /// <summary>Looks.</summary>
    /// <param name="directory">The absolute directory.</param>
    /// <param name="answers">What is asked for so far.</param>
    /// <param name="variable">Reads an environment variable.</param>
    /// <param name="hasUv">Whether uv is on the host.</param>
    internal static Result<InitSurvey> Look(string directory, InitAnswers answers, Func<string, string?> variable, Func<bool> hasUv)
    {
        string? OfFiles(string name) => name.StartsWith("SLIPWAY_", StringComparison.Ordinal) ? null : variable(name);
        string? OfAsked(string name) => name is "SLIPWAY_ENV" ? null : variable(name);
        var look = new Surroundings(OfAsked, hasUv, script: null, directory, answers.ToSettings());
        if (!ReadSaid(directory, answers.Env, OfFiles, hasUv).TryGet(out var said, out var failure)
            || !look.ReadConfiguration().TryGet(out var asked, out failure)
            || !NearestDeclaration.Find(directory, look.Home, look.Observer, look.Pyprojects).TryGet(out var found, out failure))
        {
            return failure;
        }

        var nearest = found.OrDefault();
        var signs = new BackendSigns(nearest?.Conda, nearest?.Python, nearest?.UvSign(look.Observer));
        var backend = BackendDetector.Choose(asked[SettingKey.Backend], signs, hasUv);
        var condaName = backend.Kind is BackendDetector.Micromamba ? ProjectFinder.CondaName(nearest, directory, look) : null;
        return new InitSurvey(directory, said, asked, nearest, backend) { SuggestedName = ProjectFinder.Suggested(condaName, directory) };
    }

    // A declared environment says more than its project; one that is still to be declared says nothing yet.
    private static Result<EffectiveConfiguration> ReadSaid(string directory, string? env, Func<string, string?> variable, Func<bool> hasUv)
    {
        var discovery = new WorkloadDiscovery(variable, hasUv);
        return discovery.ReadConfiguration(null, directory, new RequestSettings()).Then(said =>
            env is not null && said.Environments.Any(declared => string.Equals(declared.Name.ToString(), env, StringComparison.OrdinalIgnoreCase))
                ? discovery.ReadConfiguration(null, directory, new RequestSettings { Env = env })
                : Result.Ok(said));
    }
}
