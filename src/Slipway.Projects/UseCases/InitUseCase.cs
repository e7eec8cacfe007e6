using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Tools;
using Slipway.Projects.Backends;
using Slipway.Projects.Configuration;
using Slipway.Projects.Discovery;
using Slipway.Projects.Editing;
using Slipway.Projects.Layout;
using Slipway.Projects.Managed;
using Slipway.Projects.Naming;

namespace Slipway.Projects.UseCases;

/// <summary>
/// Makes a directory a project of Slipway, or looks after one that is. Everything is checked before the first file is written; what fails after that
/// puts every file back. Nothing is built here: that is a sync's.
/// </summary>
/// <param name="host">Where.</param>
/// <param name="dependencies">The service that plans.</param>
/// <param name="interpreters">The search for interpreters.</param>
/// <param name="variable">Reads an environment variable.</param>
/// <param name="hasTool">Whether the program of a backend is on the host.</param>
public sealed class InitUseCase(BuildHost host, DependencyService dependencies, InterpreterFinder interpreters, Func<string, string?> variable, Func<string, bool> hasTool)
{
    private readonly ProjectFinder _finder = new(variable, () => hasTool(BackendDetector.Uv));

    /// <summary>Looks at a directory, so that it can be asked what is still open.</summary>
    /// <param name="directory">The absolute directory.</param>
    /// <param name="answers">What is asked for so far.</param>
    public Result<InitSurvey> Look(string directory, InitAnswers answers)
    {
        ArgumentNullException.ThrowIfNull(answers);
        return InitChecks.Answers(answers)
            .Then(_ => InitChecks.Place(directory, answers, new EnvironmentLinks(new ProjectLayout(directory), host.Layout), variable("HOME")))
            .Then(_ => InitSurvey.Look(directory, answers, variable, () => hasTool(BackendDetector.Uv)));
    }

    /// <summary>Writes the project's files.</summary>
    /// <param name="directory">The absolute directory.</param>
    /// <param name="answers">What is asked for.</param>
    /// <param name="cancellationToken">Ends the checks; once files are written, they are all written.</param>
    public Task<Result<InitReport>> WriteAsync(string directory, InitAnswers answers, CancellationToken cancellationToken) =>
        new ProjectEdits(host.Layout).DoAsync(directory, "init", () => WriteAloneAsync(directory, answers, cancellationToken), cancellationToken);

    private async Task<Result<InitReport>> WriteAloneAsync(string directory, InitAnswers answers, CancellationToken cancellationToken)
    {
        if (!Look(directory, answers).TryGet(out var survey, out var failure)
            || !Standing(survey, answers).TryGet(out var standing, out failure)
            || !InitChecks.Project(survey, answers, standing.Project, standing.Declaration?.Backend.Kind).TryGet(out _, out failure))
        {
            return failure;
        }

        if (standing.Declaration is { } declared && await PreflightAsync(declared, answers, cancellationToken).ConfigureAwait(false) is { } unready)
        {
            return unready;
        }

        var files = new InitFiles(survey, answers);
        var composed = files.Compose(new EnvrcContent(standing.UsualBackend, standing.Usual, EnvrcUseCase.PromptOf(survey.Said)));
        if (!composed.TryGet(out var planned, out failure))
        {
            return failure;
        }

        using var journal = new WriteJournal();
        var written = Write(journal, planned, answers).Then(_ => Declare(journal, survey, answers, standing.Project, files)).Then(_ => ReadAnew(directory, answers, planned, added: survey.HasSettings && InitChecks.DeclaresNew(survey, answers) ? survey.SettingsName : null));
        if (!written.TryGet(out var report, out failure))
        {
            return failure;
        }

        if (standing.Declaration is null && await PreflightAsync(report.Declaration, answers, cancellationToken).ConfigureAwait(false) is { } late)
        {
            return late;
        }

        journal.Keep();
        return report.Report;
    }

    /// <summary>What would build the environment that init is about, as far as that is known before anything is written.</summary>
    public Result<string> BackendOf(string directory, InitAnswers answers) =>
        Look(directory, answers).Then(survey => Standing(survey, answers).Map(standing => standing.Declaration?.Backend.Kind ?? survey.Backend.Kind));

    /// <summary>How the project stands before anything is written.</summary>
    /// <param name="Project">The project; null when it has no settings yet.</param>
    /// <param name="Usual">The environment that is meant where none is named: what direnv activates.</param>
    /// <param name="UsualBackend">What builds that one.</param>
    /// <param name="Declaration">What the environment that init is about needs; null when that is only known once files are written.</param>
    private sealed record Stand(Project? Project, EnvironmentName Usual, string UsualBackend, WorkloadDeclaration? Declaration);

    private Result<Stand> Standing(InitSurvey survey, InitAnswers answers)
    {
        var begins = InitFiles.BeginsConda(survey, answers) || InitFiles.BeginsPython(survey, answers);
        if (survey.HasSettings)
        {
            return Standing(survey, answers, begins);
        }

        var name = (answers.Env ?? answers.Name) is { } text ? EnvironmentName.Parse(text, "--name").Value : survey.SuggestedName;
        return begins
            ? new Stand(null, name, survey.Backend.Kind, null)
            : new WorkloadDiscovery(WithoutEnv, () => hasTool(BackendDetector.Uv))
                .Discover(null, survey.Directory, Demands(answers, answers.ToSettings()))
                .Map(declaration => new Stand(null, name, declaration.Backend.Kind, declaration));
    }

