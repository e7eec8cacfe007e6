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
            return Malformed("tool.slipway must be a table", value.Location);
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
        _ => Malformed($"tool.slipway.{key} is not a known setting", table.Location),
    };

    private static Failure Malformed(string message, FailureLocation location) =>
        new(ProjectFailures.UnknownSetting, $"{message}.") { Location = location };
}
