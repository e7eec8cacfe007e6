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

    /// <summary>The normalised names that it is never asked for: they have sources of their own. Only where <see cref="Packages"/> does not say it already.</summary>
    internal ImmutableArray<string> Never { get; init; } = [];

    /// <summary>Whether no name is asked of both.</summary>
    internal bool IsApartFrom(PackageIndex other) =>
        (!Packages.IsEmpty && !Packages.Any(other.Serves)) || (!other.Packages.IsEmpty && !other.Packages.Any(Serves));

    private bool Serves(string name) => Packages.IsEmpty ? !Never.Contains(name, StringComparer.Ordinal) : Packages.Contains(name, StringComparer.Ordinal);
}
