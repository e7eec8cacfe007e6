using System.Text.Json.Serialization;

namespace Slipway.Core.Contracts;

/// <summary>What a library of models found when it looked up a profile; only <see cref="Resolved"/> can be installed.</summary>
[JsonConverter(typeof(ContractEnumConverter<DependencyValidationState>))]
public enum DependencyValidationState
{
    /// <summary>The profile is known and sound.</summary>
    [JsonStringEnumMemberName("resolved")]
    Resolved,

    /// <summary>There is no such profile.</summary>
    [JsonStringEnumMemberName("unknown_profile")]
    UnknownProfile,

    /// <summary>The profile is malformed.</summary>
    [JsonStringEnumMemberName("invalid_profile")]
    InvalidProfile,

    /// <summary>Two profiles exclude each other.</summary>
    [JsonStringEnumMemberName("profile_conflict")]
    ProfileConflict,
}

/// <summary>What a validation error is about.</summary>
[JsonConverter(typeof(ContractEnumConverter<ValidationErrorScope>))]
public enum ValidationErrorScope
{
    /// <summary>The whole document.</summary>
    [JsonStringEnumMemberName("top_level")]
    TopLevel,

    /// <summary>One binding.</summary>
    [JsonStringEnumMemberName("binding")]
    Binding,
}

/// <summary>One thing that the asking side found wrong with its requirements.</summary>
public sealed record DependencyValidationError
{
    /// <summary>The asking side's code.</summary>
    [JsonPropertyName("code")]
    public required string Code { get; init; }

    /// <summary>What the error is about.</summary>
    [JsonPropertyName("scope")]
    public required ValidationErrorScope Scope { get; init; }

    /// <summary>The binding concerned.</summary>
    [JsonPropertyName("binding_id")]
    public string? BindingId { get; init; }

    /// <summary>The field concerned.</summary>
    [JsonPropertyName("field")]
    public string? Field { get; init; }

    /// <summary>One sentence for people.</summary>
    [JsonPropertyName("message")]
    public required string Message { get; init; }

    /// <summary>Fields that this version does not know.</summary>
    [JsonExtensionData]
    public Dictionary<string, System.Text.Json.JsonElement>? UnknownFields { get; set; }
}
