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

/// <summary>One selectable group of requirements.</summary>
public sealed record DependencyBinding
{
    /// <summary>The binding's identity within its requirements.</summary>
    [JsonPropertyName("binding_id")]
    public required string BindingId { get; init; }

    /// <summary><c>python-venv</c>, <c>python</c>, or a kind that is refused.</summary>
    [JsonPropertyName("environment_kind")]
    public string? EnvironmentKind { get; init; }

    /// <summary>The asking side's own name for the environment.</summary>
    [JsonPropertyName("env_id")]
    public string? EnvId { get; init; }

    /// <summary>The requirements.</summary>
    [JsonPropertyName("requirements")]
    public ImmutableArray<DependencyRequirement> Requirements { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>Fields that this version does not know.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? UnknownFields { get; set; }
}

/// <summary>One requirement of a binding.</summary>
public sealed record DependencyRequirement
{
    /// <summary>For example <c>python_package</c>.</summary>
    [JsonPropertyName("kind")]
    public string Kind { get => field ?? "python_package"; init; } = "python_package";

    /// <summary>The package's name.</summary>
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>Any PEP 440 specifier, for example <c>==0.8.1</c>.</summary>
    [JsonPropertyName("exact_pin")]
    public string? ExactPin { get; init; }

    /// <summary>The only index for this package.</summary>
    [JsonPropertyName("index_url")]
    public string? IndexUrl { get; init; }

    /// <summary>Further indexes for this package, in order.</summary>
    [JsonPropertyName("extra_index_urls")]
    public ImmutableArray<string> ExtraIndexUrls { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>A PEP 508 marker, evaluated for the target.</summary>
    [JsonPropertyName("markers")]
    public string? Markers { get; init; }

    /// <summary>A PEP 440 range of Python versions.</summary>
    [JsonPropertyName("python_requires")]
    public string? PythonRequires { get; init; }

    /// <summary>Platforms that the requirement is for; empty means all.</summary>
    [JsonPropertyName("platform_constraints")]
    public ImmutableArray<string> PlatformConstraints { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>Accepted artifact hashes, <c>sha256:…</c>.</summary>
    [JsonPropertyName("hashes")]
    public ImmutableArray<string> Hashes { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>A direct URL in place of an index.</summary>
    [JsonPropertyName("source")]
    public string? Source { get; init; }

    /// <summary>Fields that this version does not know.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? UnknownFields { get; set; }
}
