using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Text;

namespace Slipway.Cloud.Templates;

/// <summary>The templates that come with the program, and those of users' files.</summary>
public static class TemplateCatalogue
{
    /// <summary>Those that come with the program, in the order in which they are shown.</summary>
    public static ImmutableArray<LaunchTemplate> All { get; } = [TuningTemplates.Unsloth, TuningTemplates.Lora, TuningTemplates.Full, OwnTemplates.Script, OwnTemplates.Recipe];

    /// <summary>A template by its name, or by the path of a TOML file (it has a slash or ends in <c>.toml</c>).</summary>
    /// <param name="name">The name or path.</param>
    /// <param name="workingDirectory">What a path is relative to, absolute; null for the current directory.</param>
    /// <returns>The template; <see cref="CloudFailures.UnknownTemplate"/> lists the names.</returns>
    public static Result<LaunchTemplate> Find(string name, string? workingDirectory = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Contains('/', StringComparison.Ordinal) || name.EndsWith(".toml", StringComparison.Ordinal))
        {
            return TemplateFile.Read(Path.GetFullPath(name, workingDirectory ?? Directory.GetCurrentDirectory()));
        }

        if (All.FirstOrDefault(one => one.Name == name) is { } found)
        {
            return found;
        }

        var near = NearestName.Of(name, All.Select(static one => one.Name));
        return new Failure(CloudFailures.UnknownTemplate, $"There is no template {Shown.Quote(name)}{(near is null ? "." : $"; did you mean '{near}'?")}")
        {
            Hint = $"There are {string.Join(", ", All.Select(static one => one.Name))}; a file of your own is named by its path, ./my.toml.",
        };
    }
}
