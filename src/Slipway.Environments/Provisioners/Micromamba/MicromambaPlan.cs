using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Slipway.Environments.Provisioners.Micromamba;

/// <summary>The plan that <c>conda_driver.py</c> reads.</summary>
/// <param name="Root">The filled tree.</param>
/// <param name="Python">The version of its Python; null when it has none.</param>
/// <param name="Packages">What must be there: <c>name-version-build</c>.</param>
/// <param name="Variables">The variables that are set in the environment.</param>
/// <param name="Activation">The file that gets the activation block.</param>
internal sealed record MicromambaPlan(
    string Root, string? Python, ImmutableArray<string> Packages, ImmutableSortedDictionary<string, string> Variables, string Activation)
{
    /// <summary>The plan as JSON.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, MicromambaPlanJson.Default.MicromambaPlan);
}

/// <summary>Source-generated serialisation of the plan.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(MicromambaPlan))]
internal sealed partial class MicromambaPlanJson : JsonSerializerContext;
