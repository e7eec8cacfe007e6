using System.Collections.Immutable;

namespace Slipway.Environments.Bindings;

/// <summary>What is known of an inference backend without asking anyone.</summary>
/// <param name="Key">Its name here.</param>
/// <param name="Aliases">Other names that it goes by.</param>
/// <param name="EnvironmentKind">The kind of a binding that names none.</param>
public sealed record KnownBackend(string Key, ImmutableArray<string> Aliases, string EnvironmentKind);

/// <summary>The backends whose names and defaults are known. A backend that is not here keeps its name, and has the defaults of all.</summary>
public static class BackendTable
{
    /// <summary>An environment that is built.</summary>
    public const string Venv = "python-venv";

    /// <summary>An interpreter as it stands.</summary>
    public const string Standing = "python";

    private static readonly ImmutableArray<KnownBackend> Rows =
    [
        new("llamacpp", ["llama.cpp", "llama-cpp", "llama_cpp"], Venv),
        new("pytorch", ["torch"], Venv),
        new("onnx-runtime", ["onnxruntime", "onnx_runtime"], Venv),
        new("stable_audio", ["stable-audio"], Venv),
        new("diffusers", [], Venv),
        new("transformers", [], Venv),
    ];

    /// <summary>The name of a backend here; null for none.</summary>
    public static string? Canonical(string? key) => string.IsNullOrWhiteSpace(key) ? null : Find(key)?.Key ?? key.Trim().ToLowerInvariant();

    /// <summary>The kind of environment of a binding.</summary>
    /// <param name="kind">What the binding says.</param>
    /// <param name="backend">Its backend.</param>
    public static string KindOf(string? kind, string? backend) => string.IsNullOrWhiteSpace(kind) ? Find(backend)?.EnvironmentKind ?? Venv : kind;

    /// <summary>What builds an environment of a kind; null for a kind that nothing builds.</summary>
    public static string? ProvisionerOf(string kind) => kind switch
    {
        Venv => "pip",
        Standing => "system",
        _ => null,
    };

    private static KnownBackend? Find(string? key) => Rows.FirstOrDefault(row =>
        row.Aliases.Add(row.Key).Contains(key?.Trim() ?? string.Empty, StringComparer.OrdinalIgnoreCase));
}
