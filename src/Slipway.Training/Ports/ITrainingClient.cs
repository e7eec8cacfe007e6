using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Training.Data;
using Slipway.Training.Tokenizers;

namespace Slipway.Training.Ports;

/// <summary>Trains adapters of models, and draws from them.</summary>
public interface ITrainingClient : IPortAdapter, IAsyncDisposable
{
    /// <summary>Makes a model with a fresh adapter.</summary>
    /// <param name="model">The base model's name.</param>
    /// <param name="lora">The adapter.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    Task<Result<ITrainingSession>> StartAsync(string model, LoraSettings lora, CancellationToken cancellationToken);

    /// <summary>Opens what can be drawn from.</summary>
    /// <param name="source">Which weights.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    Task<Result<ISampler>> OpenSamplerAsync(SamplerSource source, CancellationToken cancellationToken);
}

/// <summary>
/// A model in training. An operation takes its place in the order when its method returns, so several may be under way; the service
/// does them in that order, and their answers may be awaited in any.
/// </summary>
public interface ITrainingSession : IAsyncDisposable
{
    /// <summary>The model.</summary>
    ModelFacts Model { get; }

    /// <summary>Its tokenizer.</summary>
    ITokenizer Tokenizer { get; }

    /// <summary>Log-probabilities of targets; no gradient is touched.</summary>
    Task<Result<ForwardOutput>> ForwardAsync(ImmutableArray<Datum> data, LossFunction loss, CancellationToken cancellationToken);

    /// <summary>The same, and adds the gradients of the loss to those that are there.</summary>
    Task<Result<ForwardOutput>> ForwardBackwardAsync(ImmutableArray<Datum> data, LossFunction loss, CancellationToken cancellationToken);

    /// <summary>Takes a step along the gradients, and clears them.</summary>
    Task<Result<StepOutput>> StepAsync(AdamParameters parameters, CancellationToken cancellationToken);

    /// <summary>Saves weights and the optimiser's state.</summary>
    /// <param name="name">The checkpoint's name.</param>
    /// <param name="keep">How long the service keeps it; null for ever. Local ones are kept until they are deleted.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The path by which it is loaded.</returns>
    Task<Result<string>> SaveAsync(string name, TimeSpan? keep, CancellationToken cancellationToken);

    /// <summary>Loads a checkpoint. It must be the first operation of the model.</summary>
    /// <param name="path">What <see cref="SaveAsync"/> gave.</param>
    /// <param name="withOptimizer">Whether the optimiser goes on, which resuming wants; otherwise it starts anew.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task<Result<Unit>> LoadAsync(string path, bool withOptimizer, CancellationToken cancellationToken);

    /// <summary>Opens a sampler of the weights as they are at this place in the order; later steps do not change it.</summary>
    /// <param name="name">A name to keep it by; null for one that ends with the sampler.</param>
    /// <param name="keep">How long the service keeps a named one; null for ever.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task<Result<ISampler>> SnapshotAsync(string? name, TimeSpan? keep, CancellationToken cancellationToken);
}

/// <summary>What is known of a model.</summary>
/// <param name="Name">The base model's name.</param>
/// <param name="Context">The most positions it takes; null when the service does not tell.</param>
/// <param name="Parameters">How many numbers it has; null when the service does not tell.</param>
/// <param name="Trainable">How many of them are trained; null when the service does not tell.</param>
/// <param name="Device">On what it is computed, for people: <c>cpu</c>, the name of a GPU, a service.</param>
public sealed record ModelFacts(string Name, int? Context, long? Parameters, long? Trainable, string Device);

/// <summary>Something to draw from.</summary>
public interface ISampler : IAsyncDisposable
{
    /// <summary>The path of its weights when they are kept; null for a base model and for a snapshot without a name.</summary>
    string? Path { get; }

    /// <summary>Its tokenizer.</summary>
    ITokenizer Tokenizer { get; }

    /// <summary>Draws samples, for each prompt in order.</summary>
    Task<Result<ImmutableArray<SampleOutput>>> SampleAsync(SampleRequest request, CancellationToken cancellationToken);
}

/// <summary>Which weights are drawn from.</summary>
/// <param name="Model">The base model's name.</param>
/// <param name="Path">The checkpoint on it; null for the base model itself.</param>
public sealed record SamplerSource(string Model, string? Path);
