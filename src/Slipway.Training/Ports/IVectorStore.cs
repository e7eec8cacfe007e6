using System.Collections.Immutable;
using Slipway.Core.Failures;

namespace Slipway.Training.Ports;

/// <summary>Makes vectors of texts.</summary>
public interface IEmbeddingClient : IPortAdapter
{
    /// <summary>A vector for each text, all of one length.</summary>
    Task<Result<ImmutableArray<ImmutableArray<float>>>> EmbedAsync(ImmutableArray<string> texts, CancellationToken cancellationToken);
}

/// <summary>Collections of vectors.</summary>
public interface IVectorStore : IPortAdapter
{
    /// <summary>Makes a collection; a failure when there is one of that name.</summary>
    Task<Result<Unit>> CreateAsync(string collection, CancellationToken cancellationToken);

    /// <summary>Whether there is a collection.</summary>
    Task<Result<bool>> ExistsAsync(string collection, CancellationToken cancellationToken);

    /// <summary>Deletes a collection; one that is not there is fine.</summary>
    Task<Result<Unit>> DeleteAsync(string collection, CancellationToken cancellationToken);

    /// <summary>Adds vectors.</summary>
    Task<Result<Unit>> AddAsync(string collection, ImmutableArray<StoredVector> vectors, CancellationToken cancellationToken);

    /// <summary>The nearest vectors, nearest first.</summary>
    Task<Result<ImmutableArray<StoredVector>>> QueryAsync(string collection, ImmutableArray<float> vector, int count, CancellationToken cancellationToken);
}

/// <summary>A vector by name.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Values">Its numbers.</param>
/// <param name="Text">What it is of.</param>
public sealed record StoredVector(string Id, ImmutableArray<float> Values, string Text);
