using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Slipway.Core.Failures;
using Slipway.Environments.Requests;

namespace Slipway.Environments.Sources;

/// <summary>
/// What the index gate needs to know. It may hold credentials, so it reaches <c>pip_driver.py</c> by standard input: no
/// file, argument or variable ever holds it.
/// </summary>
internal sealed record GatePlan(
    ImmutableArray<string> FindLinks, ImmutableArray<GateIndex> Indexes, string? ExcludeNewer, ImmutableArray<IndexCredential> Credentials)
{
    /// <summary>The plan for these sources as JSON; empty when pip can ask them by itself.</summary>
    /// <returns>The bytes, or the failure of reading credentials.</returns>
    public static async Task<Result<ReadOnlyMemory<byte>>> CreateAsync(BuildHost host, PackageSources sources, CancellationToken cancellationToken)
    {
        var found = await CredentialFinder.FindAsync(host, sources, cancellationToken).ConfigureAwait(false);
        return found.Map(credentials => IsNeeded(sources, credentials) ? Of(sources, credentials).ToBytes() : ReadOnlyMemory<byte>.Empty);
    }

    /// <inheritdoc/>
    public override string ToString() => $"a plan for {Indexes.Length} indexes";

    // A named index may want credentials, and only the gate can tell which variables would hold them.
    private static bool IsNeeded(PackageSources sources, ImmutableArray<IndexCredential> credentials) =>
        sources.Indexes.Length + (sources.FindLinks.IsEmpty ? 0 : 1) > 1
        || !credentials.IsEmpty
        || sources.ExcludeNewer is not null
        || sources.Indexes.Any(index => index.Name is not null || !index.Packages.IsEmpty);

    private static GatePlan Of(PackageSources sources, ImmutableArray<IndexCredential> credentials) => new(
        sources.FindLinks,
        [.. sources.Indexes.Select(index => new GateIndex(index.Url, index.Name, index.Packages))],
        sources.ExcludeNewerText,
        credentials);

    private ReadOnlyMemory<byte> ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, GatePlanJson.Default.GatePlan);
}

/// <summary>One index of the plan.</summary>
internal sealed record GateIndex(string Url, string? Name, ImmutableArray<string> Packages);

/// <summary>Source-generated serialisation of the plan.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(GatePlan))]
internal sealed partial class GatePlanJson : JsonSerializerContext;
