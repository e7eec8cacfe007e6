using System.Text;
using Slipway.Core.Failures;
using Slipway.Core.Toml;
using Slipway.Machines.Files;
using Slipway.Projects.Configuration;
using Slipway.Projects.Discovery;
using Slipway.Projects.Editing;
using Slipway.Projects.Layout;
using Slipway.Projects.Managed;
using Slipway.Projects.Naming;

namespace Slipway.Projects.UseCases;

/// <summary>Declares environments in a project's settings, and takes them out again. The rest of the file stays byte for byte.</summary>
/// <param name="edits">Makes changes one at a time.</param>
/// <param name="finder">Reads the project anew, as it is when its turn has come.</param>
public sealed class DeclarationUseCase(ProjectEdits edits, ProjectFinder finder)
{
    /// <summary>
    /// Declares an environment. A project that had one without declaring it keeps that one: it is declared too, and stays what is meant where
    /// none is named.
    /// </summary>
    /// <param name="project">The project.</param>
    /// <param name="name">The new environment.</param>
    /// <param name="settings">What it says.</param>
    /// <param name="cancellationToken">Ends waiting for another change.</param>
    /// <returns>The file that was written.</returns>
    public Task<Result<string>> AddAsync(Project project, EnvironmentName name, TomlTable settings, CancellationToken cancellationToken) =>
        EditAsync(project, $"env create {name}", now => Add(now, name, settings), cancellationToken);

    /// <summary>Takes an environment out of the file that declares it.</summary>
    /// <returns>The file that was written.</returns>
    public Task<Result<string>> RemoveAsync(Project project, EnvironmentName name, CancellationToken cancellationToken) =>
        EditAsync(project, $"env remove {name}", now => Remove(now, name), cancellationToken);

    private Task<Result<string>> EditAsync(Project project, string what, Func<Project, Result<string>> edit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(project);
        var directory = project.Layout.Directory;
        return edits.DoAsync(directory, what, () => finder.Find(directory, new RequestSettings { IgnoreActive = true }).Then(edit), cancellationToken);
    }

    /// <summary>The same for whoever makes a larger change already, and has read the project within it.</summary>
    internal static Result<string> Add(Project project, EnvironmentName name, TomlTable settings)
    {
        if (project.IsNamed && project.Environments.Contains(name))
        {
            return new Failure(ProjectFailures.EnvironmentExists, $"The project declares {name} already.")
            {
                Location = project.Configuration.Environments.First(declared => declared.Name == name).Location,
            };
        }

        var path = FileOf(project);
        var editor = new SettingsText(path, project.Layout.Directory);
        return ReadText(path)
            .Then(text => project.IsNamed || project.Environments[0] == name ? Result.Ok(text) : KeepOnly(editor, text, project.Environments[0]))
            .Then(text => editor.Add(text, name, settings))
            .Then(text => Write(path, text))
            .Then(written => project.IsNamed ? written : KeepLock(project, written));
    }

    // The lock of the only environment had no name in its own name.
    private static Result<string> KeepLock(Project project, string written)
    {
        var before = project.Layout.Lock(null);
        var after = project.Layout.Lock(project.Environments[0]);
        return LocalFiles.Exists(before) && !LocalFiles.Exists(after) ? LocalFiles.Move(before, after).Map(_ => written) : written;
    }

    private static Result<string> Remove(Project project, EnvironmentName name)
    {
        if (project.Configuration.Environments.FirstOrDefault(declared => declared.Name == name) is not { } found)
        {
            return new Failure(ProjectFailures.EnvironmentUnknown, $"The project declares no environment {name}.");
        }

        var path = found.Location.Source!;
        var editor = new SettingsText(path, project.Layout.Directory);

        // What is meant where none is named must not be what is gone.
        var isUsual = project.Configuration.Settings[(int)SettingKey.Env] is { Chosen: { Origin.Layer: SettingLayer.Project } usual } && string.Equals(usual.Texts[0], name.ToString(), StringComparison.OrdinalIgnoreCase);
        return ReadText(path)
            .Then(text => editor.Remove(text, found))
            .Then(text => isUsual ? editor.Unset(text, SettingKey.Env) : Result.Ok(text))
            .Then(text => Write(path, text));
    }

    private static Result<string> KeepOnly(SettingsText editor, string text, EnvironmentName only) => editor
        .Set(text, SettingKey.Env, only.ToString())
        .Then(kept => editor.Add(kept, only, TomlTable.Empty));

    private static string FileOf(Project project)
    {
        var own = project.Layout.Settings;
        var shared = Path.Combine(project.Layout.Directory, PyprojectFile.Name);
        return LocalFiles.Exists(own) || !project.Configuration.Files.Contains(shared, StringComparer.Ordinal) ? own : shared;
    }

    private static Result<ManagedFile> Open(string path) => ManagedFile.Read(Path.GetDirectoryName(path)!, Path.GetFileName(path));

    private static Result<string> ReadText(string path) => Open(path).Map(static file => Encoding.UTF8.GetString(file.Content ?? []));

    private static Result<string> Write(string path, string text) =>
        Open(path).Then(file => LocalFiles.Write(path, Encoding.UTF8.GetBytes(text), file.Mode)).Map(_ => path);
}
