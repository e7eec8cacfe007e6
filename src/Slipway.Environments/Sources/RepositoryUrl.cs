using Slipway.Core.Locks;
using Slipway.Core.Requirements;

namespace Slipway.Environments.Sources;

/// <summary>Between the repository of a lock and the <c>git+…</c> URL of a requirement.</summary>
internal static class RepositoryUrl
{
    private const string Git = "git+";

    /// <summary>The URL that means that commit and no other.</summary>
    public static string Of(PylockVcs repository) =>
        $"{Git}{repository.Url}@{repository.CommitId}{(repository.Subdirectory is { } folder ? $"#subdirectory={folder}" : string.Empty)}";

    /// <summary>Whether a repository of a lock is what the URL of a requirement asks for: the same place, and the branch, tag or commit that it names.</summary>
    public static bool IsAnswered(string url, PylockVcs repository)
    {
        var plain = url.Split('#')[0];
        var path = plain.IndexOf('/', plain.IndexOf("://", StringComparison.Ordinal) + 3);
        var at = plain.LastIndexOf('@');
        var (place, reference) = path < 0 || at < path ? (plain, null) : (plain[..at], plain[(at + 1)..]);
        return string.Equals(place, $"{Git}{repository.Url}", StringComparison.Ordinal)
            && string.Equals(Subdirectory.NamedBy(url), repository.Subdirectory, StringComparison.Ordinal)
            && (string.Equals(reference, repository.RequestedRevision, StringComparison.Ordinal) || string.Equals(reference, repository.CommitId, StringComparison.Ordinal));
    }
}
