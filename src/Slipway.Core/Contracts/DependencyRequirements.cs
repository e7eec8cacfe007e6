using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Slipway.Core.Contracts;

/// <summary>
/// What a model or node says that it needs: the frozen input contract, version 1. Unknown fields are kept, so
/// that a newer writer's facts survive a round trip.
/// </summary>
public sealed record DependencyRequirements
{
    /// <summary>The contract's version.</summary>
    [JsonRequired]
    [JsonPropertyName("contract_version")]
    public int ContractVersion { get; init; } = EnvironmentRef.CurrentContractVersion;

    /// <summary>The model concerned.</summary>
    [JsonPropertyName("model_id")]
    public string? ModelId { get; init; }

    /// <summary>The platform that the requirements were made for.</summary>
    [JsonPropertyName("platform_key")]
    public string? PlatformKey { get; init; }

    /// <summary>The inference backend.</summary>
    [JsonPropertyName("backend_key")]
    public string? BackendKey { get; init; }

    /// <summary>What the asking side's own validation came to; null when it says nothing.</summary>
    [JsonPropertyName("validation_state")]
    public DependencyValidationState? ValidationState { get; init; }

    /// <summary>What the asking side found wrong.</summary>
    [JsonPropertyName("validation_errors")]
    public ImmutableArray<DependencyValidationError> ValidationErrors { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>The groups of requirements that can be selected.</summary>
    [JsonPropertyName("bindings")]
    public ImmutableArray<DependencyBinding> Bindings { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>The selected bindings; empty means all.</summary>
    [JsonPropertyName("selected_binding_ids")]
    public ImmutableArray<string> SelectedBindingIds { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>Fields that this version does not know.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? UnknownFields { get; set; }
}
