using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Machines.Files;
using Slipway.Projects.Backends;
using Slipway.Projects.Configuration;
using Slipway.Projects.Layout;
using Slipway.Projects.Naming;

namespace Slipway.Projects.UseCases;

/// <summary>What <c>init</c> refuses, all of it before anything is written.</summary>
internal static class InitChecks
{
    /// <summary>Checks what is asked for against itself.</summary>
    public static Result<Unit> Answers(InitAnswers answers)
    {
        if (answers is { Strict: true, NoLock: true })
        {
            return Contradiction("--strict demands a lock, and --no-lock looks at none.", null);
        }

        if (answers is { Name: not null, Env: not null })
        {
            return Contradiction("--name names the only environment, and --env declares one of several.", null);
        }

        return Name(answers.Name, "--name").Then(_ => Name(answers.Env, "--env"));
    }

    /// <summary>Checks where the project lies.</summary>
    public static Result<Unit> Place(string directory, InitAnswers answers, EnvironmentLinks links, string? home)
    {
        string?[] homes = [home, home is { Length: > 0 } && LocalPaths.Resolve(home).TryGet(out var real, out _) ? real : null];
        if (!answers.AllowSyncedFolder && homes.Select(one => SyncedFolder.ServiceOf(directory, one, OperatingSystem.IsMacOS())).FirstOrDefault(static found => found is not null) is { } service)
        {
            return new Failure(ProjectFailures.SyncedFolder, $"{directory} lies in a folder that {service} synchronises.");
        }

        var venv = new ProjectLayout(directory).Venv;
        return (answers.Sync || answers.Direnv) && LocalPaths.StatusOf(venv).Exists && !links.IsOwnVenv()
            ? new Failure(ProjectFailures.VenvInTheWay, $"{venv} is no link of Slipway.")
            : Unit.Value;
    }

    /// <summary>Checks what is asked for against what the project says already: init keeps it, so asking for something else is a mistake.</summary>
    /// <param name="survey">What the directory holds.</param>
    /// <param name="answers">What is asked for.</param>
    /// <param name="project">The project; null when it has no settings yet.</param>
    /// <param name="backend">What builds its environment without the options; null when it has none yet.</param>
    public static Result<Unit> Project(InitSurvey survey, InitAnswers answers, Project? project, string? backend)
    {
        if (!answers.Channels.IsEmpty && (answers.Backend ?? backend ?? survey.Backend.Kind) is not BackendDetector.Micromamba and var other)
        {
            return Contradiction($"--channel is for micromamba, and the backend is {other}.", null);
        }

        if (DeclaresNew(survey, answers))
        {
            return Unit.Value;
        }

        if (answers.Backend is { } kind && project is not null && backend is not null && kind != backend)
        {
            return Contradiction($"--backend {kind}: the project's backend is {backend}.", survey.Stated(SettingKey.Backend), $"Write backend = \"{kind}\" in {survey.SettingsName} first.");
        }

        if (answers.Name is { } name && project is not null && (project.IsNamed || project.Environments[0].ToString() != name))
        {
            return Contradiction($"--name {name}: the project's environments are {string.Join(", ", project.Environments)}.", survey.Stated(SettingKey.Name), $"Write name = \"{name}\" in {survey.SettingsName} first, or declare another one with --env.");
        }

        if (!answers.Channels.IsEmpty && project is not null && !survey.Asked[SettingKey.Channels]!.Texts.SequenceEqual(survey.Stated(SettingKey.Channels)?.Texts ?? []))
        {
            return Contradiction("--channel: the project's settings do not say so.", survey.Stated(SettingKey.Channels), $"Write channels = [...] in {survey.SettingsName} first.");
        }

        return Python(survey, answers, project);
    }

    /// <summary>Whether the environment is still to be declared.</summary>
    public static bool DeclaresNew(InitSurvey survey, InitAnswers answers) =>
        answers.Env is { } env && survey.Environments.All(declared => !string.Equals(declared.Name.ToString(), env, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether a wish for an interpreter is what a pin can say: a version alone.</summary>
    public static bool IsPinnable(string text) => text.Length > 0 && char.IsAsciiDigit(text[0]) && text.All(static c => char.IsAsciiDigit(c) || c is '.');

    private static Result<Unit> Python(InitSurvey survey, InitAnswers answers, Project? project)
    {
        if (answers.Python is not { } text)
        {
            return Unit.Value;
        }

        if (survey.Stated(SettingKey.Python) is { } stated)
        {
            var isSame = string.Equals(stated.Python!.Text, survey.Asked[SettingKey.Python]!.Python!.Text, StringComparison.Ordinal);
            return isSame ? Unit.Value : Contradiction(
                $"--python {text}: the project says {stated.Texts[0]} already.", stated, $"`slipway python set {text}` changes the pin; or edit the file, or leave --python away.");
        }

        return project is null || IsPinnable(text)
            ? Unit.Value
            : Contradiction($"--python {text}: a pin holds a version alone, and the project's settings are kept as they are.", null, $"Write python = \"{text}\" in {survey.SettingsName} first.");
    }

    private static Result<Unit> Name(string? text, string option) => text is null ? Unit.Value : EnvironmentName.Parse(text, option).Map(static _ => Unit.Value);

    private static Failure Contradiction(string message, Setting? stated, string? hint = null) =>
        new(ProjectFailures.Contradiction, message) { Location = stated?.Origin.Location, Hint = hint };
}
