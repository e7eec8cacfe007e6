using System.Collections.Immutable;
using Slipway.Core.Failures;

namespace Slipway.Training.Ports;

/// <summary>A hub that holds models and datasets.</summary>
public interface IHubClient : IPortAdapter
{
    /// <summary>The files of a repository at a revision.</summary>
    Task<Result<HubListing>> ListAsync(HubRepository repository, CancellationToken cancellationToken);

    /// <summary>Brings a file, verified; the path at which it lies.</summary>
    Task<Result<string>> DownloadAsync(HubRepository repository, string file, CancellationToken cancellationToken);

    /// <summary>Brings the files that match a pattern (<c>*</c> and <c>?</c>); the directory in which they lie.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="patterns">The patterns; none for all files.</param>
    /// <param name="cancellationToken">Ends it; what was brought is kept and used the next time.</param>
    Task<Result<string>> SnapshotAsync(HubRepository repository, ImmutableArray<string> patterns, CancellationToken cancellationToken);
}

/// <summary>A repository of a hub.</summary>
/// <param name="Id"><c>owner/name</c>.</param>
/// <param name="IsDataset">Whether it is a dataset and no model.</param>
/// <param name="Revision">A branch, a tag or a commit.</param>
public sealed record HubRepository(string Id, bool IsDataset = false, string Revision = "main");

/// <summary>The files of a repository.</summary>
/// <param name="Commit">The commit that the revision is.</param>
/// <param name="Files">The files, sorted by path.</param>
public sealed record HubListing(string Commit, ImmutableArray<HubFile> Files);

/// <summary>A file of a repository.</summary>
/// <param name="Path">Its path in the repository.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Sha256">Its digest, in hexadecimal digits, where the hub tells it: for large files.</param>
public sealed record HubFile(string Path, long Size, string? Sha256);
