using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Training.Data;
using Slipway.Training.Ports;

namespace Slipway.Training.Loops;

/// <summary>What loops ask of samplers beside samples.</summary>
internal static class SamplerCalls
{
    private static readonly SamplingParameters NoSamples = new() { MaxTokens = 1 };

    /// <summary>Per example the log-probabilities that a model gives to its targets.</summary>
    public static async Task<Result<ImmutableArray<ImmutableArray<float>>>> LogprobsAsync(ISampler sampler, ImmutableArray<Datum> data, CancellationToken cancellationToken)
    {
        var drawn = await AskAsync(sampler, data, static request => request with { PromptLogprobs = true }, cancellationToken).ConfigureAwait(false);
        return drawn.Then(outputs => Each(data, outputs, static output => output.PromptLogprobs, static (all, count) => all.Length == count + 1 ? all[1..] : null, "log-probabilities"));
    }

    /// <summary>Per example the likeliest tokens of each position of its whole sequence.</summary>
    public static async Task<Result<ImmutableArray<ImmutableArray<ImmutableArray<TokenLogprob>>>>> TopAsync(ISampler sampler, ImmutableArray<Datum> data, int k, CancellationToken cancellationToken)
    {
        var drawn = await AskAsync(sampler, data, request => request with { PromptLogprobs = true, TopPromptLogprobs = k }, cancellationToken).ConfigureAwait(false);
        return drawn.Then(outputs => Each(data, outputs, static output => output.TopPromptLogprobs, static (all, count) => all.Length == count + 1 ? all : null, "likeliest tokens"));
    }

    // The sequence is what the model was given and its last target. A token is drawn because not every service takes none.
    private static Task<Result<ImmutableArray<SampleOutput>>> AskAsync(ISampler sampler, ImmutableArray<Datum> data, Func<SampleRequest, SampleRequest> want, CancellationToken cancellationToken) =>
        sampler.SampleAsync(want(new SampleRequest([.. data.Select(static datum => new SamplePrompt(datum.Input.Append((int)datum.Longs(LossInput.TargetTokens)[^1]), 0))], 1, NoSamples)), cancellationToken);

    private static Result<ImmutableArray<ImmutableArray<T>>> Each<T>(
        ImmutableArray<Datum> data, ImmutableArray<SampleOutput> outputs, Func<SampleOutput, ImmutableArray<T>> read, Func<ImmutableArray<T>, int, ImmutableArray<T>?> cut, string what)
    {
        var rows = ImmutableArray.CreateBuilder<ImmutableArray<T>>(data.Length);
        for (var i = 0; i < data.Length; i++)
        {
            if (i >= outputs.Length || cut(read(outputs[i]), data[i].Input.Length) is not { } row)
            {
                return new Failure(TrainingFailures.UnfitAnswer, $"The {what} that came back for example {i} are not one for each of its {data[i].Input.Length + 1} tokens.");
            }

            rows.Add(row);
        }

        return rows.MoveToImmutable();
    }
}
