using System.Collections.Immutable;
using Slipway.Core.Requirements;
using Slipway.Core.Versions;
using Slipway.Environments.Requests;

namespace Slipway.Environments.Locks;

/// <summary>A package that a lock settles: one version with the files that may serve for it, which of them fits is the installer's to say, or one source.</summary>
/// <param name="Requested">The package as a requirement of exactly that.</param>
/// <param name="Version">Its version; null when the lock does not say it.</param>
/// <param name="Files">Wheels and source distribution, or the one archive; empty for a directory and a repository.</param>
internal sealed record PinnedPackage(RequestedPackage Requested, PepVersion? Version, ImmutableArray<PinnedFile> Files)
{
    /// <summary>The package.</summary>
    public PackageName Name => Requested.Requirement.Name;

    /// <summary>Whether it is named by its address.</summary>
    public bool IsDirect => Requested.Requirement.Url is not null;

    /// <summary>The commit of a repository; null when it comes from none.</summary>
    public string? Commit { get; init; }

    /// <summary>Whether what was found is what is settled.</summary>
    public bool Accepts(LockedFile found) => Commit is not null ? string.Equals(found.Repository?.CommitId, Commit, StringComparison.OrdinalIgnoreCase)
        : Files.IsEmpty ? string.Equals(found.Content, Requested.LocalContent, StringComparison.Ordinal)
        : Files.Any(file => string.Equals(file.Sha256, found.Hash.Hex, StringComparison.OrdinalIgnoreCase));
}

/// <summary>One file of a settled package.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Url">Its address; for a file of this machine a <c>file:</c> URL.</param>
/// <param name="Sha256">The digest of its bytes in hexadecimal digits.</param>
internal sealed record PinnedFile(string Name, string Url, string Sha256);
