using System.Text.Json;
using System.Text.Json.Serialization;
using Slipway.Core.Failures;

namespace Slipway.Core.Contracts;

/// <summary>Reads and writes the dependency contracts: snake_case JSON, nulls left out, versions checked at the boundary.</summary>
public static class ContractJson
{
    /// <summary>A document is not valid JSON, or not of the contract's shape.</summary>
    public static readonly FailureCode Malformed = new(
        "COR0801", ExitCode.BadData, "A contract document is malformed.", "Correct the named field.");

    /// <summary>A document has a version that this Slipway does not know.</summary>
    public static readonly FailureCode UnknownVersion = new(
        "COR0802", ExitCode.BadData, "A contract document has an unknown version.", "Use a Slipway that knows this version.");

    /// <summary>Writes a contract on one line.</summary>
    public static string Write(EnvironmentRef value) => JsonSerializer.Serialize(value, ContractJsonContext.Default.EnvironmentRef);

    /// <inheritdoc cref="Write(EnvironmentRef)"/>
    public static string Write(DependencyRequirements value) => JsonSerializer.Serialize(value, ContractJsonContext.Default.DependencyRequirements);

    /// <inheritdoc cref="Write(EnvironmentRef)"/>
    public static string Write(DependencyOverridePatch value) => JsonSerializer.Serialize(value, ContractJsonContext.Default.DependencyOverridePatch);

    /// <inheritdoc cref="Write(EnvironmentRef)"/>
    public static string Write(DependencyEnvironmentStatus value) =>
        JsonSerializer.Serialize(value, ContractJsonContext.Default.DependencyEnvironmentStatus);

    /// <summary>Reads an environment reference.</summary>
    public static Result<EnvironmentRef> ReadEnvironmentRef(string json) => Read(
        json, () => JsonSerializer.Deserialize(json, ContractJsonContext.Default.EnvironmentRef), value => value.ContractVersion);

    /// <summary>Reads requirements; unknown fields are kept.</summary>
    public static Result<DependencyRequirements> ReadRequirements(string json) => Read(
        json, () => JsonSerializer.Deserialize(json, ContractJsonContext.Default.DependencyRequirements), value => value.ContractVersion);

    /// <summary>Reads an override patch; unknown fields are refused.</summary>
    public static Result<DependencyOverridePatch> ReadOverridePatch(string json) => Read(
        json, () => JsonSerializer.Deserialize(json, ContractJsonContext.Default.DependencyOverridePatch), value => value.ContractVersion);

    /// <summary>Reads a status.</summary>
    public static Result<DependencyEnvironmentStatus> ReadStatus(string json) => Read(
        json, () => JsonSerializer.Deserialize(json, ContractJsonContext.Default.DependencyEnvironmentStatus), value => value.ContractVersion);

    private static Result<T> Read<T>(string json, Func<T?> parse, Func<T, int> version)
        where T : class
    {
        try
        {
            if (parse() is not { } value)
            {
                return new Failure(Malformed, "The document is null.");
            }

            return version(value) == EnvironmentRef.CurrentContractVersion
                ? value
                : new Failure(UnknownVersion, $"contract_version {version(value)} is not known here; this Slipway knows {EnvironmentRef.CurrentContractVersion}.");
        }
        catch (JsonException exception)
        {
            var where = exception.Path is { Length: > 0 } path ? $" at {path}" : string.Empty;
            return new Failure(Malformed, $"The document does not fit its contract{where}.")
            {
                Location = new FailureLocation("document", (int)(exception.LineNumber ?? -1) + 1),
            };
        }
    }
}

/// <summary>Source-generated serialisation of the contracts.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EnvironmentRef))]
[JsonSerializable(typeof(DependencyRequirements))]
[JsonSerializable(typeof(DependencyOverridePatch))]
[JsonSerializable(typeof(DependencyEnvironmentStatus))]
internal sealed partial class ContractJsonContext : JsonSerializerContext;
