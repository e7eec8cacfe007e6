using Slipway.Core.Failures;
using Slipway.Core.Text;

namespace Slipway.Core.Requirements;

/// <summary>A path or a URL where a requirement should be: nothing says of which project it is.</summary>
internal static class BareSource
{
    /// <summary>Whether a text, without blanks around it, is one.</summary>
    public static bool Is(ReadOnlySpan<char> text)
    {
        var nameEnd = 0;
        while (nameEnd < text.Length && NameSyntax.IsNameCharacter(text[nameEnd]))
        {
            nameEnd++;
        }

        var rest = text[nameEnd..].TrimStart();
        if (rest.StartsWith("[", StringComparison.Ordinal) && rest.IndexOf(']') is > 0 and var bracket)
        {
            rest = rest[(bracket + 1)..].TrimStart();
        }

        if (rest.StartsWith("@", StringComparison.Ordinal) || text.IsEmpty)
        {
            return false;
        }

        return text[0] is '.' or '/' or '~' or '\\'
            || (rest.Length > 0 && rest[0] is '/' or '\\' or ':' or '+')
            || rest.StartsWith("://", StringComparison.Ordinal);
    }

    /// <summary>The failure for one.</summary>
    /// <param name="text">The text.</param>
    /// <param name="at">Where it begins.</param>
    public static Failure Refuse(string text, FailureLocation at)
    {
        var source = text.Trim();
        var end = source.IndexOfAny([' ', '\t', ';']);
        var example = !source.Contains("://", StringComparison.Ordinal) ? null : $"Write the name of the project before it: NAME @ {Shown.Line(end < 0 ? source : source[..end])}";
        return CoreFailures.RequirementsBareSource.Because($"{Shown.Quote(source)} is a path or a URL without the name of its project.", at, example);
    }
}
