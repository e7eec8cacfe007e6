using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Projects.Discovery;

namespace Slipway.Projects.Configuration;

/// <summary>Which of a project's named environments is meant: the one that is asked for, the active one, the configured one, else the only one.</summary>
internal static class EnvironmentSelection
{
    /// <summary>Where <c>slipway env use</c> remembers the active environment, below the project's directory.</summary>
    public const string ActiveFile = ".slipway/active";

    /// <summary>Reads the active environment of a project; it never counts where a project declares no environments.</summary>
    public static Result<ImmutableArray<Setting>> ReadActive(ProjectSettings project, FileObserver observer)
    {
        var path = Path.Combine(project.Directory, ActiveFile);
        if (project.Environments.IsEmpty || !observer.Exists(path))
        {
            return ImmutableArray<Setting>.Empty;
        }

        var origin = new SettingOrigin(SettingLayer.Active, path, project.Directory, new FailureLocation(path, 1));
        return observer.Read(path, Observation.Content)
            .Then(text => SettingParser.Parse(SettingKey.Env, [text.Trim()], origin))
            .Map(static setting => ImmutableArray.Create(setting));
    }

    /// <summary>The environment that counts; null when the project declares none, or several of which none is chosen.</summary>
    /// <param name="project">The project.</param>
    /// <param name="above">The settings of all layers that may choose.</param>
    public static Result<Chosen> Choose(ProjectSettings project, IEnumerable<Setting> above)
    {
        var asked = above.Where(static setting => setting.Key is SettingKey.Env).MaxBy(static setting => setting.Origin.Layer);
        if (asked is null)
        {
            return new Chosen(project.Environments is [var only] ? only : null);
        }

        if (project.Environments.FirstOrDefault(declared => string.Equals(declared.Name.ToString(), asked.Texts[0], StringComparison.OrdinalIgnoreCase)) is { } found)
        {
            return new Chosen(found);
        }

        var names = project.Environments.Select(static declared => declared.Name.ToString()).ToList();
        var nearest = NearestName.Of(asked.Texts[0], names);
        return new Failure(
            ProjectFailures.EnvironmentUnknown,
            $"{asked.Origin.Name}: the project declares no environment {asked.Texts[0]}{(nearest is null ? "." : $"; did you mean {nearest}?")}")
        {
            Location = asked.Origin.Location,
            Hint = names.Count == 0 ? $"Declare it as [envs.{asked.Texts[0]}] in {Path.Combine(project.Directory, "slipway.toml")}."
                : asked.Origin.Layer is SettingLayer.Active ? $"Choose another with `slipway env use NAME`: {string.Join(", ", names)}."
                : $"The environments are: {string.Join(", ", names)}.",
        };
    }

    /// <summary>The failure of needing one environment where several are declared and none is chosen.</summary>
    public static Failure NoneChosen(ImmutableArray<DeclaredEnvironment> declared) => new(
        ProjectFailures.EnvironmentUnknown,
        $"The project declares several environments and none is chosen: {string.Join(", ", declared.Select(static environment => environment.Name.ToString()))}.")
    {
        Location = declared[0].Location,
        Hint = "Name one with --env, choose one with `slipway env use NAME`, or write env = \"NAME\" above the tables.",
    };

    /// <summary>A declared environment, or none.</summary>
    internal sealed record Chosen(DeclaredEnvironment? Environment);
}
