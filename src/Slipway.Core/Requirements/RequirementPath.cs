using System.Buffers;
using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Text;

namespace Slipway.Core.Requirements;

/// <summary>
/// A requirement that names a file or a directory in place of a project, as pip's requirements format allows. Which project that is
/// has to be read from the file's name or from the directory.
/// </summary>
/// <param name="Path">The path as written; relative to the directory of whatever holds it.</param>
/// <param name="Extras">The extras asked for, each once, sorted.</param>
/// <param name="Marker">The condition under which the requirement counts.</param>
/// <param name="Hashes">The hashes that the file may have, as in <see cref="RequirementLine.Hashes"/>.</param>
/// <param name="Location">Where it begins.</param>
public sealed record RequirementPath(
    string Path, ImmutableArray<ExtraName> Extras, Marker? Marker, ImmutableArray<string> Hashes, FailureLocation Location)
{
    private static readonly SearchValues<char> NotInPaths = SearchValues.Create("<>=!~ ");

    /// <summary>The endings of files that can be installed.</summary>
    public static ImmutableArray<string> ArchiveEndings { get; } = [".whl", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".zip"];

    /// <summary>Whether a text is meant as a path: it begins as one, or is the name of an archive; URLs are none.</summary>
    public static bool IsPath(string text)
    {
        var path = text.Split(';')[0].Trim();
        return path.Length > 0 && path[0] is not '-' && !path.Contains("://", StringComparison.Ordinal) && !path.Contains('@', StringComparison.Ordinal)
            && (path is "." or ".." || path[0] == '/' || path.StartsWith("./", StringComparison.Ordinal) || path.StartsWith("../", StringComparison.Ordinal)
                || path.StartsWith(".[", StringComparison.Ordinal) || IsArchive(path) || IsBelow(path));
    }

    /// <summary>Parses a path with what may follow it: <c>./pkg[extra] ; marker</c>.</summary>
    /// <param name="text">The text, one line.</param>
    /// <param name="at">Where it stands.</param>
    /// <returns>The path, or <see cref="CoreFailures.RequirementInvalid"/>.</returns>
    public static Result<RequirementPath> Parse(string text, FailureLocation at)
    {
        var semicolon = text.IndexOf(';', StringComparison.Ordinal);
        var path = (semicolon < 0 ? text : text[..semicolon]).Trim();
        if (path.Length == 0 || path[0] == '-' || path.Any(char.IsControl))
        {
            return CoreFailures.RequirementInvalid.Because($"{Shown.Quote(path)} is no path that can be used.", at);
        }

        Marker? marker = null;
        if (semicolon >= 0 && !Marker.Parse(text[(semicolon + 1)..]).TryGet(out marker, out var failure))
        {
            return failure with { Location = at };
        }

        var extras = ImmutableArray<ExtraName>.Empty;
        if (path.EndsWith(']') && path.LastIndexOf('[') is > 0 and var bracket)
        {
            if (!ParseExtras(path[(bracket + 1)..^1]).TryGet(out extras, out failure))
            {
                return failure with { Location = at };
            }

            path = path[..bracket].TrimEnd();
        }

        return new RequirementPath(path, extras, marker, [], at);
    }

    private static Result<ImmutableArray<ExtraName>> ParseExtras(string text)
    {
        var extras = new SortedSet<ExtraName>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!ExtraName.Parse(part).TryGet(out var extra, out var failure))
            {
                return failure;
            }

            extras.Add(extra);
        }

        return (ImmutableArray<ExtraName>)[.. extras];
    }

    private static bool IsArchive(string path) => ArchiveEndings.Any(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    // No name of a project holds a slash, and neither does what may follow it before a marker.
    private static bool IsBelow(string path) => path.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash && path.AsSpan(0, slash).IndexOfAny(NotInPaths) < 0;
}
