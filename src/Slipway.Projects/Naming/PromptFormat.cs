using Slipway.Core.Failures;
using Slipway.Core.Text;

namespace Slipway.Projects.Naming;

/// <summary>
/// How a prompt names the environment: a text with <c>{backend}</c> and <c>{env_name}</c>. It becomes a double-quoted word of a shell, so it
/// holds nothing that a shell would act on.
/// </summary>
public static class PromptFormat
{
    /// <summary>The format that holds when nobody sets one.</summary>
    public const string Default = "({backend}:{env_name})";

    private static readonly string[] Places = ["{backend}", "{env_name}"];

    /// <summary>Checks a format.</summary>
    /// <param name="format">The format; empty for no prompt.</param>
    /// <param name="from">Who gives it, for the message.</param>
    public static Result<Unit> Check(string format, string from)
    {
        ArgumentNullException.ThrowIfNull(format);
        var bare = Places.Aggregate(format, static (text, place) => text.Replace(place, string.Empty, StringComparison.Ordinal));
        return bare.IndexOfAny(['{', '}']) >= 0 ? Refused(from, format, $"the places are {string.Join(" and ", Places)}")
            : bare.Any(static c => char.IsControl(c) || c is '"' or '$' or '`' or '\\' or '!' or '%' or '\'') ? Refused(from, format, "it holds a character that a shell acts on")
            : Unit.Value;
    }

    /// <summary>The text that stands before a prompt, with a blank behind it; empty for an empty format.</summary>
    /// <param name="format">A format that was checked.</param>
    /// <param name="backend">The provisioner.</param>
    /// <param name="name">The environment.</param>
    public static string Render(string format, string backend, EnvironmentName name) => format.Length == 0
        ? string.Empty
        : format.Replace("{backend}", backend, StringComparison.Ordinal).Replace("{env_name}", name.ToString(), StringComparison.Ordinal) + " ";

    private static Failure Refused(string from, string format, string why) =>
        new(ProjectFailures.PromptRefused, $"{from}: {Shown.Quote(format)} cannot be a prompt: {why}.");
}
