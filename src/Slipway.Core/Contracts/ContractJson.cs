using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Slipway.Core.Failures;

namespace Slipway.Core.Contracts;

/// <summary>Reads and writes the dependency contracts: snake_case JSON, nulls left out, versions checked at the boundary.</summary>
/// <remarks><c>dependency_contract_version</c> is read as an alias of <c>contract_version</c>, and never written.</remarks>
public static class ContractJson
{
    /// <summary>A document is not valid JSON, or not of the contract's shape.</summary>
    public static readonly FailureCode Malformed = new(
        "COR0801", ExitCode.BadData, "A contract document is malformed.", "Correct the named field.");

    /// <summary>A document has a version that this Slipway does not know.</summary>
    public static readonly FailureCode UnknownVersion = new(
        "COR0802", ExitCode.BadData, "A contract document has an unknown version.", "Use a Slipway that knows this version.");

    private const string VersionName = "contract_version";
    private const string VersionAlias = "dependency_contract_version";

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
        json, ContractJsonContext.Default.EnvironmentRef, value => value.ContractVersion);

    /// <summary>Reads requirements; unknown fields are kept.</summary>
    public static Result<DependencyRequirements> ReadRequirements(string json) => Read(
        json, ContractJsonContext.Default.DependencyRequirements, value => value.ContractVersion);

    /// <summary>Reads an override patch; unknown fields are refused.</summary>
    public static Result<DependencyOverridePatch> ReadOverridePatch(string json) => Read(
        json, ContractJsonContext.Default.DependencyOverridePatch, value => value.ContractVersion);

    /// <summary>Reads a status.</summary>
    public static Result<DependencyEnvironmentStatus> ReadStatus(string json) => Read(
        json, ContractJsonContext.Default.DependencyEnvironmentStatus, value => value.ContractVersion);

    private static Result<T> Read<T>(string json, JsonTypeInfo<T> type, Func<T, int> version)
        where T : class
    {
        try
        {
            if (!WithCanonicalVersion(json).TryGet(out var canonical, out var failure))
            {
                return failure;
            }

            if (JsonSerializer.Deserialize(canonical, type) is not { } value)
            {
                return new Failure(Malformed, "The document is null.");
            }

            return version(value) == EnvironmentRef.CurrentContractVersion
                ? value
                : new Failure(UnknownVersion, $"contract_version {version(value)} is not known here; this Slipway knows {EnvironmentRef.CurrentContractVersion}.");
        }
        catch (JsonException exception)
        {
            var where = exception.Path is { Length: > 1 } path ? $" at {path}" : string.Empty;
            return new Failure(Malformed, $"The document does not fit its contract{where}.")
            {
                Location = new FailureLocation("document", (int)(exception.LineNumber ?? -1) + 1),
            };
        }
    }

    // The documents are small, and almost none of them use the alias: those are handed on as they came, so that
    // a failure names their own lines.
    private static Result<string> WithCanonicalVersion(string json)
    {
        if (!json.Contains(VersionAlias, StringComparison.Ordinal) || JsonNode.Parse(json) is not JsonObject document
            || !document.Remove(VersionAlias, out var alias))
        {
            return json;
        }

        if (document.TryGetPropertyValue(VersionName, out var canonical) && !JsonNode.DeepEquals(canonical, alias))
        {
            return new Failure(Malformed, $"{VersionName} and its alias {VersionAlias} disagree.");
        }

        document[VersionName] = alias;
        return document.ToJsonString();
    }
}

/// <summary>Source-generated serialisation of the contracts.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(EnvironmentRef))]
[JsonSerializable(typeof(DependencyRequirements))]
[JsonSerializable(typeof(DependencyOverridePatch))]
[JsonSerializable(typeof(DependencyEnvironmentStatus))]
internal sealed partial class ContractJsonContext : JsonSerializerContext;
