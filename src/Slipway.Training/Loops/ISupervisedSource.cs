using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Training.Data;
using Slipway.Training.Tokenizers;

namespace Slipway.Training.Loops;

/// <summary>Examples to learn from, step by step. Each step's are made of its number alone, so that a run can go on anywhere.</summary>
internal interface ISupervisedSource
{
    /// <summary>Reads what there is.</summary>
    /// <returns>Steps of one pass over it.</returns>
    Task<Result<int>> OpenAsync(ITokenizer tokenizer, CancellationToken cancellationToken);

    /// <summary>The examples of a step.</summary>
    Task<Result<ImmutableArray<Datum>>> BatchAsync(int step, CancellationToken cancellationToken);

    /// <summary>The examples of evaluations; none for no evaluation.</summary>
    Task<Result<ImmutableArray<Datum>>> TestAsync(CancellationToken cancellationToken);
}
