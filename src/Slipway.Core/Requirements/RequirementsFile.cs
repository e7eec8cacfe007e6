using System.Collections.Immutable;
using Slipway.Core.Failures;

namespace Slipway.Core.Requirements;

/// <summary>A requirement of a requirements file.</summary>
/// <param name="Requirement">The requirement.</param>
/// <param name="Hashes">The hashes that an artifact may have, as <c>sha256:</c> and 64 lower-case hexadecimal digits, sorted.</param>
/// <param name="Location">Where it begins.</param>
public sealed record RequirementLine(Requirement Requirement, ImmutableArray<string> Hashes, FailureLocation Location);

/// <summary>Another file that a requirements file asks for.</summary>
/// <param name="Path">The path as written; relative to the directory of the file that holds the line.</param>
/// <param name="IsConstraint">Whether the file only limits versions (<c>-c</c>) instead of adding requirements (<c>-r</c>).</param>
/// <param name="Location">Where the line begins.</param>
public sealed record RequirementsInclude(string Path, bool IsConstraint, FailureLocation Location);

/// <summary>
/// A requirements file in pip's format, without pip's options: a file states what is needed, and where it
/// comes from is said on the command line, so that no file can redirect an installation.
/// </summary>
/// <param name="Requirements">The requirements in the order of the file.</param>
/// <param name="Includes">The files asked for, in the order of the file. The caller reads them.</param>
public sealed record RequirementsFile(ImmutableArray<RequirementLine> Requirements, ImmutableArray<RequirementsInclude> Includes)
{
    /// <summary>The files and directories asked for, in the order of the file; relative ones to the directory of this file.</summary>
    public ImmutableArray<RequirementPath> Paths { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>Parses a requirements file.</summary>
    /// <param name="text">The whole text; a byte-order mark and CRLF are accepted.</param>
    /// <param name="sourceName">The file's name for messages.</param>
    /// <returns>The file, or the first failure with its line and column.</returns>
    public static Result<RequirementsFile> Parse(string text, string sourceName)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(sourceName);
        var requirements = ImmutableArray.CreateBuilder<RequirementLine>();
        var includes = ImmutableArray.CreateBuilder<RequirementsInclude>();
        var paths = ImmutableArray.CreateBuilder<RequirementPath>();
        foreach (var line in RequirementsText.LogicalLines(text, sourceName))
        {
            if (!RequirementsLineParser.Parse(line).TryGet(out var entry, out var failure))
            {
                return failure;
            }

            if (entry.Include is { } include)
            {
                includes.Add(include);
            }
            else if (entry.Path is { } path)
            {
                paths.Add(path);
            }
            else
            {
                requirements.Add(entry.Requirement!);
            }
        }

        return new RequirementsFile(requirements.ToImmutable(), includes.ToImmutable()) { Paths = paths.ToImmutable() };
    }
}
