using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Slipway.Core.Contracts;

/// <summary>One selectable group of requirements.</summary>
public sealed record DependencyBinding
{
    /// <summary>The binding's identity within its requirements.</summary>
    [JsonPropertyName("binding_id")]
    public required string BindingId { get; init; }

    /// <summary>The profile that the requirements come from.</summary>
    [JsonPropertyName("profile_id")]
    public string? ProfileId { get; init; }

    /// <summary>The profile's version.</summary>
    [JsonPropertyName("profile_version")]
    public long? ProfileVersion { get; init; }

    /// <summary>The digest of the profile's content, in the asking side's own form.</summary>
    [JsonPropertyName("profile_hash")]
    public string? ProfileHash { get; init; }

    /// <summary>The inference backend; null for that of the whole document.</summary>
    [JsonPropertyName("backend_key")]
    public string? BackendKey { get; init; }

    /// <summary>The platform that the binding is for; null for any.</summary>
    [JsonPropertyName("platform_selector")]
    public string? PlatformSelector { get; init; }

    /// <summary><c>python-venv</c>, <c>python</c>, or a kind that is refused.</summary>
    [JsonPropertyName("environment_kind")]
    public string? EnvironmentKind { get; init; }

    /// <summary>The asking side's own name for the environment.</summary>
    [JsonPropertyName("env_id")]
    public string? EnvId { get; init; }

    /// <summary>Absolute path of the interpreter to build with, in place of a search.</summary>
    [JsonPropertyName("python_executable_override")]
    public string? PythonExecutableOverride { get; init; }

    /// <summary>What the asking side's own validation came to; null when it says nothing.</summary>
    [JsonPropertyName("validation_state")]
    public DependencyValidationState? ValidationState { get; init; }

    /// <summary>What the asking side found wrong.</summary>
    [JsonPropertyName("validation_errors")]
    public ImmutableArray<DependencyValidationError> ValidationErrors { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>The requirements.</summary>
    [JsonPropertyName("requirements")]
    public ImmutableArray<DependencyRequirement> Requirements { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>Fields that this version does not know.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? UnknownFields { get; set; }
}
