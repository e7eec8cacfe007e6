using Slipway.Core.Locks;
using Slipway.Environments.Locks;
using Slipway.Environments.Requests;
using Slipway.Projects.UseCases;

namespace Slipway.Projects.Locks;

/// <summary>What of a lock that is made anew is liked: the versions that it had, so that only what must changes.</summary>
internal static class LockPreferences
{
    /// <summary>A request that likes what a lock had, less what is to be upgraded. What comes from directories, repositories and archives is read again.</summary>
    /// <param name="request">What is declared.</param>
    /// <param name="before">The lock; null for none.</param>
    /// <param name="wishes">What is to be upgraded.</param>
    public static EnvironmentRequest Apply(EnvironmentRequest request, Pylock? before, LockWishes wishes)
    {
        if (before is null || wishes.Upgrade)
        {
            return request;
        }

        var set = CondaSet.Of(before);
        if (request.Conda is not null && set is null)
        {
            return request;
        }

        // Another tool's lock may have several of one name, for several platforms: those say nothing about this one.
        var liked = before.Packages
            .GroupBy(static package => package.Name)
            .Where(group => group.Count() == 1 && !wishes.Upgrades(group.Key.Normalized))
            .Select(static group => group.Single())
            .Where(static package => package is { Version: not null, Directory: null, Vcs: null, Archive: null });
        return request with
        {
            Preferences = [.. liked.Select(static package => new PreferredVersion(package.Name, package.Version!))],
            Conda = request.Conda is { } conda ? conda with { Preferences = [.. set!.Packages.Where(package => !wishes.Upgrades(package.Name))] } : null,
        };
    }
}
