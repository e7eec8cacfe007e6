using System.Collections.Immutable;
using System.Text;
using Slipway.Core.Failures;
using Slipway.Core.Requirements;
using Slipway.Core.Toml;
using Slipway.Core.Versions;

namespace Slipway.Core.Scripts;

/// <summary>What a script declares about itself by PEP 723.</summary>
/// <param name="RequiresPython">The Python versions that the script runs on; null when it does not say.</param>
/// <param name="Dependencies">The requirements, in the order of the script.</param>
/// <param name="Tool">The <c>[tool]</c> table; empty when there is none.</param>
public sealed record ScriptMetadata(VersionSpecifierSet? RequiresPython, ImmutableArray<Requirement> Dependencies, TomlTable Tool)
{
    /// <summary>The metadata of a script without a block.</summary>
    public static ScriptMetadata None { get; } = new(null, [], TomlTable.Empty) { IsPresent = false };

    /// <summary>Where the script says which Python versions it runs on; null when it does not.</summary>
    public FailureLocation? RequiresPythonAt { get; init; }

    /// <summary>Whether the script has a block.</summary>
    public bool IsPresent { get; init; } = true;

    /// <summary>Reads the block of a script. Failures name the lines and columns of the script.</summary>
    /// <param name="text">The whole script.</param>
    /// <param name="sourceName">The script's name for messages.</param>
    /// <returns>The metadata, <see cref="None"/> without a block, or a failure.</returns>
    public static Result<ScriptMetadata> Parse(string text, string sourceName)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(sourceName);
        var bytes = Encoding.UTF8.GetBytes(text);
        if (!ScriptBlock.TryLocate(bytes, out var range, out var isAmbiguous, out var second))
        {
            return None;
        }

        var (start, length) = range.GetOffsetAndLength(bytes.Length);
        var firstLine = ScriptLines.Count(bytes.AsSpan(0, start)) + 1;
        if (isAmbiguous)
        {
            return CoreFailures.ScriptBlockTwice.Because(
                $"{sourceName} has a second '# /// script' block, beside that in line {firstLine}; only one is allowed.",
                new FailureLocation(sourceName, ScriptLines.Count(bytes.AsSpan(0, second)) + 1));
        }

        var lines = ScriptLines.Split(Encoding.UTF8.GetString(bytes.AsSpan(start, length)));
        var content = string.Join('\n', lines[1..^1].Select(static line => line.Length > 1 ? line[2..] : string.Empty));
        var places = new TomlPlaces(content, sourceName, line => firstLine + line, line => lines[line - firstLine]);
        return TomlReader.Parse(content, places).Then(Read);
    }

    private static Result<ScriptMetadata> Read(TomlTable table)
    {
        foreach (var key in table.Keys)
        {
            if (key is not ("dependencies" or "requires-python" or "tool"))
            {
                return CoreFailures.ScriptMetadataInvalid.Because(
                    $"{TomlKeys.Render(key)} is not allowed at the top of a script's metadata.", table.KeyLocation(key),
                    "Only requires-python, dependencies and [tool] tables are; put everything else under [tool.<name>].");
            }
        }

        if (!TomlRequirements.FindSpecifiers(table, "requires-python").TryGet(out var requiresPython, out var failure)
            || !TomlRequirements.GetRequirements(table, "dependencies").TryGet(out var dependencies, out failure)
            || !table.FindTable("tool").TryGet(out var tool, out failure))
        {
            return failure;
        }

        return new ScriptMetadata(requiresPython.OrDefault(), dependencies, tool.Or(TomlTable.Empty))
        {
            RequiresPythonAt = requiresPython.HasValue ? table.KeyLocation("requires-python") : null,
        };
    }
}
