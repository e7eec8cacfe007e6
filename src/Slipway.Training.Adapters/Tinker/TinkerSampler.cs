using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Training.Data;
using Slipway.Training.Ports;
using Slipway.Training.Tokenizers;

namespace Slipway.Training.Adapters.Tinker;

/// <summary>A sampling session at Tinker. Each prompt is a request of its own.</summary>
internal sealed class TinkerSampler(TinkerService service, string session, string? path, ITokenizer tokenizer) : ISampler
{
    private long _sequence = -1;

    public string? Path => path;

    public ITokenizer Tokenizer => tokenizer;

    public Task<Result<ImmutableArray<SampleOutput>>> SampleAsync(SampleRequest request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Problem(request) is { } problem)
        {
            return Task.FromResult<Result<ImmutableArray<SampleOutput>>>(new Failure(TinkerFailures.NotSendable, problem));
        }

        return CollectAsync([.. request.Prompts.Select(prompt => DrawAsync(prompt, Interlocked.Increment(ref _sequence), request, cancellationToken))]);
    }

    // The service has no request that ends a sampling session: it ends with the session that opened it.
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static async Task<Result<ImmutableArray<SampleOutput>>> CollectAsync(ImmutableArray<Task<Result<SampleOutput>>> draws)
    {
        var outputs = await Task.WhenAll(draws).ConfigureAwait(false);
        return outputs.Where(static output => !output.IsOk).Select(static output => output.Failure).FirstOrDefault() is { } failure
            ? failure
            : outputs.Select(static output => output.Value).ToImmutableArray();
    }

    private static string? Problem(SampleRequest request)
    {
        var parameters = request.Parameters;
        return request.Samples < 1 ? "At least one sample is drawn."
            : parameters.MaxTokens < 1 ? "A sample has at least one token."
            : !double.IsFinite(parameters.Temperature) || parameters.Temperature < 0 ? "The temperature is a finite number that is not negative."
            : !(parameters.TopP is > 0 and <= 1) ? "top_p is more than 0, and at most 1."
            : parameters.TopK is not (-1 or > 0) ? "top_k is -1, for all, or more than 0."
            : request.TopPromptLogprobs < 0 ? "The number of likeliest tokens is not negative."
            : !parameters.StopTexts.IsEmpty && !parameters.StopTokens.IsEmpty ? "Samples stop at texts or at tokens, not at both."
            : request.Prompts.Any(static prompt => prompt.Input.Length == 0) ? "There is a prompt without tokens."
            : null;
    }

    private async Task<Result<SampleOutput>> DrawAsync(SamplePrompt prompt, long sequence, SampleRequest request, CancellationToken cancellationToken)
    {
        var call = new TinkerCall("asample", service.Encoder.Sample(session, sequence, prompt, request))
        {
            ContentType = service.Encoder.ContentType,
            Headers = [("X-Tinker-Sampling-Backpressure", "1")],
            PausesItself = true,
        };
        var result = await service.Samples.RunAsync(call, cancellationToken).ConfigureAwait(false);
        return result.Then(body => service.Encoder.ReadSample(body, request));
    }
}
