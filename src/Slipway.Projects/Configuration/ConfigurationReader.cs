using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Toml;
using Slipway.Projects.Discovery;

namespace Slipway.Projects.Configuration;

/// <summary>Finds and reads all layers of configuration. Every file that is looked for is observed, also when it is not there.</summary>
internal sealed class ConfigurationReader(FileObserver observer, PyprojectFiles pyprojects, Func<string, string?> variable)
{
    /// <summary>The file of a project's settings.</summary>
    public const string ProjectFile = "slipway.toml";

    private readonly ImmutableArray<string>.Builder _files = ImmutableArray.CreateBuilder<string>();
    private ImmutableArray<string> _warnings = [];
    private string? _projectDirectory;

    /// <summary>Reads the configuration of a workload.</summary>
    /// <param name="directory">The absolute directory of the script; of a command, the working directory.</param>
    /// <param name="script">The script's own metadata with its path; null without.</param>
    /// <param name="workingDirectory">What relative paths of options and variables are relative to.</param>
    /// <param name="options">The options.</param>
    public Result<EffectiveConfiguration> Read(string directory, OwnMetadata? script, string workingDirectory, RequestSettings options)
    {
        if (!ReadUserFile().TryGet(out var user, out var failure)
            || !ReadProject(directory).TryGet(out var project, out failure)
            || !ReadScript(script).TryGet(out var own, out failure)
            || !VariableSettings.Read(variable, workingDirectory).TryGet(out var variables, out failure)
            || !FlagSettings.Read(options, workingDirectory).TryGet(out var flags, out failure)
            || !(options.IgnoreActive ? ImmutableArray<Setting>.Empty : EnvironmentSelection.ReadActive(project, observer)).TryGet(out var active, out failure))
        {
            return failure;
        }

        ImmutableArray<Setting> above = [.. project.Settings, .. own, .. active, .. variables, .. flags];
        if (!Choose(script, project, above, flags).TryGet(out var chosen, out failure))
        {
            return failure;
        }

        above = [.. above, .. chosen.Environment?.Settings ?? []];
        ImmutableArray<Setting> pin = [];
        if (!above.Any(static setting => setting.Key is SettingKey.Python) && !ReadPin(directory).TryGet(out pin, out failure))
        {
            return failure;
        }

        return EffectiveConfiguration.From([.. user, .. pin, .. above], _files.ToImmutable()) with
        {
            ProjectDirectory = _projectDirectory,
            Environments = project.Environments,
            Environment = chosen.Environment,
            Warnings = _warnings,
        };
    }

    // A script that is complete by itself needs none of the project's environments; one that is asked for by name all the same is a contradiction.
    private static Result<EnvironmentSelection.Chosen> Choose(OwnMetadata? script, ProjectSettings project, ImmutableArray<Setting> above, ImmutableArray<Setting> flags)
    {
        if (script is null)
        {
            return EnvironmentSelection.Choose(project, above);
        }

        return flags.FirstOrDefault(static setting => setting.Key is SettingKey.Env) is { } asked
            ? new Failure(ProjectFailures.EnvironmentUnknown, $"--env {asked.Texts[0]}: {script.Path} declares its own dependencies.") { Hint = "Leave --env away, or remove the script's header." }
            : new EnvironmentSelection.Chosen(null);
    }

    private Result<ImmutableArray<Setting>> ReadUserFile()
    {
        if (UserFolder.Find(variable) is not { } folder)
        {
            return ImmutableArray<Setting>.Empty;
        }

        var path = Path.Combine(folder, "config.toml");
        return observer.Exists(path)
            ? ReadTable(path).Then(table => TomlSettings.Read(table, SettingLayer.User, Path.GetDirectoryName(path)!))
            : ImmutableArray<Setting>.Empty;
    }

    private Result<ProjectSettings> ReadProject(string directory)
    {
        var found = AncestorSearch.Find(directory, variable("HOME"), observer, LookForProject);
        return found.Map(maybe =>
        {
            _projectDirectory = maybe.OrDefault()?.Directory;
            return maybe.OrDefault() ?? new ProjectSettings(directory, [], []);
        });
    }

    private Result<Maybe<ProjectSettings>> LookForProject(string directory)
    {
        var own = Path.Combine(directory, ProjectFile);
        if (observer.Exists(own))
        {
            return ReadTable(own).Then(table => EnvironmentTables.Read(table, directory)).Map(Maybe<ProjectSettings>.Of);
        }

        if (!pyprojects.Find(directory).TryGet(out var found, out var failure))
        {
            return failure;
        }

        if (!found.TryGet(out var pyproject) || !pyproject.Document.Tool.TryGet("slipway", out _))
        {
            return Maybe<ProjectSettings>.None;
        }

        _files.Add(pyproject.Path);
        return pyproject.Document.Tool.GetTable("slipway").Then(table => EnvironmentTables.Read(table, directory)).Map(Maybe<ProjectSettings>.Of);
    }

    private Result<TomlTable> ReadTable(string path)
    {
        _files.Add(path);
        return observer.Read(path, Observation.Content).Then(text => TomlReader.Parse(text, path));
    }

    private Result<ImmutableArray<Setting>> ReadScript(OwnMetadata? script)
    {
        if (script is null || !script.Metadata.Tool.TryGet("slipway", out _))
        {
            return ImmutableArray<Setting>.Empty;
        }

        _files.Add(script.Path);
        return script.Metadata.Tool.GetTable("slipway").Then(table => TomlSettings.Read(table, SettingLayer.Script, Path.GetDirectoryName(script.Path)!));
    }

    private Result<ImmutableArray<Setting>> ReadPin(string directory)
    {
        if (!new PinSearch(observer, variable("HOME")).Find(directory).TryGet(out var maybe, out var failure))
        {
            return failure;
        }

        if (!maybe.TryGet(out var found))
        {
            return ImmutableArray<Setting>.Empty;
        }

        _warnings = found.Warnings;
        return found.Pin.Word is null ? ImmutableArray<Setting>.Empty : PinFile.ToSetting(found.Pin).Map(ImmutableArray.Create);
    }
}
