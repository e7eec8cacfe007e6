using System.Collections.Immutable;
using Slipway.Core.Conda;
using Slipway.Core.Failures;
using Slipway.Environments.Locks;
using Slipway.Environments.Requests;

namespace Slipway.Environments.Provisioners.Micromamba;

/// <summary>
/// Keeps as many as possible of the packages that a request likes. micromamba knows packages that must be, and none that are merely liked: so all of them are
/// asked for, and where that cannot be solved, which ones are in the way is found by halving. Those that the request names come first.
/// </summary>
/// <param name="attempt">Resolves the request with these packages exactly.</param>
internal sealed class PreferenceSearch(Func<ImmutableArray<CondaPackage>, Task<Result<RequestMemo>>> attempt)
{
    private Result<RequestMemo>? _answer;
    private Result<RequestMemo>? _stopped;

    /// <summary>What a request likes and does not itself rule out, in the order in which it is kept.</summary>
    public static ImmutableArray<CondaPackage> LikedBy(CondaRequest request) =>
    [
        .. request.Preferences
            .Where(package => request.Specs.Where(spec => spec.Name == package.Name).All(spec => spec.Allows(package.Version)))
            .OrderBy(package => request.Specs.Any(spec => spec.Name == package.Name) ? 0 : 1),
    ];

    /// <summary>Resolves with as many as possible.</summary>
    public async Task<Result<RequestMemo>> FindAsync(ImmutableArray<CondaPackage> liked)
    {
        _ = await KeepAsync([], liked).ConfigureAwait(false);
        return _stopped ?? _answer ?? await attempt([]).ConfigureAwait(false);
    }

    // The last attempt that went well is the one with all that is kept.
    private async Task<ImmutableArray<CondaPackage>> KeepAsync(ImmutableArray<CondaPackage> kept, ImmutableArray<CondaPackage> more)
    {
        if (more.IsEmpty || _stopped is not null)
        {
            return kept;
        }

        var tried = await attempt([.. kept, .. more]).ConfigureAwait(false);
        if (tried.IsOk)
        {
            _answer = tried;
            return [.. kept, .. more];
        }

        if (tried.Failure.Code != EnvironmentFailures.CondaUnsatisfiable)
        {
            _stopped = tried;
            return kept;
        }

        var half = more.Length / 2;
        return half == 0 ? kept : await KeepAsync(await KeepAsync(kept, more[..half]).ConfigureAwait(false), more[half..]).ConfigureAwait(false);
    }
}
