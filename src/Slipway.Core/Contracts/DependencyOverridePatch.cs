using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Slipway.Core.Contracts;

/// <summary>What an override applies to.</summary>
[JsonConverter(typeof(ContractEnumConverter<OverrideScope>))]
public enum OverrideScope
{
    /// <summary>Every requirement of a binding.</summary>
    [JsonStringEnumMemberName("binding")]
    Binding,

    /// <summary>One requirement of a binding.</summary>
    [JsonStringEnumMemberName("requirement")]
    Requirement,
}

/// <summary>
/// A person's correction of declared requirements: the frozen contract, version 1. Unknown fields are rejected,
/// because a misspelt override that is kept silently would look applied.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record DependencyOverridePatch
{
    /// <summary>The contract's version.</summary>
    [JsonRequired]
    [JsonPropertyName("contract_version")]
    public int ContractVersion { get; init; } = EnvironmentRef.CurrentContractVersion;

    /// <summary>The binding concerned.</summary>
    [JsonPropertyName("binding_id")]
    public required string BindingId { get; init; }

    /// <summary>What the patch applies to.</summary>
    [JsonPropertyName("scope")]
    public required OverrideScope Scope { get; init; }

    /// <summary>The requirement, when the scope is one.</summary>
    [JsonPropertyName("requirement_name")]
    public string? RequirementName { get; init; }

    /// <summary>The corrected values.</summary>
    [JsonPropertyName("fields")]
    public required OverrideFields Fields { get; init; }

    /// <summary>Who made the patch; only <c>user</c>.</summary>
    [JsonPropertyName("source")]
    public string Source { get => field ?? "user"; init; } = "user";

    /// <summary>When it was made (RFC 3339, UTC).</summary>
    [JsonPropertyName("updated_at")]
    public DateTimeOffset? UpdatedAt { get; init; }
}

/// <summary>The values that an override may set.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record OverrideFields
{
    /// <summary>Absolute path of an interpreter.</summary>
    [JsonPropertyName("python_executable")]
    public string? PythonExecutable { get; init; }

    /// <summary>The only index: an http or https URL, or a file URL of a directory.</summary>
    [JsonPropertyName("index_url")]
    public string? IndexUrl { get; init; }

    /// <summary>Further indexes, in order.</summary>
    [JsonPropertyName("extra_index_urls")]
    public ImmutableArray<string>? ExtraIndexUrls { get; init; }

    /// <summary>A wheel, or a directory of wheels.</summary>
    [JsonPropertyName("wheel_source_path")]
    public string? WheelSourcePath { get; init; }

    /// <summary>A direct URL for the requirement.</summary>
    [JsonPropertyName("package_source_override")]
    public string? PackageSourceOverride { get; init; }

    /// <summary>Whether nothing is set.</summary>
    [JsonIgnore]
    public bool IsEmpty => PythonExecutable is null && IndexUrl is null && ExtraIndexUrls is null && WheelSourcePath is null && PackageSourceOverride is null;
}
