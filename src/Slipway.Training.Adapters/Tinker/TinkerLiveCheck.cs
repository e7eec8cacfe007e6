using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Training.Data;
using Slipway.Training.Ports;
using Slipway.Training.Tokenizers;

namespace Slipway.Training.Adapters.Tinker;

/// <summary>
/// Tries the service with a user's own key, as cheaply as can be: what it offers, a model of rank 1, one pass over four tokens, one step, and the model
/// unloaded. It is the only proof that the service takes what this program speaks.
/// </summary>
public static class TinkerLiveCheck
{
    /// <summary>Does the check.</summary>
    /// <param name="options">The account.</param>
    /// <param name="model">The base model; null for the first that the service lists.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What was found, a sentence each; the first failure otherwise.</returns>
    public static async Task<Result<ImmutableArray<string>>> RunAsync(TinkerOptions options, string? model, CancellationToken cancellationToken)
    {
        var client = new TinkerTrainingClient(options, new NoTokenizers());
        await using var ending = client.ConfigureAwait(false);
        var found = ImmutableArray.CreateBuilder<string>();
        if (!(await client.ServiceAsync(cancellationToken).ConfigureAwait(false)).TryGet(out var service, out var failure))
        {
            return failure;
        }

        found.Add($"{options.Address.Host} offers {service.Offered.Count} models, and parts batches at {service.Flags.Examples} examples or {service.Flags.Bytes} bytes.");
        if ((model ?? service.Offered.Keys.FirstOrDefault()) is not { } name)
        {
            return new Failure(TinkerFailures.UnknownModel, "The service lists no model, and none was named.");
        }

        if (!(await client.StartModelAsync(name, new LoraSettings(Rank: 1), cancellationToken).ConfigureAwait(false)).TryGet(out var started, out failure))
        {
            return failure;
        }

        await using var unloading = started.ConfigureAwait(false);
        found.Add($"A model of rank 1 on {name} was made; its tokenizer is called {started.Tokenizer}.");
        return (await TrainAsync(started, found, cancellationToken).ConfigureAwait(false)) is { } trouble ? trouble : found.ToImmutable();
    }

    private static async Task<Failure?> TrainAsync(TinkerModel model, ImmutableArray<string>.Builder found, CancellationToken cancellationToken)
    {
        var datum = new Datum(ModelInput.Of([1, 2, 3, 4]), ImmutableSortedDictionary<string, TensorData>.Empty
            .Add(LossInput.TargetTokens, TensorData.Of([2L, 3, 4, 5]))
            .Add(LossInput.Weights, TensorData.Of([1f, 1, 1, 1])));
        if (!(await model.PassAsync([datum], LossFunction.CrossEntropy, backward: true, cancellationToken).ConfigureAwait(false)).TryGet(out var pass, out var failure))
        {
            return failure;
        }

        found.Add($"A pass over 4 tokens was taken as JSON; its loss is {pass.Loss:0.####}.");
        if (!(await model.StepAsync(new AdamParameters(), cancellationToken).ConfigureAwait(false)).TryGet(out var step, out failure))
        {
            return failure;
        }

        found.Add($"A step was taken; the service tells {(step.Metrics.IsEmpty ? "nothing of it" : string.Join(", ", step.Metrics.Keys))}.");
        if (!(await model.UnloadAsync(cancellationToken).ConfigureAwait(false)).TryGet(out _, out failure))
        {
            return failure;
        }

        found.Add("The model was unloaded.");
        return null;
    }

    // Tokens are sent as they are.
    private sealed class NoTokenizers : ITokenizerSource
    {
        public string Name => "none";

        public bool IsSimulated => false;

        public Task<Result<ITokenizer>> GetAsync(string model, CancellationToken cancellationToken) =>
            throw new NotSupportedException("The check sends numbers, and asks for no tokenizer.");
    }
}
