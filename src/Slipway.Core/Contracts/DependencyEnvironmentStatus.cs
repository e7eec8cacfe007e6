using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Slipway.Core.Contracts;

/// <summary>How far a dependency environment has come, and what stands in its way: the frozen contract, version 1.</summary>
public sealed record DependencyEnvironmentStatus
{
    /// <summary>The contract's version.</summary>
    [JsonRequired]
    [JsonPropertyName("contract_version")]
    public int ContractVersion { get; init; } = EnvironmentRef.CurrentContractVersion;

    /// <summary>The state.</summary>
    [JsonPropertyName("state")]
    public required DependencyState State { get; init; }

    /// <summary>Why the state is what it is: one of <see cref="DependencyCodes"/>.</summary>
    [JsonPropertyName("code")]
    public string? Code { get; init; }

    /// <summary>The code of the failure behind it, for example <c>ENV0203</c>, which has a page.</summary>
    [JsonPropertyName("failure_code")]
    public string? FailureCode { get; init; }

    /// <summary>One sentence for people, with the provisioner's own error text where there is one.</summary>
    [JsonPropertyName("message")]
    public string? Message { get; init; }

    /// <summary>What a person has to name before the work can go on; empty in every other state.</summary>
    [JsonPropertyName("needed_input")]
    public ImmutableArray<NeededInput> NeededInput { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>The state of each selected binding.</summary>
    [JsonPropertyName("bindings")]
    public ImmutableArray<BindingStatus> Bindings { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>When the state was determined (RFC 3339, UTC).</summary>
    [JsonPropertyName("checked_at")]
    public DateTimeOffset? CheckedAt { get; init; }
}

/// <summary>The state of one binding.</summary>
public sealed record BindingStatus
{
    /// <summary>The binding.</summary>
    [JsonPropertyName("binding_id")]
    public required string BindingId { get; init; }

    /// <summary>The asking side's own name for the environment.</summary>
    [JsonPropertyName("env_id")]
    public string? EnvId { get; init; }

    /// <summary>The state.</summary>
    [JsonPropertyName("state")]
    public required DependencyState State { get; init; }

    /// <summary>Why the state is what it is: one of <see cref="DependencyCodes"/>.</summary>
    [JsonPropertyName("code")]
    public string? Code { get; init; }

    /// <summary>One sentence for people.</summary>
    [JsonPropertyName("message")]
    public string? Message { get; init; }

    /// <summary>Requirements that are not installed.</summary>
    [JsonPropertyName("missing_requirements")]
    public ImmutableArray<string> MissingRequirements { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>Requirements that are installed and were checked by executing.</summary>
    [JsonPropertyName("installed_requirements")]
    public ImmutableArray<string> InstalledRequirements { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>The state of each requirement.</summary>
    [JsonPropertyName("requirements")]
    public ImmutableArray<RequirementStatus> Requirements { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>Requirements whose installation failed.</summary>
    [JsonPropertyName("failed_requirements")]
    public ImmutableArray<string> FailedRequirements { get => field.IsDefault ? [] : field; init; } = [];
}

/// <summary>How far one requirement has come.</summary>
[JsonConverter(typeof(ContractEnumConverter<RequirementState>))]
public enum RequirementState
{
    /// <summary>Nothing is known of it.</summary>
    [JsonStringEnumMemberName("unresolved")]
    Unresolved,

    /// <summary>Its marker excludes the target: nothing is to be installed.</summary>
    [JsonStringEnumMemberName("not_applicable")]
    NotApplicable,

    /// <summary>A person has to name something for it.</summary>
    [JsonStringEnumMemberName("needs_user_input")]
    NeedsUserInput,

    /// <summary>Known, but not installed.</summary>
    [JsonStringEnumMemberName("missing")]
    Missing,

    /// <summary>Installed.</summary>
    [JsonStringEnumMemberName("installed")]
    Installed,

    /// <summary>Cannot be had.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,
}

/// <summary>The state of one requirement.</summary>
public sealed record RequirementStatus
{
    /// <summary>The requirement's name as it was declared.</summary>
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>The state.</summary>
    [JsonPropertyName("state")]
    public required RequirementState State { get; init; }

    /// <summary>The version that was resolved or is installed; null until it is known.</summary>
    [JsonPropertyName("version")]
    public string? Version { get; init; }

    /// <summary>One sentence for people.</summary>
    [JsonPropertyName("message")]
    public string? Message { get; init; }
}

/// <summary>One value that a person can name by an override.</summary>
public sealed record NeededInput
{
    /// <summary>The binding concerned.</summary>
    [JsonPropertyName("binding_id")]
    public required string BindingId { get; init; }

    /// <summary>The requirement concerned; null for the whole binding.</summary>
    [JsonPropertyName("requirement")]
    public string? Requirement { get; init; }

    /// <summary>The field of <see cref="OverrideFields"/> that would answer.</summary>
    [JsonPropertyName("field")]
    public required string Field { get; init; }

    /// <summary>Why it is needed.</summary>
    [JsonPropertyName("reason")]
    public required string Reason { get; init; }

    /// <summary>What would be accepted.</summary>
    [JsonPropertyName("accepts")]
    public required string Accepts { get; init; }
}
