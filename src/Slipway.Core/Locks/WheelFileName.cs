using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Requirements;
using Slipway.Core.Text;
using Slipway.Core.Versions;

namespace Slipway.Core.Locks;

/// <summary>The parts of a wheel's file name by PEP 427.</summary>
/// <param name="Name">The project.</param>
/// <param name="Version">The version.</param>
/// <param name="Build">The build tag, which begins with a digit; null when there is none.</param>
/// <param name="PythonTags">The Python tags, one or more, as <c>cp312</c>.</param>
/// <param name="AbiTags">The ABI tags, one or more, as <c>abi3</c>.</param>
/// <param name="PlatformTags">The platform tags, one or more, as <c>manylinux_2_28_x86_64</c>.</param>
public sealed record WheelFileName(
    PackageName Name,
    PepVersion Version,
    string? Build,
    ImmutableArray<string> PythonTags,
    ImmutableArray<string> AbiTags,
    ImmutableArray<string> PlatformTags)
{
    private const string Extension = ".whl";

    /// <summary>Every combination of the tags, as <c>cp312-abi3-linux_x86_64</c>.</summary>
    public IEnumerable<string> Tags =>
        from python in PythonTags
        from abi in AbiTags
        from platform in PlatformTags
        select $"{python}-{abi}-{platform}";

    /// <summary>Parses a file name, without a directory.</summary>
    /// <returns>The parts, or <see cref="CoreFailures.WheelNameInvalid"/>.</returns>
    public static Result<WheelFileName> Parse(string fileName)
    {
        ArgumentNullException.ThrowIfNull(fileName);
        if (!fileName.EndsWith(Extension, StringComparison.Ordinal))
        {
            return Invalid(fileName, "it does not end in .whl");
        }

        var parts = fileName[..^Extension.Length].Split('-');
        if (parts.Length is not (5 or 6))
        {
            return Invalid(fileName, "it must have five or six parts between hyphens");
        }

        if (parts[0].Contains("__", StringComparison.Ordinal) || !PackageName.Parse(parts[0]).TryGet(out var name, out _))
        {
            return Invalid(fileName, "its first part is not the name of a project");
        }

        if (!PepVersion.Parse(parts[1]).TryGet(out var version, out _))
        {
            return Invalid(fileName, "its second part is not a version");
        }

        var build = parts.Length == 6 ? parts[2] : null;
        if (build is not null && (build.Length == 0 || !char.IsAsciiDigit(build[0]) || !build.All(IsTagCharacter)))
        {
            return Invalid(fileName, "its build tag does not begin with a digit");
        }

        ImmutableArray<ImmutableArray<string>> tags = [.. parts[^3..].Select(static part => part.ToLowerInvariant().Split('.').ToImmutableArray())];
        return tags.All(static set => set.All(static tag => tag.Length > 0 && tag.All(IsTagCharacter)))
            ? new WheelFileName(name, version, build, tags[0], tags[1], tags[2])
            : Invalid(fileName, "one of its tags is empty or malformed");
    }

    private static bool IsTagCharacter(char character) => char.IsAsciiLetterOrDigit(character) || character is '_' or '.';

    private static Failure Invalid(string fileName, string why) =>
        CoreFailures.WheelNameInvalid.Because($"{Shown.Quote(fileName)} is not the file name of a wheel: {why}.");
}
