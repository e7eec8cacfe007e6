using System.Collections.Immutable;
using Slipway.Core.Failures;

namespace Slipway.Projects.Configuration;

/// <summary>Reads settings from <c>SLIPWAY_*</c> variables. Lists are separated by blanks; an empty variable is an unset one.</summary>
internal static class VariableSettings
{
    /// <summary>Reads all settings that variables give.</summary>
    /// <param name="variable">Reads a variable.</param>
    /// <param name="workingDirectory">What relative paths are relative to.</param>
    public static Result<ImmutableArray<Setting>> Read(Func<string, string?> variable, string workingDirectory)
    {
        var settings = ImmutableArray.CreateBuilder<Setting>();
        foreach (var info in SettingInfo.All)
        {
            if (info.Variable is not { } name || variable(name) is not { Length: > 0 } text)
            {
                continue;
            }

            var origin = new SettingOrigin(SettingLayer.Variable, name, workingDirectory, Location: null);
            if (!Read(info, text, origin).TryGet(out var setting, out var failure))
            {
                return failure;
            }

            settings.Add(setting);
        }

        return settings.ToImmutable();
    }

    private static Result<Setting> Read(SettingInfo info, string text, SettingOrigin origin) => info.Shape switch
    {
        SettingShape.List => SettingParser.Parse(info.Key, [.. text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)], origin),
        SettingShape.Switch => text.ToUpperInvariant() switch
        {
            "1" or "TRUE" or "YES" or "ON" => SettingParser.Parse(info.Key, ["true"], origin),
            "0" or "FALSE" or "NO" or "OFF" => SettingParser.Parse(info.Key, ["false"], origin),
            _ => new Failure(ProjectFailures.MalformedVariable, $"{info.Variable} is neither on nor off."),
        },
        _ => SettingParser.Parse(info.Key, [text], origin),
    };
}
