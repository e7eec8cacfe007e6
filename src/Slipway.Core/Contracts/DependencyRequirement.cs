using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Slipway.Core.Contracts;

/// <summary>One requirement of a binding.</summary>
public sealed record DependencyRequirement
{
    /// <summary>For example <c>python_package</c>.</summary>
    [JsonPropertyName("kind")]
    public string Kind { get => field ?? "python_package"; init; } = "python_package";

    /// <summary>The package's name.</summary>
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>Any PEP 440 specifier, for example <c>==0.8.1</c>; a bare version means exactly that one.</summary>
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

    /// <summary>A wheel, or a directory of wheels, that is asked before any index: an absolute path on the machine that installs.</summary>
    [JsonPropertyName("wheel_source_path")]
    public string? WheelSourcePath { get; init; }

    /// <summary>Fields that this version does not know.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? UnknownFields { get; set; }
}
