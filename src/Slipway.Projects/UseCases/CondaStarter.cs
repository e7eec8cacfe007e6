using System.Collections.Immutable;
using System.Text;
using Slipway.Environments.Interpreters;
using Slipway.Projects.Naming;

namespace Slipway.Projects.UseCases;

/// <summary>The <c>environment.yml</c> that a project of micromamba begins with.</summary>
internal static class CondaStarter
{
    /// <summary>The file's name.</summary>
    public const string Name = "environment.yml";

    private const string DefaultChannel = "conda-forge";

    /// <summary>Its text.</summary>
    /// <param name="name">The environment.</param>
    /// <param name="channels">The channels, validated; empty for the one that most use.</param>
    /// <param name="python">The wish for an interpreter; of a path or a command, conda knows nothing.</param>
    public static string Text(EnvironmentName name, ImmutableArray<string> channels, InterpreterRequest? python)
    {
        var text = new StringBuilder($"name: {name}\nchannels:\n");
        foreach (var channel in channels.IsEmpty ? [DefaultChannel] : channels)
        {
            text.Append("  - ").Append(Scalar(channel)).Append('\n');
        }

        var wish = python?.Versions is { } range ? $"python{Conda(range.ToString())}" : "python";
        return text.Append("dependencies:\n  - ").Append(Scalar(wish)).Append('\n').ToString();
    }

    // Conda writes "any 3.12" as =3.12, and knows no blanks within a requirement.
    private static string Conda(string range)
    {
        var bare = range.Replace(" ", string.Empty, StringComparison.Ordinal);
        return bare.StartsWith("==", StringComparison.Ordinal) && bare.EndsWith(".*", StringComparison.Ordinal) && !bare.Contains(',', StringComparison.Ordinal) ? $"={bare[2..^2]}" : bare;
    }

    // What YAML could read as something else stands in quotes.
    private static string Scalar(string text) =>
        char.IsAsciiLetterOrDigit(text[0]) && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '/' or ':' or '=' or '<' or '>' or '!' or ',')
            ? text
            : $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
