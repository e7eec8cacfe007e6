using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Slipway.Core.Failures;
using Slipway.Environments.Requests;

namespace Slipway.Environments.Sources;

/// <summary>
/// What <c>pip_driver.py</c> needs to know about sources. It may hold credentials, so it reaches the driver by standard
/// input: no file, argument or variable ever holds it.
/// </summary>
/// <param name="IsGated">Whether pip asks through the index gate: wherever an index or a page may be asked, or a time limit holds.</param>
/// <param name="IsOffline">Whether the network is out of bounds, for what a build does by itself too.</param>
/// <param name="FindLinks">Directories and pages with files, asked before all indexes.</param>
/// <param name="Indexes">The indexes in their order.</param>
/// <param name="AsksDefault">Whether pip's own default index is asked, after all others.</param>
/// <param name="NotFromDefault">The names that it is never asked for.</param>
/// <param name="ExcludeNewer">The time limit; null for none.</param>
/// <param name="Credentials">The credentials that there are for these sources.</param>
internal sealed record GatePlan(
    bool IsGated,
    bool IsOffline,
    ImmutableArray<string> FindLinks,
    ImmutableArray<GateIndex> Indexes,
    bool AsksDefault,
    ImmutableArray<string> NotFromDefault,
    string? ExcludeNewer,
    ImmutableArray<IndexCredential> Credentials)
{
    /// <summary>The settings of pip's configuration files that hold, with pip's variables for them.</summary>
    public ImmutableSortedDictionary<string, string> Honoured { get; } = PipSettings.Honoured;

    /// <summary>The settings of those files that are ignored, and said to be.</summary>
    public ImmutableArray<string> Ignored { get; } = [.. PipSettings.Ignored.Keys];

    /// <summary>The plan for these sources, with the credentials that there are for them.</summary>
    /// <returns>The plan, or the failure of reading credentials.</returns>
    public static async Task<Result<GatePlan>> CreateAsync(BuildHost host, PackageSources sources, CancellationToken cancellationToken)
    {
        var found = await CredentialFinder.FindAsync(host, sources, cancellationToken).ConfigureAwait(false);
        return found.Map(credentials => Of(host, sources, credentials));
    }

    /// <summary>The plan for these sources with these credentials.</summary>
    public static GatePlan Of(BuildHost host, PackageSources sources, ImmutableArray<IndexCredential> credentials) => new(
        !sources.IsLocal || sources.AsksDefaultIndex || sources.ExcludeNewer is not null,
        host.IsOffline,
        [.. sources.FindLinks.Select(host.Brought.ToThere)],
        [.. sources.Indexes.Select(index => new GateIndex(index.Url, index.Name, index.Packages, index.Never))],
        sources.AsksDefaultIndex || (sources.Indexes.IsEmpty && sources.FindLinks.IsEmpty),
        sources.NotFromDefault,
        sources.ExcludeNewerText,
        credentials);

    /// <summary>The plan as JSON.</summary>
    public ReadOnlyMemory<byte> ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, GatePlanJson.Default.GatePlan);

    /// <inheritdoc/>
    public override string ToString() => $"a plan for {Indexes.Length} indexes";
}

/// <summary>One index of the plan.</summary>
internal sealed record GateIndex(string Url, string? Name, ImmutableArray<string> Packages, ImmutableArray<string> Never);

/// <summary>Source-generated serialisation of the plan.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(GatePlan))]
internal sealed partial class GatePlanJson : JsonSerializerContext;
