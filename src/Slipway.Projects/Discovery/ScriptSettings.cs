using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Toml;

namespace Slipway.Projects.Discovery;

/// <summary>Reads <c>[tool.slipway]</c> of a script's metadata: the same keys as the options of <c>run</c>.</summary>
internal static class ScriptSettings
{
    /// <summary>Reads the settings of a <c>[tool]</c> table; an absent table asks for nothing.</summary>
    public static Result<RequestSettings> Read(TomlTable tool)
    {
        if (!tool.TryGet("slipway", out var value))
        {
            return new RequestSettings();
        }

        if (value is not TomlTable table)
        {
            return Malformed("tool.slipway must be a table", tool.KeyLocation("slipway"));
        }

        var settings = new RequestSettings();
        foreach (var key in table.Keys)
        {
            if (!Apply(settings, key, table).TryGet(out var applied, out var failure))
            {
                return failure;
            }

            settings = applied;
        }

        return settings;
    }

    private static Result<RequestSettings> Apply(RequestSettings settings, string key, TomlTable table) => key switch
    {
        "python" => table.GetString(key).Map(text => settings with { Python = text }),
        "backend" => table.GetString(key).Map(text => settings with { Backend = text }),
        "index-url" => table.GetString(key).Map(text => settings with { IndexUrl = text }),
        "find-links" => table.GetStrings(key).Map(texts => settings with { FindLinks = [.. texts] }),
        _ => Malformed($"tool.slipway.{key} is not a known setting", table.KeyLocation(key)),
    };

    /// <summary>A refusal of a setting's value, at the setting's place in the script.</summary>
    /// <param name="failure">The refusal, whose message names the setting.</param>
    /// <param name="tool">The <c>[tool]</c> table that the setting came from.</param>
    /// <param name="key">The setting.</param>
    public static Failure Refused(Failure failure, TomlTable tool, string key) => failure with
    {
        Code = ProjectFailures.UnknownSetting,
        Hint = failure.Remedy,
        Location = tool.TryGet("slipway", out var value) && value is TomlTable table ? table.KeyLocation(key) : null,
    };

    private static Failure Malformed(string message, FailureLocation location) =>
        new(ProjectFailures.UnknownSetting, $"{message}.") { Location = location };
}
