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

    /// <summary>The failure's code, for example <c>ENV0203</c>.</summary>
    [JsonPropertyName("code")]
    public string? Code { get; init; }

    /// <summary>One sentence for people, with the provisioner's own error text where there is one.</summary>
    [JsonPropertyName("message")]
    public string? Message { get; init; }

    /// <summary>The state of each binding.</summary>
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

    /// <summary>The state.</summary>
    [JsonPropertyName("state")]
    public required DependencyState State { get; init; }

    /// <summary>The failure's code.</summary>
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

    /// <summary>Requirements whose installation failed.</summary>
    [JsonPropertyName("failed_requirements")]
    public ImmutableArray<string> FailedRequirements { get => field.IsDefault ? [] : field; init; } = [];
}