    private Result<Stand> Standing(InitSurvey survey, InitAnswers answers, bool begins)
    {
        var asked = InitChecks.DeclaresNew(survey, answers) ? null : answers.Env;
        return _finder.Find(survey.Directory, new RequestSettings { Env = asked }).Then(project =>
        {
            var usual = project.Usual ?? project.Environments[0];
            var about = (asked is null ? null : project.Meant) ?? usual;
            return begins
                ? new Stand(project, usual, survey.Backend.Kind, null)
                : _finder.Declare(project, about, Demands(answers, new RequestSettings())).Then(declaration => about == usual
                    ? new Stand(project, usual, declaration.Backend.Kind, declaration)
                    : _finder.Declare(project, usual, new RequestSettings()).Map(other => new Stand(project, usual, other.Backend.Kind, declaration)));
        });
    }

    // A lock of a named environment that is only now declared has a name that nobody knows yet.
    private static RequestSettings Demands(InitAnswers answers, RequestSettings settings) =>
        settings with { Locked = answers is { Strict: true, Env: null }, NoLock = answers.NoLock, Offline = answers.Offline };

    private string? WithoutEnv(string name) => name is "SLIPWAY_ENV" ? null : variable(name);

    private async Task<Failure?> PreflightAsync(WorkloadDeclaration declaration, InitAnswers answers, CancellationToken cancellationToken)
    {
        if (!answers.Sync && !answers.Force)
        {
            return null;
        }

        if (answers.Force && ToolCatalogue.Find(declaration.Backend.Kind).TryGet(out var tool, out _)
            && !(await BackendTool.FindAsync(host, tool, wanted: null, cancellationToken).ConfigureAwait(false)).TryGet(out _, out var missing))
        {
            return missing;
        }

        var planned = await dependencies
            .PlanAsync(declaration.Request, declaration.Subject, new EnsureOptions(Offline: declaration.IsOffline), cancellationToken)
            .ConfigureAwait(false);
        if (!planned.TryGet(out var plan, out var failure) || plan.Interpreter is not null || declaration.Backend.Kind is BackendDetector.Micromamba)
        {
            return failure;
        }

        // A plan does not look for an interpreter before there is something to build.
        var found = await interpreters.FindAsync(declaration.Request.Python, declaration.Request.RequiresPython, cancellationToken).ConfigureAwait(false);
        return found.TryGet(out _, out failure) ? null : failure;
    }

    private static Result<Unit> Write(WriteJournal journal, ImmutableArray<PlannedFile> planned, InitAnswers answers)
    {
        foreach (var file in planned.Where(file => file.Outcome is FileOutcome.Created or FileOutcome.Changed || (answers.Force && file.Outcome is FileOutcome.Unchanged)))
        {
            if (!journal.Write(file.File, file.Content!).TryGet(out _, out var failure))
            {
                return failure;
            }
        }

        return Unit.Value;
    }

    // An environment on top of those that a project has already.
    private static Result<Unit> Declare(WriteJournal journal, InitSurvey survey, InitAnswers answers, Project? project, InitFiles files)
    {
        if (project is null || !InitChecks.DeclaresNew(survey, answers))
        {
            return Unit.Value;
        }

        string[] touched = [ConfigurationReader.ProjectFile, PyprojectFile.Name, LockChoice.FileNameOf(null), LockChoice.FileNameOf(project.Environments[0])];
        foreach (var name in touched)
        {
            if (!ManagedFile.Read(survey.Directory, name).TryGet(out var file, out var failure))
            {
                return failure;
            }

            journal.Remember(file);
        }

        return DeclarationUseCase.Add(project, EnvironmentName.Parse(answers.Env!, "--env").Value, files.EnvironmentTable()).Map(static _ => Unit.Value);
    }

    private Result<(InitReport Report, WorkloadDeclaration Declaration)> ReadAnew(string directory, InitAnswers answers, ImmutableArray<PlannedFile> planned, string? added)
    {
        var options = new RequestSettings { Env = answers.Env, Locked = answers.Strict, NoLock = answers.NoLock, Offline = answers.Offline };
        return _finder.Find(directory, options).Then(project =>
        {
            var name = (answers.Env is null ? project.Usual : project.Meant) ?? project.Environments[0];
            return _finder.Declare(project, name, options).Map(declaration => (new InitReport(
                project, name, declaration.Backend, [.. planned.Select(file => new InitFile(file.Name, Outcome(file, added)))]), declaration));
        });
    }

    // The settings that were kept, but for the environment that was added to them.
    private static FileOutcome Outcome(PlannedFile file, string? added) => string.Equals(file.Name, added, StringComparison.Ordinal) ? FileOutcome.Changed : file.Outcome;
}
