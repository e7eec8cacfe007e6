using Slipway.Core.Failures;
using Slipway.Core.Toml;
using Slipway.Core.Versions;

namespace Slipway.Environments.Interpreters;

/// <summary>How an interpreter is asked for.</summary>
public enum InterpreterRequestKind
{
    /// <summary>By an absolute path.</summary>
    Path,

    /// <summary>By a command's name on PATH.</summary>
    Command,

    /// <summary>By a range of versions.</summary>
    Version,
}

/// <summary>
/// An explicit wish for an interpreter: an absolute path, a command such as <c>python3.12</c>, a version such as
/// <c>3.12</c> (any 3.12.x) or a PEP 440 range.
/// </summary>
public sealed record InterpreterRequest
{
    private InterpreterRequest(InterpreterRequestKind kind, string text, VersionSpecifierSet? versions, string origin)
    {
        Origin = origin;
        Kind = kind;
        Text = text;
        Versions = versions;
    }

    /// <summary>How the interpreter is asked for.</summary>
    public InterpreterRequestKind Kind { get; }

    /// <summary>The path, command or range in canonical form.</summary>
    public string Text { get; }

    /// <summary>Who asks, for messages: <c>--python</c>, <c>SLIPWAY_PYTHON</c>, <c>/project/.python-version:1</c>.</summary>
    public string Origin { get; init; }

    /// <summary>The range, when one is asked for.</summary>
    public VersionSpecifierSet? Versions { get; }

    /// <summary>The variable that says which interpreter is wanted, where nothing nearer does.</summary>
    public const string Variable = "SLIPWAY_PYTHON";

    /// <summary>The wish of <see cref="Variable"/> on this machine; none when it is not set.</summary>
    /// <param name="value">Its value.</param>
    /// <param name="baseDirectory">What a relative path is relative to.</param>
    public static Result<Maybe<InterpreterRequest>> OfVariable(string? value, string baseDirectory) =>
        string.IsNullOrEmpty(value) ? Maybe<InterpreterRequest>.None : Parse(value, baseDirectory, Variable).Map(Maybe<InterpreterRequest>.Of);

    /// <summary>Reads a wish.</summary>
    /// <param name="text">The wish.</param>
    /// <param name="baseDirectory">What a relative path is relative to.</param>
    /// <param name="origin">Who asks, for messages: <c>--python</c>, <c>.python-version</c>.</param>
    public static Result<InterpreterRequest> Parse(string text, string baseDirectory, string origin)
    {
        var trimmed = text.Trim();
        if (trimmed.Length == 0 || trimmed.StartsWith('-') || trimmed.Any(char.IsControl))
        {
            return Malformed(trimmed, origin);
        }

        if (trimmed.Contains('/', StringComparison.Ordinal))
        {
            return new InterpreterRequest(InterpreterRequestKind.Path, Path.GetFullPath(trimmed, baseDirectory), null, origin);
        }

        if (char.IsAsciiDigit(trimmed[0]))
        {
            return Range(PepVersion.Parse(trimmed).IsOk ? $"=={trimmed}.*" : trimmed, trimmed, origin);
        }

        if ("<>=!~".Contains(trimmed[0], StringComparison.Ordinal))
        {
            return Range(trimmed, trimmed, origin);
        }

        return trimmed.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_')
            ? new InterpreterRequest(InterpreterRequestKind.Command, trimmed, null, origin)
            : Malformed(trimmed, origin);
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static Result<InterpreterRequest> Range(string range, string text, string origin) =>
        VersionSpecifierSet.Parse(range).TryGet(out var versions, out _)
            ? new InterpreterRequest(InterpreterRequestKind.Version, versions.ToString(), versions, origin)
            : Malformed(text, origin);

    private static Failure Malformed(string text, string origin) =>
        new(EnvironmentFailures.MalformedInterpreterRequest, $"{origin}: '{text}' names no Python interpreter.");
}
