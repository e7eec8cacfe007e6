using System.Collections.Immutable;
using Slipway.Core.Failures;

namespace Slipway.Projects.Managed;

/// <summary>
/// The block of <c>.gitignore</c>: what belongs to one machine (<c>.slipway/</c>, <c>.venv</c>) and what holds secrets (<c>.env</c>). Locks are never
/// ignored, and neither is <c>.envrc</c>: it names no machine and holds no secret, and whoever clones the project has use of it.
/// </summary>
public static class GitignoreFile
{
    /// <summary>The file's name.</summary>
    public const string Name = ".gitignore";

    // A pattern that ends with a slash does not match a link, and .venv is one.
    private static readonly (string Line, ImmutableArray<string> Same)[] Wanted =
    [
        (".slipway/", [".slipway", "/.slipway", "/.slipway/"]),
        (".venv", ["/.venv"]),
        (".env", ["/.env"]),
    ];

    /// <summary>The content that the file should have. A line that the user has is not added again.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="content">What it holds; null when it is not there.</param>
    public static Result<byte[]> Compose(string path, byte[]? content) => ManagedBlock.Find(path, content).Map(block =>
    {
        var lines = block.UserLines.ToHashSet(StringComparer.Ordinal);
        string[] missing = [.. Wanted.Where(wanted => !lines.Contains(wanted.Line) && !wanted.Same.Any(lines.Contains)).Select(static wanted => wanted.Line)];
        return missing.Length == 0 ? block.Outside : block.With(missing);
    });
}
