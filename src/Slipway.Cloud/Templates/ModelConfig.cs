using System.Text.Json;
using Slipway.Cloud.Cost;

namespace Slipway.Cloud.Templates;

/// <summary>
/// Reads the size of a decoder from the <c>config.json</c> that transformers writes: <c>hidden_size</c>, <c>num_hidden_layers</c>, <c>vocab_size</c>, <c>intermediate_size</c>, <c>num_attention_heads</c>,
/// <c>num_key_value_heads</c>, <c>num_local_experts</c> or <c>num_experts</c>, <c>tie_word_embeddings</c>; GPT-2 says <c>n_embd</c>, <c>n_layer</c>, <c>n_head</c> and <c>n_inner</c>, and has two matrices in its feed-forward part.
/// </summary>
internal static class ModelConfig
{
    /// <summary>The size; null where it cannot be told.</summary>
    /// <param name="json">The file.</param>
    /// <param name="parameters">How many parameters a person says it has, which counts more.</param>
    public static ModelShape? Shape(byte[] json, decimal? parameters)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            // A model that also sees has that of its text within.
            var config = root.ValueKind is JsonValueKind.Object && root.TryGetProperty("text_config", out var text) && text.ValueKind is JsonValueKind.Object ? text : root;
            return config.ValueKind is JsonValueKind.Object ? Shape(config, parameters) : Only(parameters);
        }
        catch (JsonException)
        {
            return Only(parameters);
        }
    }

    private static ModelShape? Shape(JsonElement config, decimal? parameters)
    {
        var (hidden, layers, vocabulary) = (Whole(config, "hidden_size", "n_embd"), Whole(config, "num_hidden_layers", "n_layer"), Whole(config, "vocab_size"));
        if (parameters is { } said)
        {
            return new ModelShape(said) { HiddenSize = hidden, Layers = layers, VocabularySize = vocabulary };
        }

        var heads = Whole(config, "num_attention_heads", "n_head");
        var isOld = Whole(config, "n_embd") is not null;
        var inner = Whole(config, "intermediate_size", "n_inner") ?? (isOld ? hidden * 4 : null);
        // The formula reckons with three matrices.
        var intermediate = isOld ? inner * 2 / 3 : inner;
        if (hidden is not { } width || layers is not { } depth || vocabulary is not { } words || intermediate is not { } between || heads is not { } all)
        {
            return null;
        }

        var experts = Whole(config, "num_local_experts", "num_experts", "n_routed_experts") ?? 1;
        // Experts have a width of their own, where one is said.
        var each = experts > 1 ? Whole(config, "moe_intermediate_size") ?? between : between;
        var tied = config.TryGetProperty("tie_word_embeddings", out var flag) ? flag.ValueKind is JsonValueKind.True : isOld;
        return ModelShape.FromDimensions(width, depth, words, each, all, Whole(config, "num_key_value_heads") ?? all, experts, tied) is { IsOk: true, Value: var shape } ? shape : null;
    }

    private static ModelShape? Only(decimal? parameters) => parameters is { } said ? new ModelShape(said) : null;

    private static int? Whole(JsonElement config, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (config.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.Number && value.TryGetInt32(out var whole))
            {
                return whole;
            }
        }

        return null;
    }
}
