using System.Collections.Immutable;
using Slipway.Core.Text;
using Slipway.Environments.Locks;
using Slipway.Environments.Requests;

namespace Slipway.Environments.Sources;

/// <summary>
/// Where the files and directories lie on a host that a request names by paths of this machine. The request keeps those paths, and so do its digest and its
/// lock, which are then what they would be here; only the tools there are told the others.
/// </summary>
/// <param name="places">The path there of each path here, both absolute.</param>
public sealed class BroughtSources(ImmutableSortedDictionary<string, string> places)
{
    /// <summary>Nothing was brought: what a request names lies where it is named.</summary>
    public static BroughtSources None { get; } = new(ImmutableSortedDictionary<string, string>.Empty);

    /// <summary>The path there of a path here, or of a file in a directory that was brought; the same path for what was not.</summary>
    public string ToThere(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Moved(path, static place => place.Key, static place => place.Value) ?? path;
    }

    /// <summary>The same for a <c>file:</c> URL; others stay as they are.</summary>
    internal string UrlToThere(string url) => RequestedPackage.IsLocalUrl(url) && Moved(FileUrl.PathOf(url), static place => place.Key, static place => place.Value) is { } path
        ? $"{FileUrl.Of(path)}{FragmentOf(url)}"
        : url;

    /// <summary>A resolved file as this machine names it.</summary>
    /// <param name="file">What was found there.</param>
    /// <param name="request">What was asked for: its own spelling of a path counts.</param>
    internal LockedFile ToHere(LockedFile file, EnvironmentRequest request) => places.IsEmpty ? file : file with
    {
        Url = UrlToHere(file.Url, request),
        Index = file.Index is { } index ? Moved(index, static place => place.Value, static place => place.Key) ?? index : null,
        Offered = [.. file.Offered.Select(other => other.Url is { } url ? other with { Url = UrlToHere(url, request) } : other)],
    };

    private string UrlToHere(string url, EnvironmentRequest request)
    {
        if (!RequestedPackage.IsLocalUrl(url) || Moved(FileUrl.PathOf(url), static place => place.Value, static place => place.Key) is not { } path)
        {
            return url;
        }

        var asked = request.Resolved.Where(static package => package.IsLocal).Select(static package => package.Requirement.Url!)
            .FirstOrDefault(asked => string.Equals(FileUrl.PathOf(asked), path, StringComparison.Ordinal));
        return $"{asked?.Split('#')[0] ?? FileUrl.Of(path)}{FragmentOf(url)}";
    }

    private string? Moved(string path, Func<KeyValuePair<string, string>, string> from, Func<KeyValuePair<string, string>, string> to)
    {
        foreach (var place in places)
        {
            if (string.Equals(from(place), path, StringComparison.Ordinal))
            {
                return to(place);
            }
        }

        foreach (var place in places)
        {
            if (string.Equals(from(place), Path.GetDirectoryName(path), StringComparison.Ordinal))
            {
                return $"{to(place)}/{Path.GetFileName(path)}";
            }
        }

        return null;
    }

    private static string FragmentOf(string url) => url.IndexOf('#', StringComparison.Ordinal) is >= 0 and var at ? url[at..] : string.Empty;
}
