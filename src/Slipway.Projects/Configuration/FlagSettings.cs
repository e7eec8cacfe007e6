using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Projects.Discovery;

namespace Slipway.Projects.Configuration;

/// <summary>Reads settings from the options of a command line.</summary>
internal static class FlagSettings
{
    /// <summary>Reads all settings that options give.</summary>
    public static Result<ImmutableArray<Setting>> Read(RequestSettings options, string workingDirectory)
    {
        var settings = ImmutableArray.CreateBuilder<Setting>();
        foreach (var info in SettingInfo.All)
        {
            var texts = TextsOf(info.Key, options);
            if (texts.IsEmpty)
            {
                continue;
            }

            if (!SettingParser.Parse(info.Key, texts, new SettingOrigin(SettingLayer.Flag, info.Flag!, workingDirectory, Location: null)).TryGet(out var setting, out var failure))
            {
                return failure;
            }

            settings.Add(setting);
        }

        return settings.ToImmutable();
    }

    private static ImmutableArray<string> TextsOf(SettingKey key, RequestSettings options) => key switch
    {
        SettingKey.Env => One(options.Env),
        SettingKey.Python => One(options.Python),
        SettingKey.Backend => One(options.Backend),
        SettingKey.IndexUrl => options.IndexUrls,
        SettingKey.FindLinks => options.FindLinks,
        SettingKey.ExcludeNewer => One(options.ExcludeNewer),
        SettingKey.SystemSitePackages => One(options.SystemSitePackages ? "true" : null),
        SettingKey.Channels => options.Channels,
        SettingKey.Extras => options.Extras,
        SettingKey.Groups => options.Groups,
        SettingKey.Offline => One(options.Offline ? "true" : null),
        _ => [],
    };

    private static ImmutableArray<string> One(string? text) => text is null ? [] : [text];
}
