using System.Collections.Immutable;

namespace Slipway.Environments.Requests;

/// <summary>One package index: the root of a simple API (PEP 503 / 691).</summary>
/// <param name="Url">Its URL, validated by <see cref="PackageSources.ParseIndexUrl"/>: http or https, without credentials.</param>
public sealed record PackageIndex(string Url)
{
    /// <summary>What people call it, and what the variables of its credentials are named after; null for an index without a name.</summary>
    public string? Name { get; init; }

    /// <summary>The normalised names of the packages that it is asked for; empty means any.</summary>
    public ImmutableArray<string> Packages { get; init; } = [];
}
