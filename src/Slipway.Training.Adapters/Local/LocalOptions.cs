using Slipway.Core.Failures;
using Slipway.Workers.Connections;

namespace Slipway.Training.Adapters.Local;

/// <summary>How training in a worker is set up.</summary>
public sealed record LocalOptions
{
    /// <summary>Starts the worker; called when the first operation needs it, and again by a new session when the one before is gone.</summary>
    public required Func<CancellationToken, Task<Result<WorkerConnection>>> Open { get; init; }

    /// <summary>The absolute directory on the worker's machine below which checkpoints are made.</summary>
    public required string CheckpointRoot { get; init; }

    /// <summary>The absolute directory on the worker's machine in which the weights of built-in models are kept; null makes them each time, which takes seconds.</summary>
    public string? CacheDirectory { get; init; }

    /// <summary>On what is computed: <c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</summary>
    public string Device { get; init; } = "auto";

    /// <summary>Whether activations are computed again on the way back, which takes time and saves memory.</summary>
    public bool GradientCheckpointing { get; init; }

    /// <summary>The most tokens that go through the model together, their padding included; null for the worker's choice.</summary>
    public int? TokenBudget { get; init; }
}
