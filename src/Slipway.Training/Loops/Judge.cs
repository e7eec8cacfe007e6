using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Training.Data;
using Slipway.Training.Ports;
using Slipway.Training.Reinforcement;

namespace Slipway.Training.Loops;

/// <summary>Another model that changes advantages: a reference that a policy is held near, or a teacher; or none.</summary>
/// <param name="sampler">The other model; null for none.</param>
/// <param name="isTeacher">Whether it takes the place of rewards.</param>
/// <param name="coefficient">How much it counts.</param>
/// <param name="discount">How much of later terms a token is charged.</param>
internal sealed class Judge(ISampler? sampler, bool isTeacher, double coefficient, double discount) : IAsyncDisposable
{
    public bool IsTeacher => isTeacher;

    /// <summary>The path of weights that a resumed run must have again; null for none.</summary>
    public string? KeptPath { get; init; }

    /// <summary>The examples with changed advantages.</summary>
    public async Task<Result<ImmutableArray<Datum>>> ApplyAsync(ImmutableArray<Datum> data, ImmutableSortedDictionary<string, double>.Builder metrics, CancellationToken cancellationToken)
    {
        if (sampler is null || data.IsEmpty)
        {
            return data;
        }

        var logprobs = await SamplerCalls.LogprobsAsync(sampler, data, cancellationToken).ConfigureAwait(false);
        return logprobs.Then(other => isTeacher ? KlPenalty.Distil(data, other, coefficient, discount) : KlPenalty.Apply(data, other, coefficient, discount)).Map(penalised =>
        {
            metrics[isTeacher ? "teacher_kl" : "kl_policy_base"] = penalised.MeanDifference;
            return penalised.Data;
        });
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => sampler?.DisposeAsync() ?? default;
}
