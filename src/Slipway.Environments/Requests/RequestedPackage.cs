using System.Collections.Immutable;
using Slipway.Core.Requirements;

namespace Slipway.Environments.Requests;

/// <summary>One requirement with the hashes that its declaration demands.</summary>
/// <param name="Requirement">The PEP 508 requirement.</param>
/// <param name="Hashes">Accepted hashes, <c>sha256:…</c>; empty means any file.</param>
public sealed record RequestedPackage(Requirement Requirement, ImmutableArray<string> Hashes)
{
    /// <summary>
    /// What a local file or tree held when the request was read: <c>sha256:…</c> or <c>tree:…</c>; null for anything else, and before it was read.
    /// </summary>
    public string? LocalContent { get; init; }

    /// <summary>Whether it names a file or a directory of this machine.</summary>
    public bool IsLocal => Requirement.Url is { } url && IsLocalUrl(url);

    /// <summary>Whether a URL names a file or a directory of this machine.</summary>
    internal static bool IsLocalUrl(string url) => url.StartsWith("file:", StringComparison.OrdinalIgnoreCase);

    /// <summary>The requirement as one line of pip's requirements format.</summary>
    public string ToLine() => string.Concat(
        [Requirement.ToString(), .. Hashes.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(hash => $" --hash={hash}")]);
}
