using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Environments.Requests;

namespace Slipway.Projects.Configuration;

/// <summary>Makes the sources of a request from what is configured.</summary>
internal static class SourceSettings
{
    public static Result<PackageSources> Read(EffectiveConfiguration configuration)
    {
        var indexes = configuration[SettingKey.IndexUrl];
        var links = configuration[SettingKey.FindLinks];

        // pip only warns of a directory that is not there, and then finds nothing.
        if (links?.Texts.FirstOrDefault(static link => Path.IsPathRooted(link) && !Directory.Exists(link)) is { } missing)
        {
            return SettingParser.Placed(new Failure(EnvironmentFailures.SourceRefused, $"{links.Origin.Name}: there is no directory {missing}."), links.Origin);
        }

        return PackageSources.Create(indexes?.Indexes ?? [], links?.Texts ?? []).TryGet(out var sources, out var failure)
            ? sources with { ExcludeNewer = configuration[SettingKey.ExcludeNewer]?.Time }
            : (indexes ?? links) is { } given ? SettingParser.Placed(failure, given.Origin) : failure;
    }
}
