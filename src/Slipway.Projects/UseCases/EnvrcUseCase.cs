using Slipway.Core.Failures;
using Slipway.Machines.Files;
using Slipway.Projects.Configuration;
using Slipway.Projects.Discovery;
using Slipway.Projects.Layout;
using Slipway.Projects.Managed;
using Slipway.Projects.Naming;

namespace Slipway.Projects.UseCases;

/// <summary>Keeps <c>.envrc</c> true when another environment becomes the active one: its name is in the prompt, and its backend may need another variable.</summary>
/// <param name="finder">Reads the project.</param>
public sealed class EnvrcUseCase(ProjectFinder finder)
{
    /// <summary>Writes the block anew, if the file has one that says something else.</summary>
    /// <param name="project">The project.</param>
    /// <param name="name">The environment that is active now.</param>
    /// <param name="backend">What builds it.</param>
    /// <returns>Whether the file was changed, which direnv wants to be allowed.</returns>
    public Result<bool> Follow(Project project, EnvironmentName name, string backend)
    {
        ArgumentNullException.ThrowIfNull(project);
        var directory = project.Layout.Directory;
        if (LocalPaths.StatusOf($"{directory}/{EnvrcFile.Name}").Kind is not Machines.FileKind.File)
        {
            return false;
        }

        if (!ManagedFile.Read(directory, EnvrcFile.Name).TryGet(out var file, out var failure)
            || !ManagedBlock.Find(file.Path, file.Content).TryGet(out var block, out failure)
            || !finder.Find(directory, new RequestSettings { Env = project.Declared(name)?.ToString() }).TryGet(out var named, out failure))
        {
            return failure;
        }

        if (!block.IsThere)
        {
            return false;
        }

        return EnvrcFile.Compose(file.Path, file.Content, new EnvrcContent(backend, name, PromptOf(named.Configuration))).Then(content =>
            content.AsSpan().SequenceEqual(file.Content)
                ? false
                : LocalFiles.Write(file.Path, content, file.Mode).Map(static _ => true));
    }

    /// <summary>The prompt that the project's own files say, and not what this user prefers: colleagues get the same file.</summary>
    internal static string PromptOf(EffectiveConfiguration configuration)
    {
        var setting = configuration.Settings[(int)SettingKey.Prompt];
        var chosen = setting.Chosen is null ? [] : setting.Overridden.Prepend(setting.Chosen);
        return chosen.FirstOrDefault(static one => one.Origin.Layer is SettingLayer.Project or SettingLayer.Environment)?.Texts[0] ?? PromptFormat.Default;
    }
}
