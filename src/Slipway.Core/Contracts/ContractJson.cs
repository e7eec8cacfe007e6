using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Slipway.Core.Failures;

namespace Slipway.Core.Contracts;

/// <summary>
/// Reads and writes the dependency contracts: snake_case JSON, nulls left out. The version is looked at first, because another version has
/// another shape; then everything that is wrong is said at once, each with its JSON pointer.
/// </summary>
/// <remarks><c>dependency_contract_version</c> is read as an alias of <c>contract_version</c>, and never written.</remarks>
public static class ContractJson
{
    /// <summary>A document is not valid JSON, or not of the contract's shape.</summary>
    public static readonly FailureCode Malformed = CoreFailures.ContractMalformed;

    /// <summary>A document has a version that this Slipway does not know.</summary>
    public static readonly FailureCode UnknownVersion = CoreFailures.ContractVersionUnknown;

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
    public static Result<EnvironmentRef> ReadEnvironmentRef(string json) => Read(json, ContractShapes.Reference, ContractJsonContext.Default.EnvironmentRef);

    /// <summary>Reads requirements; unknown fields are kept.</summary>
    /// <param name="json">The document.</param>
    /// <param name="source">Its name, for messages.</param>
    public static Result<DependencyRequirements> ReadRequirements(string json, string source = Document) =>
        Read(json, ContractShapes.Requirements, ContractJsonContext.Default.DependencyRequirements, source).Then(value => ContractCheck.Refuse(ContractCheck.Of(value), source) is { } refused ? refused : (Result<DependencyRequirements>)value);

    /// <summary>Reads an override patch; unknown fields are refused.</summary>
    public static Result<DependencyOverridePatch> ReadOverridePatch(string json) => Read(json, ContractShapes.OverridePatch, ContractJsonContext.Default.DependencyOverridePatch)
        .Then(static value => ContractCheck.Refuse(ContractCheck.Of(value), Document) is { } refused ? refused : (Result<DependencyOverridePatch>)value);

    /// <summary>Reads a status.</summary>
    public static Result<DependencyEnvironmentStatus> ReadStatus(string json) => Read(json, ContractShapes.Status, ContractJsonContext.Default.DependencyEnvironmentStatus);

    internal const string Document = "document";

    private static Result<T> Read<T>(string json, Shape.Fields shape, JsonTypeInfo<T> type, string source = Document)
        where T : class
    {
        try
        {
            using var parsed = JsonDocument.Parse(json);
            var root = parsed.RootElement;
            if (RefuseVersion(root, source) is { } refused)
            {
                return refused;
            }

            var hasAlias = root.ValueKind is JsonValueKind.Object && root.TryGetProperty(ContractShapes.VersionAlias, out _);
            var problems = ShapeCheck.Of(root, hasAlias ? WithAlias(shape) : shape);
            return ContractCheck.Refuse(problems, source) is { } failure ? failure
                : JsonSerializer.Deserialize(hasAlias ? Canonical(json) : json, type)!;
        }
        catch (JsonException exception)
        {
            var where = exception.Path is { Length: > 1 } path ? $" at {path}" : string.Empty;
            return new Failure(Malformed, $"The document is not valid JSON{where}.")
            {
                Location = new FailureLocation(source, (int)(exception.LineNumber ?? -1) + 1, (int)(exception.BytePositionInLine ?? -1) + 1),
            };
        }
    }

    private static Failure? RefuseVersion(JsonElement root, string source)
    {
        if (root.ValueKind is not JsonValueKind.Object)
        {
            return null;
        }

        var hasName = root.TryGetProperty(ContractShapes.Version, out var version);
        if (root.TryGetProperty(ContractShapes.VersionAlias, out var alias))
        {
            if (hasName && !JsonElement.DeepEquals(version, alias))
            {
                return ContractCheck.Refuse([new ContractProblem($"/{ContractShapes.Version}", $"and its alias /{ContractShapes.VersionAlias} disagree")], source);
            }

            version = alias;
        }

        return version.ValueKind is JsonValueKind.Number && version.TryGetInt64(out var number) && number != EnvironmentRef.CurrentContractVersion
            ? new Failure(UnknownVersion, $"/{(hasName ? ContractShapes.Version : ContractShapes.VersionAlias)} is {number}, which is not known here; this Slipway knows {EnvironmentRef.CurrentContractVersion}.")
            {
                Location = new FailureLocation(source),
            }
            : null;
    }

    private static Shape.Fields WithAlias(Shape.Fields shape) => shape with
    {
        Members = [.. shape.Members.Select(static field => field.Name is ContractShapes.Version ? field with { Name = ContractShapes.VersionAlias } : field), shape.Members[0] with { IsRequired = false }],
    };

    private static string Canonical(string json)
    {
        var document = (JsonObject)JsonNode.Parse(json)!;
        _ = document.Remove(ContractShapes.VersionAlias, out var alias);
        document[ContractShapes.Version] = alias;
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
