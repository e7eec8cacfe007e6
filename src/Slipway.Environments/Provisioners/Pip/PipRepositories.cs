using Slipway.Core.Locks;

namespace Slipway.Environments.Provisioners.Pip;

/// <summary>Between pip's words for a git repository and a lock's.</summary>
internal static class PipRepositories
{
    /// <summary>The commit that pip checked out.</summary>
    /// <param name="url">The repository's URL, without <c>git+</c>.</param>
    /// <param name="commit">What pip says about it.</param>
    /// <param name="subdirectory">The directory of the project within it.</param>
    public static PylockVcs Read(string url, ReportCommit commit, string? subdirectory) => new()
    {
        Type = "git",
        Url = url,
        RequestedRevision = commit.RequestedRevision,
        CommitId = commit.CommitId,
        Subdirectory = subdirectory,
    };
}
