using System.Text.Json;
using System.Text.Json.Serialization;

namespace Slipway.Environments.Provisioners.Uv;

/// <summary>The plan that <c>uv_driver.py</c> reads.</summary>
/// <param name="Uv">Absolute path of uv.</param>
/// <param name="Pip">Absolute path of pip's runner, whose vendored packages the driver uses.</param>
/// <param name="Requirements">The file of requirements.</param>
/// <param name="Constraints">The file of constraints.</param>
/// <param name="Report">The report to write.</param>
/// <param name="Work">The scratch directory.</param>
internal sealed record UvPlan(string Uv, string Pip, string Requirements, string Constraints, string Report, string Work)
{
    /// <summary>The plan as JSON.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, UvPlanJson.Default.UvPlan);
}

/// <summary>Source-generated serialisation of the plan.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(UvPlan))]
internal sealed partial class UvPlanJson : JsonSerializerContext;
