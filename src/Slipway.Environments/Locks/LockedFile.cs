using System.Collections.Immutable;
using System.Text;
using Slipway.Core.Identity;
using Slipway.Core.Locks;
using Slipway.Core.Requirements;
using Slipway.Core.Versions;

namespace Slipway.Environments.Locks;

/// <summary>One package of a resolved set, as a provisioner needs it: a file, a source tree or a commit of a repository.</summary>
/// <param name="Name">The package.</param>
/// <param name="Version">Its version.</param>
/// <param name="FileName">The file's name; its ending says whether it is a wheel.</param>
/// <param name="Url">Where it was found: the source's own address, never one of the index gate.</param>
/// <param name="Hash">The SHA-256 of its bytes; of a tree, the tree digest; of a commit, the digest of <see cref="Content"/>.</param>
public sealed record LockedFile(PackageName Name, PepVersion Version, string FileName, string Url, Sha256Digest Hash)
{
    /// <summary>Whether the request names this very URL, in place of a name that an index resolves.</summary>
    public bool IsDirect { get; init; }

    /// <summary>The URL of the index that was the first to have the name; null when it is not known, or not from an index.</summary>
    public string? Index { get; init; }

    /// <summary>All files of this version that the source offers, this one among them, sorted by name; empty when only this one is known.</summary>
    public ImmutableArray<PylockFile> Offered { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>The absolute path of the source tree; null when it is none.</summary>
    public string? Tree { get; init; }

    /// <summary>The commit of a repository; null when it is none.</summary>
    public PylockVcs? Repository { get; init; }

    /// <summary>What its metadata says that it needs (PEP 508), known right after a resolution; no part of a lock.</summary>
    public ImmutableArray<string> Requires { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>Whether the file is installed as it is; else it is built first, which runs its code.</summary>
    public bool IsWheel => FileName.EndsWith(".whl", StringComparison.Ordinal);

    /// <summary>What pins the bytes, as it enters the lock digest.</summary>
    public string Content => Repository is { } repository ? ContentOf(repository) : Tree is null ? $"sha256:{Hash}" : $"tree:{Hash}";

    /// <summary>A commit of a repository.</summary>
    internal static LockedFile Of(PackageName name, PepVersion version, PylockVcs repository) =>
        new(name, version, $"{name.Normalized}.git", repository.Url!, Sha256Digest.Of(Encoding.UTF8.GetBytes(ContentOf(repository))))
        {
            IsDirect = true,
            Repository = repository,
        };

    private static string ContentOf(PylockVcs repository) =>
        $"git:{repository.Url}@{repository.CommitId}{(repository.Subdirectory is { } folder ? $"#subdirectory={folder}" : string.Empty)}";
}
