using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Slipway.Core.Failures;
using Slipway.Training.Data;
using Slipway.Training.Ports;
using Slipway.Training.Tokenizers;
using Slipway.Workers.Connections;

namespace Slipway.Training.Adapters.Local;

/// <summary>A sampler in the worker; it lives as long as that.</summary>
internal sealed class LocalSampler(WorkerConnection connection, string name, string? path, ITokenizer tokenizer) : ISampler
{
    public string? Path => path;

    public ITokenizer Tokenizer => tokenizer;

    public async Task<Result<ImmutableArray<SampleOutput>>> SampleAsync(SampleRequest request, CancellationToken cancellationToken)
    {
        if (request.Prompts.IsEmpty)
        {
            return ImmutableArray<SampleOutput>.Empty;
        }

        request = request with { Prompts = [.. request.Prompts.Select(static prompt => prompt with { Input = prompt.Input.WithoutEmpty() })] };
        if (!Ragged.Tokens("prompts", "prompt_lengths", [.. request.Prompts.Select(static prompt => prompt.Input)]).TryGet(out var tensors, out var failure))
        {
            return failure;
        }

        var called = await LocalCalls.CallAsync(connection, "training_sample", Arguments(request), tensors, cancellationToken).ConfigureAwait(false);
        if (!called.TryGet(out var answer, out failure))
        {
            return failure;
        }

        using var disposing = answer;
        return LocalAnswers.Samples(request, answer);
    }

    /// <summary>Writes its weights for other programs.</summary>
    public async Task<Result<Unit>> ExportAsync(string directory, bool isMerged, CancellationToken cancellationToken)
    {
        var arguments = new JsonObject { ["sampler_id"] = name, ["path"] = directory, ["merge"] = isMerged };
        return (await LocalCalls.CallAsync(connection, "training_export", arguments, [], cancellationToken).ConfigureAwait(false)).Map(static _ => Unit.Value);
    }

    public ValueTask DisposeAsync() => LocalDrop.DropAsync(connection, "sampler_id", name);

    private JsonObject Arguments(SampleRequest request)
    {
        var parameters = request.Parameters;
        return new JsonObject
        {
            ["sampler_id"] = name,
            ["num_samples"] = request.Samples,
            ["max_tokens"] = parameters.MaxTokens,
            ["temperature"] = parameters.Temperature,
            ["top_k"] = parameters.TopK,
            ["top_p"] = parameters.TopP,

            // The worker takes seeds for all prompts or for none.
            ["seeds"] = request.Prompts.All(static prompt => prompt.Seed is null)
                ? null
                : new JsonArray([.. request.Prompts.Select(static prompt => (JsonNode)(prompt.Seed ?? RandomNumberGenerator.GetInt32(int.MaxValue)))]),
            ["stop_tokens"] = new JsonArray([.. parameters.StopTokens.Select(static token => (JsonNode)token)]),
            ["stop_strings"] = new JsonArray([.. parameters.StopTexts.Select(static text => (JsonNode)text)]),
            ["prompt_logprobs"] = request.PromptLogprobs,
            ["topk_prompt_logprobs"] = request.TopPromptLogprobs,
        };
    }
}

/// <summary>Forgets what lives in a worker.</summary>
internal static class LocalDrop
{
    /// <summary>Forgets a model or a sampler; where the worker is gone, it is forgotten already.</summary>
    public static async ValueTask DropAsync(WorkerConnection connection, string kind, string name)
    {
        if (connection.Failure is null)
        {
            _ = await LocalCalls.CallAsync(connection, "training_drop", new JsonObject { [kind] = name }, [], CancellationToken.None).ConfigureAwait(false);
        }
    }
}
