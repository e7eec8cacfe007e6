using Slipway.Core.Failures;
using Slipway.Core.Toml;
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
    public Result<bool> Follow(Project project, EnvironmentName name, string backend) => Compare(project, name, backend).Then(difference =>
        difference.TryGet(out var wanted) ? LocalFiles.Write(wanted.Path, wanted.Content, wanted.Mode).Map(static _ => true) : false);

    /// <summary>Whether the file has a block that says something else than an environment needs.</summary>
    /// <param name="project">The project.</param>
    /// <param name="name">The environment that is active.</param>
    /// <param name="backend">What builds it.</param>
    public Result<bool> Drifts(Project project, EnvironmentName name, string backend) => Compare(project, name, backend).Map(static difference => difference.HasValue);

    // What the file should hold; none when it holds that, or nothing of ours.
    private Result<Maybe<Wanted>> Compare(Project project, EnvironmentName name, string backend)
    {
        ArgumentNullException.ThrowIfNull(project);
        var directory = project.Layout.Directory;
        if (LocalPaths.StatusOf($"{directory}/{EnvrcFile.Name}").Kind is not Machines.FileKind.File)
        {
            return Maybe<Wanted>.None;
        }

        if (!ManagedFile.Read(directory, EnvrcFile.Name).TryGet(out var file, out var failure)
            || !ManagedBlock.Find(file.Path, file.Content).TryGet(out var block, out failure)
            || !finder.Find(directory, new RequestSettings { Env = project.Declared(name)?.ToString() }).TryGet(out var named, out failure))
        {
            return failure;
        }

        return !block.IsThere ? Maybe<Wanted>.None : EnvrcFile.Compose(file.Path, file.Content, new EnvrcContent(backend, name, PromptOf(named.Configuration))).Map(content =>
            content.AsSpan().SequenceEqual(file.Content) ? Maybe<Wanted>.None : Maybe<Wanted>.Of(new Wanted(file.Path, content, file.Mode)));
    }

    private sealed record Wanted(string Path, byte[] Content, UnixFileMode Mode);

    /// <summary>The prompt that the project's own files say, and not what this user prefers: colleagues get the same file.</summary>
    internal static string PromptOf(EffectiveConfiguration configuration)
    {
        var setting = configuration.Settings[(int)SettingKey.Prompt];
        var chosen = setting.Chosen is null ? [] : setting.Overridden.Prepend(setting.Chosen);
        return chosen.FirstOrDefault(static one => one.Origin.Layer is SettingLayer.Project or SettingLayer.Environment)?.Texts[0] ?? PromptFormat.Default;
    }
}
