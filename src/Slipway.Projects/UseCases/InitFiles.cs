using System.Collections.Immutable;
using System.Text;
using Slipway.Core.Failures;
using Slipway.Core.Toml;
using Slipway.Machines.Files;
using Slipway.Projects.Backends;
using Slipway.Projects.Configuration;
using Slipway.Projects.Managed;
using Slipway.Projects.Naming;

namespace Slipway.Projects.UseCases;

/// <summary>A file with the content that <c>init</c> wants it to have.</summary>
/// <param name="Name">Relative to the project.</param>
/// <param name="File">The file as it is.</param>
/// <param name="Content">The content; null to leave it as it is.</param>
internal sealed record PlannedFile(string Name, ManagedFile File, byte[]? Content)
{
    /// <summary>What becomes of it.</summary>
    public FileOutcome Outcome => Content is null ? FileOutcome.Kept
        : File.Content is null ? FileOutcome.Created
        : File.Content.AsSpan().SequenceEqual(Content) ? FileOutcome.Unchanged
        : FileOutcome.Changed;
}

/// <summary>Composes the files of a project, in memory: what cannot be composed is known before anything is written.</summary>
internal sealed class InitFiles(InitSurvey survey, InitAnswers answers)
{
    private readonly ImmutableArray<PlannedFile>.Builder _files = ImmutableArray.CreateBuilder<PlannedFile>();

    /// <summary>Whether an <c>environment.yml</c> is begun: the backend needs one, and there is none.</summary>
    public static bool BeginsConda(InitSurvey survey, InitAnswers answers) => !answers.Strict && !survey.IsDeclared && survey.Backend.Kind is BackendDetector.Micromamba;

    /// <summary>Whether a <c>requirements.txt</c> is begun: a new project in which nothing says what is needed.</summary>
    public static bool BeginsPython(InitSurvey survey, InitAnswers answers) =>
        !answers.Strict && !survey.HasSettings && !survey.IsDeclared && survey.Backend.Kind is not (BackendDetector.Micromamba or BackendDetector.Installed);

    /// <summary>What an environment that is declared by name says.</summary>
    public TomlTable EnvironmentTable() => Own(withPython: true).Build();

    /// <summary>Composes all files.</summary>
    /// <param name="envrc">What direnv is told.</param>
    public Result<ImmutableArray<PlannedFile>> Compose(EnvrcContent envrc)
    {
        var failure = AddSettings() ?? AddStarter(envrc.Name) ?? AddPin()
            ?? Add(GitignoreFile.Name, GitignoreFile.Compose)
            ?? (answers.Direnv ? Add(EnvrcFile.Name, (path, content) => EnvrcFile.Compose(path, content, envrc)) : null)
            ?? AddDotEnv()
            ?? (answers.VsCode ? Add(VsCodeSettings.Name, VsCodeSettings.Compose) : null);
        return failure is null ? _files.ToImmutable() : failure;
    }

    private Failure? AddSettings()
    {
        if (survey.HasSettings)
        {
            return AddKept(survey.SettingsName);
        }

        var text = answers.Env is { } env
            ? $"[{EnvironmentTables.Key}.{env}]\n{TomlWriter.Write(EnvironmentTable())}"
            : TomlWriter.Write(Own(withPython: answers.Python is { } python && !InitChecks.IsPinnable(python), name: answers.Name ?? survey.SuggestedName.ToString()).Build());
        return AddNew(ConfigurationReader.ProjectFile, $"# How Slipway sees this project; `slipway config --show-origin` shows what holds.\n{text}");
    }

    private TomlTableBuilder Own(bool withPython, string? name = null)
    {
        var backend = answers.Backend ?? (survey.Backend.Contested is null ? null : survey.Backend.Kind);
        var table = new TomlTableBuilder().Add("name", name).Add("backend", backend).Add("python", withPython ? answers.Python : null);

        // The channels of an environment file that init begins stand in that.
        return answers.Channels.IsEmpty || BeginsConda(survey, answers) ? table : table.AddStrings("channels", answers.Channels);
    }

    private Failure? AddStarter(EnvironmentName name) =>
        BeginsConda(survey, answers) ? AddNew(CondaStarter.Name, CondaStarter.Text(name, answers.Channels, survey.Asked[SettingKey.Python]?.Python))
        : BeginsPython(survey, answers) ? AddNew("requirements.txt", "# One requirement a line, such as: numpy>=2\n# `slipway sync` has them ready.\n")
        : null;

    // A pin is read and kept, whoever made it.
    private Failure? AddPin() =>
        LocalFiles.Exists($"{survey.Directory}/{PinFile.Pyenv}") ? AddKept(PinFile.Pyenv)
        : answers.Env is null && answers.Python is { } text && InitChecks.IsPinnable(text) && survey.Stated(SettingKey.Python) is null ? AddNew(PinFile.Pyenv, $"{text}\n")
        : null;

    private Failure? AddDotEnv()
    {
        if (LocalFiles.Exists($"{survey.Directory}/{DotEnvFile.Name}"))
        {
            _files.Add(new PlannedFile(DotEnvFile.Name, new ManagedFile($"{survey.Directory}/{DotEnvFile.Name}", null, DotEnvFile.Mode), null));
            return null;
        }

        return Add(DotEnvFile.Name, static (_, _) => Array.Empty<byte>(), DotEnvFile.Mode);
    }

    private Failure? AddKept(string name)
    {
        _files.Add(new PlannedFile(name, new ManagedFile($"{survey.Directory}/{name}", null, default), null));
        return null;
    }

    private Failure? AddNew(string name, string text) => Add(name, (path, content) => content is null
        ? Encoding.UTF8.GetBytes(text)
        : new Failure(ProjectFailures.NotPlainFile, $"{path} is there already."));

    private Failure? Add(string name, Func<string, byte[]?, Result<byte[]>> compose, UnixFileMode? mode = null)
    {
        if (!ManagedFile.Read(survey.Directory, name, mode).TryGet(out var file, out var failure)
            || !compose(file.Path, file.Content).TryGet(out var content, out failure))
        {
            return failure;
        }

        _files.Add(new PlannedFile(name, file, content));
        return null;
    }
}
