using System.Collections.Immutable;
using Slipway.Core.Conda;
using Slipway.Core.Identity;

namespace Slipway.Environments.Requests;

/// <summary>What is asked of conda; packages of pip beside them are the request's requirements.</summary>
/// <param name="Channels">The channels in the order in which they are asked, as they were written; directories are absolute.</param>
/// <param name="Specs">The dependencies.</param>
public sealed record CondaRequest(ImmutableArray<string> Channels, ImmutableArray<CondaSpec> Specs)
{
    /// <summary>Variables that are set in the environment.</summary>
    public ImmutableSortedDictionary<string, string> Variables { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>The lock that answers it; null for none.</summary>
    public ImportedCondaLock? Lock { get; init; }

    /// <summary>Packages that are taken where nothing speaks against them: those that a lock had before what is declared changed.</summary>
    public ImmutableArray<CondaPackage> Preferences { get; init; } = [];

    /// <summary>Whether everything comes from directories of this machine.</summary>
    public bool IsLocal => Channels.All(static channel => Path.IsPathRooted(channel) || channel.StartsWith("file://", StringComparison.OrdinalIgnoreCase) || channel is "nodefaults");

    /// <summary>What of it enters the request digest.</summary>
    /// <param name="platformKey">The platform of the host.</param>
    internal IEnumerable<CanonicalField> ToFields(string platformKey) =>
    [
        new("conda_channels", string.Join('\n', Channels)),
        new("conda_specs", string.Join('\n', Specs.Select(spec => spec.Text).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))),
        .. Variables.IsEmpty ? Array.Empty<CanonicalField>() : [new("conda_variables", string.Join('\n', Variables.Select(variable => $"{variable.Key}={variable.Value}")))],
        .. Preferences.IsEmpty ? Array.Empty<CanonicalField>() : [new("conda_preferences", new CondaExplicitList(Preferences).ToText())],
        .. Lock is { } imported ? [new CanonicalField("conda_lock", imported.DigestFor(CondaPlatform.Of(platformKey)))] : Array.Empty<CanonicalField>(),
    ];
}

/// <summary>The exact packages of a conda lock that a request brings along.</summary>
/// <param name="Path">The absolute path that it was read from, for messages.</param>
/// <param name="Packages">The packages of each platform that it is for.</param>
public sealed record ImportedCondaLock(string Path, ImmutableSortedDictionary<string, ImmutableArray<CondaPackage>> Packages)
{
    /// <summary>No packages of pip.</summary>
    internal static ImmutableSortedDictionary<string, ImmutableArray<RequestedPackage>> NoPip { get; } =
        ImmutableSortedDictionary.Create<string, ImmutableArray<RequestedPackage>>(StringComparer.Ordinal);

    /// <summary>What pip installs on each platform beside them: each by the URL and hash of its file, with all that it needs.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<RequestedPackage>> Pip { get; init; } = NoPip;

    /// <summary>The digest of what it says for a platform, in hexadecimal digits; empty when it is not for it.</summary>
    internal string DigestFor(string? platform) => platform is not null && Packages.TryGetValue(platform, out var packages)
        ? Sha256Digest.Of(System.Text.Encoding.UTF8.GetBytes(new CondaExplicitList(packages).ToText() + PipText(platform))).Hex
        : string.Empty;

    private string PipText(string platform) => Pip.TryGetValue(platform, out var packages) ? string.Concat(packages.Select(package => $"{package.ToLine()}\n")) : string.Empty;
}
