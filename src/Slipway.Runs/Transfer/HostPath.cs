using Slipway.Core.Failures;

namespace Slipway.Runs.Transfer;

/// <summary>
/// What people write for a path on a host: absolute, or relative to the home directory there, with or without <c>~/</c>. No shell
/// ever expands it.
/// </summary>
public static class HostPath
{
    /// <summary>The absolute path, its trailing slash kept.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="home">The home directory there.</param>
    public static Result<string> Resolve(string text, string home)
    {
        ArgumentNullException.ThrowIfNull(text);
        var wrong = text.Length == 0 ? "is empty"
            : text.Contains('\0', StringComparison.Ordinal) ? "holds a NUL character"
            : text.StartsWith('~') && text is not "~" && !text.StartsWith("~/", StringComparison.Ordinal) ? "begins with ~ and a name; only ~ and ~/ are understood, write ./~ for a file of such a name"
            : null;
        if (wrong is not null)
        {
            return new Failure(TransferFailures.PathUnusable, $"The path '{text.Replace('\0', '\uFFFD').ReplaceLineEndings(" ")}' {wrong}.");
        }

        return text.StartsWith('/') ? text
            : text is "~" ? home
            : $"{home.TrimEnd('/')}/{(text.StartsWith("~/", StringComparison.Ordinal) ? text[2..] : text)}";
    }

    /// <summary>Where a source goes: a target that ends in <c>/</c> is a directory to put it into, under its own name.</summary>
    /// <param name="target">The target, absolute.</param>
    /// <param name="source">The source.</param>
    internal static string Place(string target, string source)
    {
        var name = source.TrimEnd('/');
        name = name[(name.LastIndexOf('/') + 1)..];
        return !target.EndsWith('/') ? target
            : name is "" or "." or ".." ? target.TrimEnd('/') is { Length: > 0 } trimmed ? trimmed : "/"
            : $"{target.TrimEnd('/')}/{name}";
    }
}
