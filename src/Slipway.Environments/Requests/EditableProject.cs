using System.Collections.Immutable;
using Slipway.Core.Identity;
using Slipway.Core.Requirements;

namespace Slipway.Environments.Requests;

/// <summary>
/// A project that is installed into its environment so that edits of its sources take effect (PEP 660). The environment is private to it:
/// its place and what its build reads are part of the environment's identity, and its sources are not.
/// </summary>
/// <param name="Name">Its name.</param>
/// <param name="Directory">The absolute directory that it lies in, links resolved.</param>
/// <param name="Inputs">What its build reads, sorted: <c>SHA256 PATH</c> for each file, relative to the directory, and <c>- PATH</c> for one that is not there.</param>
public sealed record EditableProject(PackageName Name, string Directory, ImmutableArray<string> Inputs)
{
    /// <summary>
    /// Whether it was reached through a symbolic link, which may lead to another copy of it at the next start. No part of its identity.
    /// </summary>
    public bool IsReachedByLink { get; init; }

    /// <summary>The digest of what its build reads.</summary>
    public Sha256Digest Build => Sha256Digest.Of($"slipway.project-build/1\n{string.Join('\n', Inputs)}");
}
