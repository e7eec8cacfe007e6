using System.Collections.Immutable;
using System.Text;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Core.Text;

namespace Slipway.Projects.Naming;

/// <summary>
/// The name of a project's environment: ASCII letters, digits, <c>-</c> and <c>_</c>, beginning with a letter or <c>_</c>, and none that
/// conda tools give to something else. It becomes a file name, so names that differ by case alone are the same one.
/// </summary>
public readonly record struct EnvironmentName
{
    /// <summary>The most characters: <c>pylock.NAME.toml</c> must still be a file name.</summary>
    public const int MaxLength = 240;

    private readonly string? _text;

    private EnvironmentName(string text) => _text = text;

    /// <summary>Names that mean something else to conda and to Slipway.</summary>
    public static ImmutableArray<string> Reserved { get; } = ["base", "root", "default", "conda", "mamba", "micromamba"];

    /// <summary>Validates a name that somebody gave.</summary>
    /// <param name="text">The name.</param>
    /// <param name="from">Who gives it, for the message: <c>--env</c>.</param>
    public static Result<EnvironmentName> Parse(string text, string from)
    {
        ArgumentNullException.ThrowIfNull(text);
        var wrong = text.Length == 0 ? "is empty"
            : text.Length > MaxLength ? $"is longer than {MaxLength} characters"
            : !char.IsAsciiLetter(text[0]) && text[0] != '_' ? "does not begin with a letter or '_'"
            : text.Any(static c => !IsPart(c)) ? "holds a character other than letters, digits, '-' and '_'"
            : Reserved.Contains(text, StringComparer.OrdinalIgnoreCase) ? "is reserved"
            : null;
        if (wrong is null)
        {
            return new EnvironmentName(text);
        }

        // A value in the wrong place may be a URL with a password.
        var instead = Suggest(UrlMask.Apply(text));
        return new Failure(ProjectFailures.NameRefused, $"{from}: the name {Shown.Quote(text)} {wrong}.") { Hint = $"A name that works: {instead}." };
    }

    /// <summary>
    /// Makes a name from any text, such as a directory's name: lower case, accents dropped, runs of other characters as one <c>-</c>. What
    /// leaves nothing of a text, as a name in another script does, gets a name from the text's digest, so that it is the same everywhere.
    /// </summary>
    public static EnvironmentName Suggest(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var words = new StringBuilder(text.Length);
        foreach (var c in LatinLetters.ToAscii(text).ToLowerInvariant())
        {
            _ = IsPart(c) ? words.Append(c) : words.Append('-');
        }

        var plain = string.Join('-', words.ToString().Split('-', StringSplitOptions.RemoveEmptyEntries));
        if (plain.Trim('_').Length == 0)
        {
            return new EnvironmentName($"env-{Sha256Digest.Of(text).Hex[..8]}");
        }

        var named = char.IsAsciiDigit(plain[0]) || Reserved.Contains(plain, StringComparer.Ordinal) ? $"env-{plain}" : plain;
        return new EnvironmentName(named.Length > MaxLength ? named[..MaxLength].TrimEnd('-') : named);
    }

    /// <inheritdoc/>
    public bool Equals(EnvironmentName other) => string.Equals(ToString(), other.ToString(), StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.OrdinalIgnoreCase.GetHashCode(ToString());

    /// <inheritdoc/>
    public override string ToString() => _text ?? string.Empty;

    private static bool IsPart(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_';
}
