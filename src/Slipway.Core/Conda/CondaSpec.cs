using System.Text.RegularExpressions;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Core.Versions;

namespace Slipway.Core.Conda;

/// <summary>
/// One dependency of conda (a match spec) as it was written. Only the tool understands all of it; its name, and a bound of the simple kinds, are
/// read here so that a lock can be compared with it.
/// </summary>
public sealed partial record CondaSpec
{
    private CondaSpec(string text, string name, string bound)
    {
        Text = text;
        Name = name;
        Bound = bound;
    }

    /// <summary>The spec as it is given to the tool.</summary>
    public string Text { get; }

    /// <summary>The package's name in lower case.</summary>
    public string Name { get; }

    private string Bound { get; }

    /// <summary>Reads a spec.</summary>
    /// <param name="text">For example <c>conda-forge::numpy>=2</c>.</param>
    /// <param name="at">Where it stands.</param>
    /// <returns>The spec, or <see cref="CoreFailures.CondaSpecInvalid"/>.</returns>
    public static Result<CondaSpec> Parse(string text, FailureLocation at)
    {
        ArgumentNullException.ThrowIfNull(text);
        var trimmed = text.Trim();
        if (trimmed.Contains("://", StringComparison.Ordinal))
        {
            return CoreFailures.CondaSpecInvalid.Because($"{Shown.Quote(trimmed)} is a URL, and a name is needed.", at);
        }

        var match = trimmed.Length > 0 && trimmed[0] is not ('-' or '@' or '#') && !trimmed.Any(char.IsControl) ? Pattern().Match(trimmed) : Match.Empty;
        return match.Success
            ? new CondaSpec(trimmed, match.Groups["name"].Value.ToLowerInvariant(), match.Groups["bound"].Value.Trim())
            : CoreFailures.CondaSpecInvalid.Because($"{Shown.Quote(trimmed)} is not a conda dependency.", at);
    }

    /// <summary>Whether a version lies within the spec's bound. What only the tool can judge counts as allowed.</summary>
    /// <param name="version">The version of a package of this name.</param>
    public bool Allows(string version)
    {
        ArgumentNullException.ThrowIfNull(version);
        if (Exact().Match(Bound) is { Success: true } exact)
        {
            var wanted = exact.Groups["version"].Value;
            var isWhole = exact.Groups["operator"].Value is "==" || (exact.Groups["operator"].Length == 0 && !wanted.EndsWith('*'));
            var stem = wanted.TrimEnd('*').TrimEnd('.');
            return string.Equals(version, stem, StringComparison.Ordinal) || (!isWhole && version.StartsWith($"{stem}.", StringComparison.Ordinal));
        }

        return !VersionSpecifierSet.Parse(Bound).TryGet(out var range, out _)
            || !PepVersion.Parse(version).TryGet(out var found, out _) || range.Contains(found, prereleases: true);
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    [GeneratedRegex(@"^(?:[^\s:\[\]=<>!]+::)?(?<name>[A-Za-z0-9_][A-Za-z0-9_.-]*)(?:\s*(?<bound>[=<>!~ \[].*))?$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Pattern();

    [GeneratedRegex(@"^(?<operator>==?|)\s*(?<version>[0-9][0-9A-Za-z_.]*\*?)(?:[= ].*)?$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Exact();
}
