using System.Text.Json;
using System.Text.Json.Nodes;
using Slipway.TinkerApi.Bodies;

namespace Slipway.TinkerApi.Sampling;

/// <summary>The body of <c>asample</c>.</summary>
/// <param name="Session">The sampling session.</param>
/// <param name="Number">Its number there; those that run together may come in any order.</param>
/// <param name="Prompt">The prompt.</param>
/// <param name="Arguments">The rest, as the worker takes it.</param>
internal sealed record SamplingBody(string Session, long Number, IReadOnlyList<long> Prompt, JsonObject Arguments)
{
    internal static SamplingBody Read(Fields body)
    {
        body.Literal("type", "sample");
        var (session, number) = (body.Id("sampling_session_id"), body.Whole("seq_id", least: 0));
        var prompt = Prompts.Read(body, "prompt");
        var arguments = new JsonObject
        {
            ["num_samples"] = body.OptionalWhole("num_samples", least: 1) ?? 1,
            ["prompt_logprobs"] = body.OptionalFlag("prompt_logprobs") ?? false,
            ["topk_prompt_logprobs"] = body.OptionalWhole("topk_prompt_logprobs", least: 0) ?? 0,
        };
        ReadParameters(body.Object("sampling_params"), arguments);
        body.End();
        return new SamplingBody(session, number, prompt, arguments);
    }

    private static void ReadParameters(Fields parameters, JsonObject arguments)
    {
        arguments["max_tokens"] = parameters.Whole("max_tokens", least: 0);
        if (parameters.OptionalWhole("seed", least: 0) is { } seed)
        {
            arguments["seeds"] = new JsonArray(seed);
        }

        ReadStop(parameters, arguments);
        arguments["temperature"] = parameters.OptionalNumber("temperature") ?? 1;
        arguments["top_k"] = parameters.OptionalWhole("top_k", least: -1) ?? -1;
        arguments["top_p"] = parameters.OptionalNumber("top_p") ?? 1;
        parameters.End();
    }

    private static void ReadStop(Fields parameters, JsonObject arguments)
    {
        var stop = parameters.OptionalList("stop") ?? [];
        if (stop.All(static item => item.ValueKind is JsonValueKind.String))
        {
            arguments["stop_strings"] = new JsonArray([.. stop.Select(static item => JsonValue.Create(item.GetString()))]);
        }
        else if (stop.All(static item => item.ValueKind is JsonValueKind.Number && item.TryGetInt64(out _)))
        {
            arguments["stop_tokens"] = new JsonArray([.. stop.Select(static item => JsonValue.Create(item.GetInt64()))]);
        }
        else
        {
            parameters.Problems.Add($"{parameters.At("stop")} is neither a list of strings nor one of tokens");
        }
    }
}
