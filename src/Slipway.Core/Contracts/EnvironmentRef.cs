using System.Text.Json.Serialization;

namespace Slipway.Core.Contracts;

/// <summary>
/// Names one environment and its state: the frozen contract, version 1, by which workflows, workers and assistants
/// refer to an environment. Append-only. Fields that are not known yet are null.
/// </summary>
public sealed record EnvironmentRef
{
    /// <summary>The version of the dependency contracts that this code writes.</summary>
    public const int CurrentContractVersion = 1;

    /// <summary>The contract's version; readers refuse a version that they do not know.</summary>
    [JsonRequired]
    [JsonPropertyName("contract_version")]
    public int ContractVersion { get; init; } = CurrentContractVersion;

    /// <summary>The environment key, 64 hexadecimal digits.</summary>
    [JsonPropertyName("environment_key")]
    public string? EnvironmentKey { get; init; }

    /// <summary><c>python-venv</c>, or <c>python</c> for an interpreter used as it stands.</summary>
    [JsonPropertyName("environment_kind")]
    public required string EnvironmentKind { get; init; }

    /// <summary>The asking side's own name for the environment; opaque here.</summary>
    [JsonPropertyName("env_id")]
    public string? EnvId { get; init; }

    /// <summary>Absolute path of the interpreter on <see cref="Host"/>.</summary>
    [JsonPropertyName("python_executable")]
    public string? PythonExecutable { get; init; }

    /// <summary>The state.</summary>
    [JsonPropertyName("state")]
    public required DependencyState State { get; init; }

    /// <summary>Digest of effective requirements, overrides and platform; known before anything is resolved.</summary>
    [JsonPropertyName("requirements_fingerprint")]
    public required string RequirementsFingerprint { get; init; }

    /// <summary>For example <c>linux-x86_64</c>.</summary>
    [JsonPropertyName("platform_key")]
    public required string PlatformKey { get; init; }

    /// <summary>The inference backend that asked; null for other callers.</summary>
    [JsonPropertyName("backend_key")]
    public string? BackendKey { get; init; }

    /// <summary>Absolute path of <c>meta.json</c> on <see cref="Host"/>.</summary>
    [JsonPropertyName("manifest_path")]
    public string? ManifestPath { get; init; }

    /// <summary>The host that holds the environment; <c>local</c> for this machine.</summary>
    [JsonPropertyName("host")]
    public required string Host { get; init; }

    /// <summary>The environment's slot on that host.</summary>
    [JsonPropertyName("slot")]
    public string? Slot { get; init; }

    /// <summary>The lock digest, equal on every host.</summary>
    [JsonPropertyName("lock_digest")]
    public string? LockDigest { get; init; }

    /// <summary>Whether the environment's packages can change under its name (an interpreter used as it stands).</summary>
    [JsonPropertyName("mutable")]
    public bool Mutable { get; init; }
}
